// What a visitor's chat shows, from what it knows. Pure.

/** @typedef {import("../shared/log.js").Entry} Entry */
/** @typedef {{paused: boolean, agent: {name: string, picture_url?: string|null}|null, sent_to: number, delivered_to: number, read_to: number, typing: boolean}} VisitorState */

/** @type {VisitorState} What holds before anything was said. */
export const FRESH = { paused: false, agent: null, sent_to: 0, delivered_to: 0, read_to: 0, typing: false };

const SHORTEST_CUT = 10;

/**
 * Whether there may be more behind an answer that led from one number to another. The number of its entries does not tell:
 * some are hidden from visitors, and a long page is cut, though never to as few as this.
 */
export const mayGoOn = (/** @type {number} */ from, /** @type {number} */ to) => to - from >= SHORTEST_CUT;

/** Who the visitor is talking to, in words. @param {VisitorState} state */
export function standing(state) {
  if (!state.paused) return { with: "bot", words: "The bot answers" };
  if (!state.agent) return { with: "nobody", words: "A human will get in touch soon" };
  return { with: "agent", words: `You are talking to ${state.agent.name}` };
}

/**
 * Whether to offer the way back to the bot: nobody has come, and no agent made the pause. The server has the last word.
 * @param {VisitorState} state
 * @param {Entry[]} entries
 */
export const mayWithdraw = (state, entries) =>
  state.paused && !state.agent && entries.findLast((entry) => entry.kind === "paused")?.author.kind !== "agent";

/** The words of a system line, or null for what a visitor need not be told. @param {Entry} entry */
export function lineFor(entry) {
  switch (entry.kind) {
    case "paused":
      return { words: "A human will get in touch soon", icon: "clock", tone: "warm" };
    case "claimed":
      return { words: `${entry.author.name || "An agent"} joined the conversation`, icon: "human", tone: "good" };
    case "released":
      return { words: `${entry.author.name || "The agent"} left the conversation`, icon: "human", tone: "" };
    case "unpaused":
      return { words: "You are back with the bot", icon: "bot", tone: "" };
    default:
      return null;
  }
}

/** Whether the entry is drawn at all. @param {Entry} entry */
export const shown = (entry) => entry.kind === "message" || lineFor(entry) !== null;

/** The newest message that somebody else wrote and the visitor has therefore read, when it is on the screen; else 0. @param {Entry[]} entries */
export function lastHeard(entries) {
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    if (entries[index].kind === "message" && entries[index].author.kind !== "user") return entries[index].seq;
  }
  return 0;
}

/** The newest message, whose quick replies may still be pressed; 0 when there is none. @param {Entry[]} entries */
export function lastSaid(entries) {
  return entries.findLast((entry) => entry.kind === "message")?.seq ?? 0;
}

/** What is on its way, as entries to be drawn after those of the log. @param {import("../shared/outbox.js").Item[]} outbox */
export function asEntries(outbox) {
  return outbox.map((item) => ({
    seq: 0,
    id: `u:${item.id}`,
    kind: "message",
    author: { kind: /** @type {"user"} */ ("user"), id: "me", name: "" },
    content: { type: "text", text: item.text },
    at: item.at,
    step: item.step,
    why: item.why,
    item: item.id,
  }));
}
