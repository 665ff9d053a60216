// One session as an agent has it open: its log, what is being sent, and the commands.
import { batch, signal } from "../vendor/preact.js";
import { NO_LOG, amended, behind, follow, readAgain, rewrite } from "../shared/log.js";
import { Poller, touch } from "../shared/poll.js";
import { noted, opened, prepend } from "./history.js";
import { sessionHash } from "./route.js";
import { Sender } from "./sender.js";
import { holder, nextWaiting } from "./state.js";

const EVERY_MS = 1_500;
const PAGE = 50;
const CATCH_UP = 500;
const STEADY_MS = 1_500;
const REFUSED_MS = 12_000;

export class Conversation {
  constructor(/** @type {import("./client.js").AdminClient} */ client, /** @type {string} */ id) {
    this.client = client;
    this.id = id;
    this.path = `sessions/${encodeURIComponent(id)}`;
    this.poller = new Poller(EVERY_MS, () => this.poll(), (failures, error) => this.outcome(failures, error));
    this.readTo = 0;
    this.fetchingOlder = false;
    /** Counts the times it was opened, so that an answer to an earlier time is known as such. */
    this.visit = 0;
    /** Counts the amends that were applied, so that older entries read before one are read again. */
    this.amends = 0;

    this.session = signal(/** @type {import("./state.js").Session | null} */ (client.inbox.find(id) ?? null));
    this.log = signal(NO_LOG);
    /** "loading", "ready", "missing" or "failed" */
    this.phase = signal("loading");
    this.why = signal("");
    /** "message" or "note" */
    this.mode = signal("message");
    this.drafts = { message: signal(this.kept("message")), note: signal(this.kept("note")) };
    /** The command under way; empty: none. */
    this.busy = signal("");
    /** Whether the commands have just changed: a click that was aimed at one must not give another. */
    this.changing = signal(false);
    this.changeTimer = 0;
    /** Whether to hand back what a colleague has is being asked. */
    this.asking = signal(false);
    /** Why taking over did not work; empty: it was not tried. */
    this.refused = signal("");
    this.refusedTimer = 0;
    /** Numbers of the messages that are being asked to be sent again. */
    this.resending = signal(/** @type {Set<number>} */ (new Set()));
    this.sender = new Sender(this);
    /** When a note was added, until something is written after it. */
    this.notedAt = 0;
    this.onVisible = () => this.read();
  }

  start() {
    this.visit += 1;
    this.sender.restart();
    document.addEventListener("visibilitychange", this.onVisible);
    this.poller.start();
    this.client.alerts.readAbout(this.id);
  }

  /** Stop watching; what is being sent is still sent. What was said is forgotten: whoever takes a word back takes it from here too. */
  stop() {
    this.visit += 1;
    document.removeEventListener("visibilitychange", this.onVisible);
    this.poller.stop();
    this.client.failing.delete(this);
    batch(() => {
      this.log.value = NO_LOG;
      if (this.session.value) this.session.value = { ...this.session.value, last_message: null };
      this.phase.value = "loading";
      this.refused.value = "";
      this.asking.value = false;
    });
  }

  // -- drafts

  kept(/** @type {string} */ mode) {
    return this.client.tab.get(`hitl.draft.${mode}.${this.id}`) ?? "";
  }

  write(/** @type {string} */ text) {
    const mode = /** @type {"message"|"note"} */ (this.mode.value);
    this.notedAt = 0;
    this.drafts[mode].value = text;
    const key = `hitl.draft.${mode}.${this.id}`;
    if (text) this.client.tab.set(key, text);
    else this.client.tab.remove(key);
  }

  // -- reading

  /** The part of the log that the query asks for, each entry noted for what the watermarks cannot tell of it. */
  async ask(/** @type {string} */ query) {
    const answer = await this.client.request("GET", `${this.path}?${query}`);
    return { ...answer, entries: noted(answer.entries, answer.session) };
  }

  async poll() {
    const { visit } = this;
    const { epoch } = this.client;
    const first = this.phase.value !== "ready";
    const after = this.log.value.cursor;
    const answer = await this.ask(first ? `limit=${PAGE}` : `after=${after}&limit=${CATCH_UP}`);
    const changed = amended(answer.entries).filter((seq) => !first || seq >= answer.entries[0].seq);
    const again = await readAgain(changed, (from, limit) => this.ask(`after=${from}&limit=${limit}`));
    if (visit !== this.visit) return;
    const before = this.log.value;
    const log = rewrite(first ? opened(answer.entries, answer.cursor) : follow(before, after, answer), changed, again.found);
    this.amends += changed.length;
    batch(() => {
      this.log.value = log;
      this.sender.settle(answer.entries);
      this.phase.value = "ready";
      if (epoch === this.client.epoch) this.learn((again.last ?? answer).session);
    });
    this.read();
    if (!this.sender.again) this.sender.flush();
    if (log === before || first) return;
    touch();
    if (behind(before, log, answer.session.seq)) this.poller.now();
  }

  async older() {
    const before = this.log.value.entries[0]?.seq;
    if (this.fetchingOlder || !before || !this.log.value.older) return;
    const { visit, amends } = this;
    this.fetchingOlder = true;
    try {
      const { entries } = await this.ask(`before=${before}&limit=${PAGE}`);
      if (visit === this.visit && amends === this.amends) this.log.value = prepend(this.log.value, before, entries);
    } catch (error) {
      this.client.tell(`Older messages did not load: ${error.message}`, "danger");
    } finally {
      this.fetchingOlder = false;
    }
    if (visit === this.visit && amends !== this.amends) await this.older();
  }

  outcome(/** @type {number} */ failures, /** @type {any} */ error) {
    this.client.outcome(this, failures);
    if (failures === 0 || this.phase.value === "ready") return;
    this.why.value = error.message;
    this.phase.value = error.status === 404 ? "missing" : "failed";
    if (error.status !== 404) return;
    this.sender.forget();
    this.poller.stop();
  }

  learn(/** @type {any} */ session) {
    const before = this.session.value;
    if (before && (before.paused !== session.paused || before.assignee?.id !== session.assignee?.id)) {
      this.asking.value = false;
      this.steady();
    }
    this.session.value = session;
    this.client.inbox.patch(session);
  }

  /** What is on the screen counts as read, for all agents; told once for each new message. */
  read() {
    const seq = this.log.value.cursor;
    if (document.hidden || !this.session.value?.unread || this.readTo >= seq || this.client.selected.peek() !== this) return;
    this.readTo = seq;
    this.command("read", { seq }).catch(() => {
      this.readTo = 0;
    });
  }

  // -- saying

  /** After a note it is replies again: a second Enter at once must not send a reply that was left half written. */
  send(/** @type {string} */ text) {
    if (Date.now() - this.notedAt < STEADY_MS) return;
    const kind = this.mode.value;
    this.write("");
    this.refused.value = "";
    this.sender.add(kind, text);
    if (kind !== "note") return;
    this.mode.value = "message";
    this.notedAt = Date.now();
  }

  /** Send a message again that failed; with `again` one of which nobody knows whether it arrived. */
  async resend(/** @type {import("../shared/log.js").Entry} */ { seq }, again = false) {
    if (this.resending.value.has(seq)) return;
    const { visit, amends } = this;
    this.resending.value = new Set(this.resending.value).add(seq);
    try {
      const { entry } = await this.client.request("POST", `${this.path}/entries/${seq}/retry`, again ? { again } : {});
      const marks = this.session.value;
      if (visit === this.visit && amends === this.amends && marks) this.log.value = rewrite(this.log.value, [seq], noted([entry], marks));
    } catch (error) {
      this.client.tell(`Not sent again: ${error.message}`, "danger");
    } finally {
      const left = new Set(this.resending.value);
      left.delete(seq);
      this.resending.value = left;
      this.poller.now();
    }
  }

  /** A hint to the user: it may get lost. */
  typing() {
    if (this.mode.value === "message" && this.session.value?.paused) this.command("typing").catch(() => {});
  }

  // -- commands

  async command(/** @type {string} */ name, /** @type {object} */ body = {}) {
    const session = await this.client.request("POST", `${this.path}/${name}`, body);
    this.client.epoch += 1;
    this.learn(session);
    return session;
  }

  /** A command a person gave: shown while it runs, and told when it fails. Resolves to whether it worked. */
  async order(/** @type {string} */ name, /** @type {object} */ body = {}) {
    if (this.busy.value || this.changing.value) return false;
    this.busy.value = name;
    this.refused.value = "";
    this.asking.value = false;
    try {
      await this.command(name, body);
      this.poller.now();
      this.client.inbox.poller.now();
      return true;
    } catch (error) {
      if (error.code === "AlreadyClaimed") this.refuse(error.message);
      else this.client.tell(`That did not work: ${error.message}`, "danger");
      this.poller.now();
      return false;
    } finally {
      this.busy.value = "";
      this.steady();
    }
  }

  /** Say for a while that a colleague was first. */
  refuse(/** @type {string} */ words) {
    clearTimeout(this.refusedTimer);
    this.refused.value = words;
    this.refusedTimer = setTimeout(() => (this.refused.value = ""), REFUSED_MS);
  }

  /** Take no command for a moment. */
  steady() {
    clearTimeout(this.changeTimer);
    this.changing.value = true;
    this.changeTimer = setTimeout(() => (this.changing.value = false), STEADY_MS);
  }

  takeOver(force = false) {
    return this.order("claim", force ? { force } : {});
  }

  /** Hand back to the bot; what a colleague has only when `sure`: else it is asked first. */
  async handBack(sure = false) {
    const { session, client } = this;
    if (!sure && session.value && holder(session.value, client.me.value) === "theirs") {
      this.asking.value = !this.changing.value;
      return;
    }
    if (!(await this.order("unpause"))) return;
    const waiting = nextWaiting(this.client.inbox.sessions.peek(), this.id);
    const go = waiting && { label: `Next: ${waiting.user.name}`, run: () => (location.hash = sessionHash(waiting.id)) };
    this.client.tell("Handed back to the bot.", "good", go ?? undefined);
  }
}
