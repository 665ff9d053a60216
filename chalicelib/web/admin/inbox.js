// The list of sessions: what is asked for, what came, kept fresh.
import { batch, signal } from "../vendor/preact.js";
import { Poller } from "../shared/poll.js";
import { arranged, listQuery } from "./state.js";

const EVERY_MS = 3_000;
const PAGE = 50;
const MOST = 500;
const SEARCH_AFTER_MS = 250;

/** @typedef {import("./state.js").Session} Session */

export class Inbox {
  constructor(/** @type {import("./client.js").AdminClient} */ client) {
    this.client = client;
    this.poller = new Poller(EVERY_MS, () => this.poll(), (failures, error) => this.outcome(failures, error));
    this.limit = PAGE;
    this.searchTimer = 0;
    /** What the list on the screen is the answer to. */
    this.asked = "";

    this.filter = signal("paused");
    this.words = signal("");
    this.sessions = signal(/** @type {Session[]} */ ([]));
    this.more = signal(false);
    /** "loading", "ready" or "failed" (nothing to show, and why) */
    this.phase = signal("loading");
    this.why = signal("");
  }

  start() {
    this.phase.value = "loading";
    this.poller.start();
  }

  stop() {
    this.poller.stop();
    this.sessions.value = [];
  }

  choose(/** @type {string} */ filter) {
    batch(() => {
      this.filter.value = filter;
      this.words.value = "";
    });
    this.anew();
  }

  search(/** @type {string} */ words) {
    this.words.value = words;
    clearTimeout(this.searchTimer);
    this.searchTimer = setTimeout(() => this.anew(), SEARCH_AFTER_MS);
  }

  showMore() {
    this.limit = Math.min(MOST, this.limit + PAGE);
    this.poller.now();
  }

  anew() {
    this.limit = PAGE;
    batch(() => {
      this.phase.value = "loading";
      this.sessions.value = [];
      this.more.value = false;
    });
    this.poller.now();
  }

  async poll() {
    const query = listQuery(this.filter.value, this.words.value, this.limit);
    const { epoch } = this.client;
    const { sessions, cursor } = await this.client.request("GET", `sessions?${query}`);
    if (query !== listQuery(this.filter.value, this.words.value, this.limit)) return;
    if (epoch !== this.client.epoch && this.asked === query) return this.poller.now();
    this.asked = query;
    batch(() => {
      this.sessions.value = arranged(this.filter.value, this.words.value, sessions);
      this.more.value = cursor !== null && this.limit < MOST;
      this.phase.value = "ready";
      this.why.value = "";
    });
  }

  outcome(/** @type {number} */ failures, /** @type {any} */ error) {
    this.client.outcome(this, failures);
    if (failures > 0 && this.phase.value === "loading") {
      this.why.value = error.message;
      this.phase.value = "failed";
    }
  }

  find(/** @type {string} */ id) {
    return this.sessions.peek().find((held) => held.id === id);
  }

  /** Show what is newly known of one session without waiting for the next list. */
  patch(/** @type {Session} */ session) {
    const index = this.sessions.peek().findIndex((held) => held.id === session.id);
    if (index < 0) return;
    const sessions = [...this.sessions.peek()];
    sessions[index] = session;
    this.sessions.value = sessions;
  }
}
