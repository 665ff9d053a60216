// What the page knows of the platform, and the commands it can give. Knows nothing of how it is drawn.
import { batch, signal } from "../../assets/vendor/preact.js";
import { makeApi } from "../../assets/shared/api.js";
import { Poller, touch } from "../../assets/shared/poll.js";

const EVERY_MS = 400;

export class SimulatorClient {
  constructor() {
    this.request = makeApi("simulator/api", { token: () => null });
    this.poller = new Poller(EVERY_MS, () => this.poll(), (failures, error) => this.outcome(failures, error));
    /** The platform as it was last told; null before the first answer. */
    this.state = signal(/** @type {any} */ (null));
    this.typing = signal(false);
    this.psid = signal("");
    this.draft = signal("");
    /** The message that is being answered or rewritten: {how: "reply" | "edit", message}, or null. */
    this.about = signal(/** @type {{how: "reply" | "edit", message: any} | null} */ (null));
    /** A sentence about what did not work; empty: nothing. */
    this.trouble = signal("");
  }

  open() {
    this.poller.start();
  }

  async poll() {
    const asked = this.psid.value;
    const after = this.state.value?.psid === asked ? this.state.value.cursor : 0;
    const answer = await this.request("GET", `state?after=${after}&psid=${encodeURIComponent(asked)}`);
    if (asked !== this.psid.value) return;
    batch(() => {
      this.psid.value = answer.psid;
      this.typing.value = answer.typing;
      if (!answer.thread) return;
      this.state.value = answer;
      const { about } = this;
      if (about.value && !answer.thread.messages.some((one) => one.mid === about.value?.message.mid && !one.deleted)) about.value = null;
    });
    if (answer.thread) touch();
  }

  outcome(/** @type {number} */ failures, /** @type {any} */ error) {
    if (failures > 1) this.trouble.value = `The simulator does not answer: ${error.message}`;
    else if (failures === 0 && this.trouble.value.startsWith("The simulator does not")) this.trouble.value = "";
  }

  /** Give a command, for the user shown unless another is named; whether it was done. */
  async do(/** @type {string} */ command, given = {}) {
    try {
      await this.request("POST", command, { psid: this.psid.value, ...given });
      this.trouble.value = "";
      this.poller.now();
      return true;
    } catch (error) {
      this.trouble.value = error.message;
      return false;
    }
  }

  become(/** @type {string} */ psid) {
    batch(() => {
      this.psid.value = psid;
      this.about.value = null;
      this.draft.value = "";
      this.typing.value = false;
    });
    this.poller.now();
  }

  async join(/** @type {string} */ name) {
    const known = new Set(this.state.value.people.map((one) => one.psid));
    if (!(await this.do("join", { name }))) return;
    const { people } = await this.request("GET", "state");
    const fresh = people.find((one) => !known.has(one.psid));
    if (fresh) this.become(fresh.psid);
  }

  send(/** @type {string} */ text) {
    const about = this.about.value;
    batch(() => {
      this.draft.value = "";
      this.about.value = null;
    });
    if (about?.how === "edit") this.do("edit", { mid: about.message.mid, text });
    else this.do("say", about ? { text, reply_to: about.message.mid } : { text });
  }

  reply(/** @type {any} */ message) {
    this.about.value = { how: "reply", message };
  }

  edit(/** @type {any} */ message) {
    batch(() => {
      this.about.value = { how: "edit", message };
      this.draft.value = message.content.text;
    });
  }

  leave() {
    batch(() => {
      if (this.about.value?.how === "edit") this.draft.value = "";
      this.about.value = null;
    });
  }
}
