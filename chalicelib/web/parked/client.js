// What is parked, as the server tells it, and what a supervisor does with it.
import { batch, signal } from "../vendor/preact.js";
import { makeApi } from "../shared/api.js";
import { storage } from "../shared/storage.js";

const TOKEN = "hitl.token";

/** @typedef {{id: string, at: string, channel: string, session_id: string | null, size: number, reason: string, tries: number}} Parked */

export class ParkedClient {
  /** @param {{base: string}} options `base`: where the agents' interface is, relative to the page */
  constructor({ base }) {
    this.tab = storage(() => sessionStorage);
    this.ask = makeApi(base, { token: () => this.tab.get(TOKEN), timeout: 30_000, tab: this.tab });
    /** "checking", "out" or "in" */
    this.stage = signal("checking");
    /** Why nobody is signed in, or what went wrong with a command; empty: nothing. */
    this.trouble = signal("");
    this.parked = signal(/** @type {Parked[]} */ ([]));
    this.cursor = signal(/** @type {string | null} */ (null));
    /** What became of each that was tried again, by id. */
    this.told = signal(/** @type {Record<string, string>} */ ({}));
    /** The id of the one that something is done with, "list" while the list is read; empty: nothing is done. */
    this.busy = signal("");
    /** What was done last, for those who do not see the list change. */
    this.said = signal("");
  }

  /** Sign in with this token, or the one kept in this tab. */
  async open(/** @type {string | null} */ token = null) {
    if (token) {
      this.tab.set(TOKEN, token);
      this.tab.remove("hitl.signin");
    }
    if (!this.tab.get(TOKEN)) {
      this.stage.value = "out";
      return;
    }
    await this.read();
  }

  /** Read the list from its beginning, or go on after what is shown. */
  async read({ more = false } = {}) {
    await this.during("list", async () => {
      const after = more && this.cursor.value ? `?cursor=${encodeURIComponent(this.cursor.value)}` : "";
      const page = await this.ask("GET", `parked${after}`);
      batch(() => {
        this.parked.value = after ? [...this.parked.value, ...page.parked] : page.parked;
        this.cursor.value = page.cursor;
        this.stage.value = "in";
      });
    });
  }

  /** Have one tried again; what fails stays, with what became of it. */
  async replay(/** @type {Parked} */ one) {
    await this.during(one.id, async () => {
      const { done, words } = await this.ask("POST", `parked/${encodeURIComponent(one.id)}/replay`);
      batch(() => {
        if (done) this.gone(one.id);
        else {
          this.parked.value = this.parked.value.map((it) => (it.id === one.id ? { ...it, tries: it.tries + 1 } : it));
          this.told.value = { ...this.told.value, [one.id]: words };
        }
        this.said.value = `Tried again: ${words}`;
      });
    });
  }

  /** Delete one, untried. */
  async drop(/** @type {Parked} */ one) {
    await this.during(one.id, async () => {
      await this.ask("DELETE", `parked/${encodeURIComponent(one.id)}`);
      batch(() => {
        this.gone(one.id);
        this.said.value = "It was deleted.";
      });
    });
  }

  gone(/** @type {string} */ id) {
    this.parked.value = this.parked.value.filter((one) => one.id !== id);
  }

  /** Do one thing at a time. Who may not be here is signed out; somebody else's having dealt with one is no trouble. */
  async during(/** @type {string} */ what, /** @type {() => Promise<void>} */ act) {
    if (this.busy.value) return;
    this.busy.value = what;
    this.trouble.value = "";
    try {
      await act();
    } catch (error) {
      batch(() => {
        if (error.code === "ParkedNotFound") {
          this.gone(what);
          this.said.value = "Somebody else has dealt with it.";
          return;
        }
        if (error.status === 401) this.tab.remove(TOKEN);
        this.trouble.value = error.status === 401 ? "This token is not valid, or not any more." : error.message;
        if (error.status === 401 || error.status === 403 || this.stage.value === "checking") this.stage.value = "out";
      });
    } finally {
      this.busy.value = "";
    }
  }
}
