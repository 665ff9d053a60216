// Asking again and again, politely: fast while somebody is there, slow when hidden or idle, with back-off when it fails.

/**
 * The time until the next poll, in ms.
 * @param {{every: number, hidden: boolean, idle: number, failures: number, retryAfter: number, random: number}} situation
 *   `every`: the pace while somebody is there; `idle`: ms since something happened; `failures` in a row; `retryAfter`: s,
 *   as the server asks; `random`: 0 to 1, so that many pages do not come back at the same moment
 */
export function pace({ every, hidden, idle, failures, retryAfter, random }) {
  if (failures > 0) {
    const backoff = Math.min(30_000, every * 2 ** failures);
    return Math.max(retryAfter * 1000, backoff / 2 + (backoff / 2) * random);
  }
  if (hidden) return Math.max(every, 10_000);
  if (idle > 600_000) return Math.max(every, 10_000);
  if (idle > 120_000) return Math.max(every, 4_000);
  return every;
}

let lastActive = Date.now();
const wake = new Set();

/** Somebody is there: polls go back to their fast pace. */
export function touch() {
  const slept = Date.now() - lastActive > 120_000;
  lastActive = Date.now();
  if (slept) for (const poller of wake) poller.now();
}

for (const kind of ["pointerdown", "keydown", "focus"]) globalThis.addEventListener(kind, touch, { passive: true });
globalThis.addEventListener("online", () => wake.forEach((poller) => poller.now()));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) wake.forEach((poller) => poller.now());
});

/** Calls `work` over and over, never twice at once; a rejection is a failure and slows it down. */
export class Poller {
  /**
   * @param {number} every ms
   * @param {() => Promise<unknown>} work
   * @param {(failures: number, error: any) => void} [outcome] told after every call; 0 failures: all is well
   */
  constructor(every, work, outcome = () => {}) {
    this.every = every;
    this.work = work;
    this.outcome = outcome;
    this.failures = 0;
    this.running = false;
    this.busy = false;
    this.again = false;
    this.timer = 0;
  }

  /** @param {{later?: boolean}} [how] `later`: what it asks for is known for now */
  start({ later = false } = {}) {
    if (this.running) return;
    this.running = true;
    wake.add(this);
    if (later) this.timer = setTimeout(() => this.turn(), this.every);
    else this.now();
  }

  /** Ends it; a call under way still finishes, and its outcome is told to nobody. */
  stop() {
    this.running = false;
    wake.delete(this);
    clearTimeout(this.timer);
  }

  /** Poll now, or right after the call under way. */
  now() {
    if (!this.running) return;
    clearTimeout(this.timer);
    if (this.busy) this.again = true;
    else this.turn();
  }

  async turn() {
    this.busy = true;
    let error = null;
    try {
      await this.work();
      this.failures = 0;
    } catch (caught) {
      error = caught;
      this.failures += 1;
    }
    this.busy = false;
    if (!this.running) return;
    this.outcome(this.failures, error);
    if (!this.running) return;
    const soon = this.again && !error;
    this.again = false;
    const wait = pace({
      every: this.every,
      hidden: document.hidden,
      idle: Date.now() - lastActive,
      failures: this.failures,
      retryAfter: error?.retryAfter ?? 0,
      random: Math.random(),
    });
    this.timer = setTimeout(() => this.turn(), soon ? 0 : wait);
  }
}
