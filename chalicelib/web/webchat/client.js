// A visitor's conversation with the server: what is known of it as signals, and what can be done. Knows no page.
import { batch, signal } from "../vendor/preact.js";
import { makeApi } from "../shared/api.js";
import { NO_LOG, amended, follow, readAgain, rewrite } from "../shared/log.js";
import { drop, mark, newId, next, put, revive, settle } from "../shared/outbox.js";
import { Poller, touch } from "../shared/poll.js";
import { storage } from "../shared/storage.js";
import { FRESH, lastHeard, mayGoOn } from "./state.js";

const EVERY_MS = 1_500;
const PAGE = 500;
const VISITOR = "hitl.visitor";
const OUTBOX = "hitl.outbox";
const DRAFT = "hitl.draft";

/** @typedef {"fine" | "trouble" | "offline"} Connection */

export class ChatClient {
  /** @param {{base: string, every?: number}} options `base`: where the web chat's interface is, relative to the page */
  constructor({ base, every = EVERY_MS }) {
    this.kept = storage(() => localStorage);
    this.tab = storage(() => sessionStorage);
    this.request = makeApi(base, {
      token: () => this.visitor?.token ?? null,
      renewed: (token) => this.keep({ ...this.visitor, token }),
    });
    this.poller = new Poller(every, () => this.poll(), (failures, error) => this.outcome(failures, error));
    this.visitor = this.kept.get(VISITOR);
    this.arriving = null;
    this.name = "";
    this.readTo = 0;
    this.retries = 0;
    this.retryTimer = 0;

    this.log = signal(NO_LOG);
    this.state = signal(FRESH);
    this.outbox = signal(revive(this.tab.get(OUTBOX)));
    this.draft = signal(this.tab.get(DRAFT) ?? "");
    /** Whether what was said before is here; a new visitor has nothing to wait for. */
    this.loaded = signal(this.visitor === null);
    /** @type {{value: Connection}} */
    this.connection = signal(/** @type {Connection} */ ("fine"));
    /** Requests under way that the bot may answer. */
    this.inFlight = signal(0);
    this.asking = signal(false);
    /** A sentence about something that did not work and is not a message; empty: nothing. */
    this.trouble = signal("");
  }

  /** Resume the visitor's conversation, if there is one. Nothing is asked of the server for somebody who only looks. */
  open() {
    if (this.visitor) this.poller.start();
    this.flush();
    globalThis.addEventListener("online", () => this.flush(true));
    globalThis.addEventListener("offline", () => {
      this.connection.value = "offline";
    });
    globalThis.addEventListener("storage", (event) => {
      if (event.key === VISITOR && !this.visitor) this.resume();
    });
    document.addEventListener("visibilitychange", () => this.read());
  }

  send(/** @type {string} */ text) {
    this.write("");
    this.enqueue({ id: newId(), kind: "message", text });
  }

  press(/** @type {{title: string, payload: string}} */ { title, payload }) {
    this.enqueue({ id: newId(), kind: "postback", text: title, payload });
  }

  retry(/** @type {string} */ id) {
    this.put(mark(this.outbox.value, id, "queued"));
    this.flush(true);
  }

  discard(/** @type {string} */ id) {
    this.put(drop(this.outbox.value, id));
  }

  write(/** @type {string} */ text) {
    this.draft.value = text;
    if (text) this.tab.set(DRAFT, text);
    else this.tab.remove(DRAFT);
  }

  askForHuman() {
    return this.wish("human");
  }

  /** Rather the bot, before anybody has come. */
  backToBot() {
    return this.wish("bot");
  }

  /** @param {"human" | "bot"} whom */
  async wish(whom) {
    this.asking.value = true;
    this.trouble.value = "";
    try {
      await this.arrive();
      const { state } = await this.request("POST", whom, {});
      this.state.value = state;
      this.poller.now();
    } catch (error) {
      if (error.status === 401) this.forget();
      this.trouble.value = `That did not work: ${error.message}`;
    }
    this.asking.value = false;
  }

  /** Tell the agents that the visitor types. A hint: it may get lost. */
  typing() {
    if (this.visitor && this.state.value.paused) this.request("POST", "typing", {}).catch(() => {});
  }

  /** Tell the agents how far the visitor has read, once per message. */
  read() {
    const seq = lastHeard(this.log.value.entries);
    if (document.hidden || !this.visitor || seq <= Math.max(this.readTo, this.state.value.read_to)) return;
    this.readTo = seq;
    this.request("POST", "read", { seq }).catch(() => {
      this.readTo = 0;
    });
  }

  /** A visitor exists from here on. Several callers at once make one. */
  arrive() {
    if (this.visitor) return Promise.resolve();
    this.arriving ??= this.request("POST", "visitors", this.name ? { name: this.name } : {})
      .then(({ visitor, token }) => {
        this.keep({ id: visitor.id, token });
        this.poller.start();
      })
      .finally(() => {
        this.arriving = null;
      });
    return this.arriving;
  }

  keep(/** @type {{id: string, token: string}} */ visitor) {
    this.visitor = visitor;
    this.kept.set(VISITOR, visitor);
  }

  resume() {
    this.visitor = this.kept.get(VISITOR);
    if (this.visitor) this.poller.start();
  }

  /** The server does not know this visitor any more: the next message makes a new one. */
  forget() {
    this.poller.stop();
    this.visitor = null;
    this.readTo = 0;
    this.kept.remove(VISITOR);
    this.put(this.outbox.value.filter((item) => item.step !== "sent"));
    batch(() => {
      this.log.value = NO_LOG;
      this.state.value = FRESH;
      this.loaded.value = true;
    });
  }

  async poll() {
    const visitor = this.visitor?.id;
    const after = this.log.value.cursor;
    const ask = (/** @type {number} */ from, /** @type {number} */ limit) => this.request("GET", `messages?after=${from}&limit=${limit}`);
    const answer = await ask(after, PAGE);
    const changed = amended(answer.entries);
    const again = await readAgain(changed, ask);
    if (visitor !== this.visitor?.id) return;
    const before = this.log.value;
    const log = rewrite(follow(before, after, answer), changed, again.found);
    const more = mayGoOn(before.cursor, log.cursor);
    batch(() => {
      this.log.value = log;
      this.state.value = answer.state;
      this.put(settle(this.outbox.value, answer.entries));
      this.loaded.value = this.loaded.value || !more;
    });
    if (log === before) return;
    if (before.cursor > 0) touch();
    this.read();
    this.flush();
    if (more) this.poller.now();
  }

  outcome(/** @type {number} */ failures, /** @type {any} */ error) {
    if (error?.status === 401) {
      this.forget();
      this.flush();
    } else if (failures === 0) {
      this.connection.value = "fine";
    } else if (!navigator.onLine || failures > 1) {
      this.connection.value = navigator.onLine ? "trouble" : "offline";
    }
  }

  put(/** @type {any} */ outbox) {
    if (outbox === this.outbox.value) return;
    this.outbox.value = outbox;
    if (outbox.length) this.tab.set(OUTBOX, outbox);
    else this.tab.remove(OUTBOX);
  }

  enqueue(/** @type {any} */ item) {
    this.put(put(this.outbox.value, item, new Date()));
    this.flush(true);
  }

  /** Send what is queued, one at a time and in order. `now`: a person asked for it, or the connection is back. */
  async flush(now = false) {
    if (now) clearTimeout(this.retryTimer);
    const item = next(this.outbox.value);
    if (!item) return;
    this.put(mark(this.outbox.value, item.id, "sending"));
    this.inFlight.value += 1;
    try {
      await this.arrive();
      if (item.kind === "postback") await this.request("POST", "postback", { id: item.id, payload: item.payload, title: item.text });
      else await this.request("POST", "messages", { id: item.id, text: item.text });
      this.retries = 0;
      this.put(mark(this.outbox.value, item.id, "sent"));
      this.poller.now();
      this.flush();
    } catch (error) {
      this.failed(item, error);
    } finally {
      this.inFlight.value -= 1;
    }
  }

  failed(/** @type {any} */ item, /** @type {any} */ error) {
    if (error.status === 401 && this.visitor) {
      this.forget();
    } else if (!error.passing) {
      this.put(mark(this.outbox.value, item.id, "failed", error.message));
      this.flush();
      return;
    }
    this.put(mark(this.outbox.value, item.id, "queued", error.message));
    this.retries += 1;
    if (error.status === 0) this.connection.value = navigator.onLine ? "trouble" : "offline";
    const wait = Math.max(error.retryAfter * 1000, Math.min(30_000, 500 * 2 ** this.retries));
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.flush(), wait);
  }
}
