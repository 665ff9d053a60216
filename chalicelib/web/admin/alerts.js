// Alerts as this agent gets them: the list, the count in the title, the sound, the desktop notification.
import { batch, signal } from "../vendor/preact.js";
import { Poller } from "../shared/poll.js";
import { storage } from "../shared/storage.js";
import { isConversation } from "./channel.js";
import { sessionHash } from "./route.js";
import { newAlerts } from "./state.js";

const EVERY_MS = 4_000;
const SHOWN = 50;
const RINGING = "hitl.ringing";

export class Alerts {
  constructor(/** @type {import("./client.js").AdminClient} */ client) {
    this.client = client;
    this.kept = storage(() => localStorage);
    this.poller = new Poller(EVERY_MS, () => this.poll(), (failures) => client.outcome(this, failures));
    /** @type {Set<string> | null} */
    this.known = null;
    /** @type {AudioContext | null} made on a click, since browsers let no page sound before one */
    this.audio = null;
    this.epoch = 0;

    this.list = signal(/** @type {any[]} */ ([]));
    this.unread = signal(0);
    this.waiting = signal(0);
    this.loaded = signal(false);
    this.ringing = signal(this.kept.get(RINGING) === true);
    this.newest = signal("");
  }

  start() {
    this.known = null;
    this.poller.start();
    globalThis.addEventListener("pointerdown", () => this.ringing.value && this.tune(), { once: true });
  }

  stop() {
    this.poller.stop();
    batch(() => {
      this.list.value = [];
      this.unread.value = 0;
      this.waiting.value = 0;
      this.loaded.value = false;
    });
  }

  async poll() {
    const { epoch } = this;
    const answer = await this.client.request("GET", `notifications?limit=${SHOWN}`);
    if (epoch !== this.epoch) return this.poller.now();
    const fresh = newAlerts(answer.notifications, this.known);
    this.known = new Set(answer.notifications.map((alert) => alert.id));
    batch(() => {
      this.list.value = answer.notifications;
      this.unread.value = answer.unread;
      this.waiting.value = answer.waiting;
      this.loaded.value = true;
    });
    const open = this.client.selected.peek();
    if (fresh.length) this.ring(fresh);
    if (open && !document.hidden) this.readAbout(open.id);
  }

  ring(/** @type {any[]} */ fresh) {
    this.newest.value = fresh[0].text;
    this.client.inbox.poller.now();
    if (!this.ringing.value) return;
    this.chime();
    if (document.hidden || !document.hasFocus()) fresh.slice(0, 3).forEach((alert) => this.notify(alert));
  }

  /** Sound and desktop notifications, on or off; the browser asks the person, and only a click may make it ask. */
  async toggle() {
    this.ringing.value = !this.ringing.value;
    this.kept.set(RINGING, this.ringing.value);
    if (!this.ringing.value) return;
    this.tune();
    this.chime();
    if (!("Notification" in globalThis)) return;
    if (Notification.permission === "default") await Notification.requestPermission();
    if (Notification.permission === "denied") this.client.tell("Sound is on. Desktop notifications are blocked in this browser's settings.", "warm");
  }

  tune() {
    if (!("AudioContext" in globalThis)) return;
    this.audio ??= new AudioContext();
    this.audio.resume();
  }

  /** Two soft notes. */
  chime() {
    const { audio } = this;
    if (audio?.state !== "running") return;
    [660, 880].forEach((pitch, index) => {
      const at = audio.currentTime + index * 0.16;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.12, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.42);
    });
  }

  notify(/** @type {any} */ alert) {
    if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
    const shown = new Notification(alert.text, { tag: alert.id, icon: "assets/shared/icon.svg" });
    shown.onclick = () => {
      globalThis.focus();
      if (isConversation(alert.session_id)) location.hash = sessionHash(alert.session_id);
      shown.close();
    };
  }

  /** An open conversation needs no alert about it any more. */
  readAbout(/** @type {string} */ sessionId) {
    for (const alert of this.list.peek()) if (!alert.read && alert.session_id === sessionId) this.mark(alert, "read");
  }

  /** `what`: "read" or "archive"; shown at once, put right by the next poll if it fails. */
  async mark(/** @type {any} */ alert, /** @type {string} */ what) {
    const list = this.list.peek();
    const changed = list.map((held) => (held.id === alert.id ? { ...held, read: true } : held));
    this.list.value = what === "archive" ? changed.filter((held) => held.id !== alert.id) : changed;
    await this.tellServer(`notifications/${encodeURIComponent(alert.id)}/${what}`);
  }

  async markAll() {
    this.list.value = this.list.peek().map((alert) => ({ ...alert, read: true }));
    await this.tellServer("notifications/read");
  }

  async tellServer(/** @type {string} */ path) {
    this.epoch += 1;
    try {
      const { unread } = await this.client.request("POST", path, {});
      this.unread.value = unread;
    } catch (error) {
      this.client.tell(`That did not work: ${error.message}`, "danger");
    }
    this.epoch += 1;
    this.poller.now();
  }
}
