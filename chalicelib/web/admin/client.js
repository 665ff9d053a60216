// An agent's connection to the server: who is signed in, what is selected, and what is watched.
import { batch, signal } from "../vendor/preact.js";
import { makeApi } from "../shared/api.js";
import { Poller } from "../shared/poll.js";
import { storage } from "../shared/storage.js";
import { Alerts } from "./alerts.js";
import { isConversation } from "./channel.js";
import { Conversation } from "./conversation.js";
import { Inbox } from "./inbox.js";
import { fetchBytes } from "./media.js";
import { Unsent } from "./unsent.js";

const TOKEN = "hitl.token";
const SIGNIN = "hitl.signin";
const NOTICE_MS = 8_000;
const ME_EVERY_MS = 60_000;
const OPEN_EVERY_MS = 1_000;

export class AdminClient {
  /** @param {{base: string}} options `base`: where the agents' interface is, relative to the page */
  constructor({ base }) {
    this.tab = storage(() => sessionStorage);
    /** Counts the commands that changed something, so that an answer to an older question is known as such. */
    this.epoch = 0;
    /** @type {Map<string, Conversation>} */
    this.conversations = new Map();
    this.unsent = new Unsent(this.tab);
    this.noticeTimer = 0;
    this.failing = new Set();
    this.base = base;
    this.ask = makeApi(base, { token: () => this.tab.get(TOKEN), tab: this.tab });
    /** What the server refused to fetch from elsewhere, so that each is asked for once. @type {Set<string>} */
    this.refusedMedia = new Set();
    this.poller = new Poller(ME_EVERY_MS, () => this.lookAgain(), (failures) => this.outcome(this, failures));
    this.opener = /** @type {Poller | null} */ (null);

    /** "out", "checking" or "in" */
    this.stage = signal("checking");
    this.me = signal(/** @type {import("./state.js").Me | null} */ (null));
    /** Why the agent is not in; empty: no reason to give. */
    this.why = signal("");
    /** "fine", "trouble" or "offline" */
    this.connection = signal("fine");
    this.notice = signal(/** @type {{words: string, tone: string, action?: {label: string, about?: string, run: () => void}} | null} */ (null));
    this.selected = signal(/** @type {Conversation | null} */ (null));
    this.wanted = /** @type {string | null} */ (null);

    this.inbox = new Inbox(this);
    this.alerts = new Alerts(this);
    globalThis.addEventListener("offline", () => {
      this.connection.value = "offline";
    });
  }

  /** Sign in with this token, or with the one kept in this tab; asked again until the server lets the agent in or turns them away. */
  open(/** @type {string | null} */ token = null) {
    this.close();
    if (token) {
      this.tab.set(TOKEN, token);
      this.tab.remove(SIGNIN);
    }
    this.why.value = "";
    this.stage.value = this.tab.get(TOKEN) ? "checking" : "out";
    if (this.stage.value === "out") return;
    const enter = async () => {
      const me = await this.ask("GET", "me");
      if (this.opener === opener && opener.running) this.enter(me);
    };
    const opener = new Poller(OPEN_EVERY_MS, enter, (_, error) => this.notEntered(error));
    this.opener = opener;
    opener.start();
  }

  enter(/** @type {import("./state.js").Me} */ me) {
    this.opener?.stop();
    batch(() => {
      this.me.value = me;
      this.why.value = "";
      this.stage.value = "in";
    });
    this.inbox.start();
    this.alerts.start();
    this.poller.start({ later: true });
    for (const id of this.unsent.open(me.id)) this.conversation(id).sender.flush();
    this.select(this.wanted);
  }

  notEntered(/** @type {import("../shared/api.js").ApiError} */ { status, message }) {
    if (status === 401) this.giveUp("This token is not valid, or not any more.");
    else if (status === 403) this.giveUp(message);
    else this.why.value = message;
  }

  /** Forget a token that did not lead in. */
  giveUp(why = "") {
    this.opener?.stop();
    this.tab.remove(TOKEN);
    this.why.value = why;
    this.stage.value = "out";
  }

  /** Whether there is something new to warn of, and whether the agent is still called so. */
  async lookAgain() {
    const me = await this.request("GET", "me");
    if (this.stage.peek() === "in" && JSON.stringify(me) !== JSON.stringify(this.me.peek())) this.me.value = me;
  }

  /** Stop everything that is the signed-in agent's. */
  close() {
    this.opener?.stop();
    this.poller.stop();
    this.inbox.stop();
    this.alerts.stop();
    this.selected.value?.stop();
    this.selected.value = null;
    this.conversations.clear();
  }

  /** Forget the token. Drafts stay in the tab, and without `why` they alone. */
  signOut(why = "") {
    const signin = this.tab.get(SIGNIN);
    this.tab.remove(TOKEN);
    this.tab.remove(SIGNIN);
    this.close();
    if (!why) this.unsent.clear();
    if (!why && signin) {
      const { refresh_token } = signin;
      const headers = { "Content-Type": "application/json" }; // the request outlives the page
      if (refresh_token) fetch("api/signin/revoke", { method: "POST", headers, body: JSON.stringify({ refresh_token }), keepalive: true }).catch(() => {});
      location.assign("signin?out");
    }
    batch(() => {
      this.me.value = null;
      this.notice.value = null;
      this.why.value = why;
      this.stage.value = "out";
    });
  }

  /** A request of the signed-in agent; a credential that is refused signs out. */
  async request(/** @type {string} */ method, /** @type {string} */ path, /** @type {object | undefined} */ body = undefined) {
    try {
      return await this.ask(method, path, body);
    } catch (error) {
      if (error.status === 401 && this.stage.value === "in") this.signOut("Your sign-in is not valid any more.");
      throw error;
    }
  }

  /** The bytes of a picture or a file. */
  async bytes(/** @type {string} */ path, /** @type {AbortSignal | undefined} */ signal = undefined) {
    const fetched = () => fetchBytes(`${this.base}/${path}`, this.tab.get(TOKEN), signal);
    return fetched().catch(async (error) => {
      if (error.status !== 401) throw error;
      await this.request("GET", "me"); // renews a token that can be, or signs out
      return fetched();
    });
  }

  /** Show a session, or none, as for a link to what is no conversation. Before the sign-in it is remembered for afterwards. */
  select(/** @type {string | null} */ named) {
    const id = named && isConversation(named) ? named : null;
    this.wanted = id;
    if (this.stage.peek() !== "in" || this.selected.peek()?.id === id) return;
    this.selected.peek()?.stop();
    if (!id) {
      this.selected.value = null;
      return;
    }
    const conversation = this.conversation(id);
    this.selected.value = conversation;
    conversation.start();
    if (this.notice.peek()?.action?.about === id) this.notice.value = null;
  }

  conversation(/** @type {string} */ id) {
    const conversation = this.conversations.get(id) ?? new Conversation(this, id);
    this.conversations.set(id, conversation);
    return conversation;
  }

  /** A poller's outcome, from which the state of the connection follows. */
  outcome(/** @type {object} */ poller, /** @type {number} */ failures) {
    const before = this.connection.value;
    if (failures === 0) this.failing.delete(poller);
    else if (failures > 1) this.failing.add(poller);
    if (!navigator.onLine) this.connection.value = "offline";
    else this.connection.value = this.failing.size ? "trouble" : "fine";
    if (before !== "fine" && this.connection.value === "fine") this.conversations.forEach((conversation) => conversation.sender.flush());
  }

  /** Tell the agent something that passes, unless it failed and can be looked at. */
  tell(/** @type {string} */ words, tone = "", /** @type {any} */ action = undefined) {
    clearTimeout(this.noticeTimer);
    this.notice.value = { words, tone, action };
    if (tone !== "danger" || !action) this.noticeTimer = setTimeout(() => (this.notice.value = null), NOTICE_MS);
  }
}
