// What an agent says in one session, on its way to the server.
import { batch, signal } from "../vendor/preact.js";
import { drop, mark, newId, next, put, settle } from "../shared/outbox.js";
import { sessionHash } from "./route.js";

const AGAIN_MS = 500;
const AGAIN_MOST_MS = 30_000;

/** @typedef {import("../shared/outbox.js").Item} Item */

export class Sender {
  constructor(/** @type {import("./conversation.js").Conversation} */ conversation) {
    this.conversation = conversation;
    this.client = conversation.client;
    this.box = signal(this.client.unsent.of(conversation.id));
    /** How often what comes next has failed in a way that passes, and the timer of its next try; 0: none runs. */
    this.tries = 0;
    this.again = 0;
  }

  /** Whether who wrote it is still signed in. */
  get live() {
    return this.client.conversations.get(this.conversation.id) === this.conversation;
  }

  keep(/** @type {Item[]} */ box) {
    if (box === this.box.value) return;
    this.box.value = box;
    this.client.unsent.keep(this.conversation.id, box);
  }

  add(/** @type {string} */ kind, /** @type {string} */ text) {
    this.keep(put(this.box.value, { id: newId(), kind, text }, new Date()));
    this.flush();
  }

  retry(/** @type {string} */ id) {
    this.keep(mark(this.box.value, id, "queued"));
    this.flush();
  }

  discard(/** @type {string} */ id) {
    this.keep(drop(this.box.value, id));
    this.flush();
  }

  /** What the log shows is not on its way any more. */
  settle(/** @type {import("../shared/log.js").Entry[]} */ entries) {
    this.keep(settle(this.box.value, entries));
  }

  /** The log is read anew: it will show what has been sent. */
  restart() {
    this.keep(this.box.value.filter((item) => item.step !== "sent"));
  }

  /** The session is gone, and takes with it what was to be said in it. */
  forget() {
    this.keep([]);
  }

  /** Send what is queued, one at a time and in order, now. */
  async flush() {
    clearTimeout(this.again);
    this.again = 0;
    const item = this.live && next(this.box.value);
    if (!item) return;
    const { path, poller } = this.conversation;
    this.keep(mark(this.box.value, item.id, "sending", item.why));
    try {
      const { session } = await this.client.request("POST", `${path}/${item.kind}`, { id: item.id, text: item.text });
      if (!this.live) return;
      this.tries = 0;
      this.client.epoch += 1;
      batch(() => {
        this.keep(mark(this.box.value, item.id, "sent"));
        if (session) this.conversation.learn(session);
      });
      poller.now();
      this.flush();
    } catch (error) {
      if (this.live) this.failed(item, error);
    }
  }

  /** What may pass is tried again, however long it takes; of the rest a person decides, who is told wherever they are. */
  failed(/** @type {Item} */ item, /** @type {any} */ error) {
    if (error.passing) {
      this.keep(mark(this.box.value, item.id, "queued", error.message));
      this.tries += 1;
      this.again = setTimeout(() => this.flush(), Math.max(error.retryAfter * 1000, Math.min(AGAIN_MOST_MS, AGAIN_MS * 2 ** this.tries)));
      return;
    }
    this.tries = 0;
    this.keep(mark(this.box.value, item.id, "failed", error.message));
    const { id, session } = this.conversation;
    if (this.client.selected.peek() !== this.conversation) {
      const name = (session.value ?? this.client.inbox.find(id))?.user.name ?? "somebody";
      this.client.tell(`Not sent in the conversation with ${name}: ${error.message}`, "danger", { label: "Open it", about: id, run: () => (location.hash = sessionHash(id)) });
    }
    this.flush();
  }
}
