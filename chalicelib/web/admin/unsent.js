// What an agent wrote and the server has not taken yet: kept in the tab, so that neither a reload nor a lost sign-in loses it.
import { signal } from "../vendor/preact.js";
import { revive } from "../shared/outbox.js";

const KEY = "hitl.unsent";

/** @typedef {import("../shared/outbox.js").Item} Item */

export class Unsent {
  constructor(/** @type {ReturnType<typeof import("../shared/storage.js").storage>} */ tab) {
    this.tab = tab;
    this.agent = "";
    /** By the session's id. @type {Record<string, Item[]>} */
    this.boxes = {};
    /** The sessions in which something failed that only a person sends again. */
    this.failed = signal(/** @type {Set<string>} */ (new Set()));
  }

  /** Take up what this agent has left here, and forget another's. @returns {string[]} the sessions with something to send */
  open(/** @type {string} */ agent) {
    const kept = this.tab.get(KEY);
    this.agent = agent;
    this.boxes = kept?.agent === agent ? kept.boxes : {};
    this.save();
    return Object.keys(this.boxes);
  }

  of(/** @type {string} */ id) {
    return revive(this.boxes[id]);
  }

  keep(/** @type {string} */ id, /** @type {Item[]} */ box) {
    const { [id]: _, ...boxes } = this.boxes;
    const left = box.filter((item) => item.step !== "sent");
    this.boxes = left.length ? { ...boxes, [id]: left } : boxes;
    this.save();
  }

  clear() {
    this.boxes = {};
    this.save();
  }

  save() {
    const { agent, boxes } = this;
    const ids = Object.keys(boxes);
    if (ids.length) this.tab.set(KEY, { agent, boxes });
    else this.tab.remove(KEY);
    this.failed.value = new Set(ids.filter((id) => boxes[id].some((item) => item.step === "failed")));
  }
}
