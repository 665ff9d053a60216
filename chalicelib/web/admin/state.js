// What the agents' page shows, from what it knows. Pure.

/** @typedef {import("../shared/log.js").Entry} Entry */
/** @typedef {{id: string, name: string, role: string, warnings: string[]}} Me */
/** @typedef {{id: string, channel: string, user: {id: string, name: string, picture_url: string|null}, paused: boolean, pause: any,
 *  reply_window: {closes_at: string|null, human_closes_at: string|null, refused: string|null},
 *  assignee: {id: string, name: string}|null, waiting_since: string|null, last_event_at: string|null, seq: number, sent_to: number,
 *  delivered_to: number, read_to: number, unread: number, last_message: {text: string, author: string, at: string}|null, typing: boolean}} Session */

/** The name under which the server tells of a human who answers from the Page itself. */
const PAGE_INBOX = "Page inbox";

/** The server's reason for a pause by a bot that failed: it says no more than the line itself. */
const BOT_FAILED = "The bot failed.";

export const FILTERS = [
  { key: "paused", label: "Paused", none: "Nobody needs a human right now.", params: { paused: "true" } },
  { key: "mine", label: "Mine", none: "You have no conversations.", params: { assignee: "me" } },
  { key: "free", label: "Unassigned", none: "Every paused conversation has somebody.", params: { assignee: "none" } },
  { key: "all", label: "All", none: "Nobody has written yet.", params: {} },
];

/** The list's query. A search looks through everybody: the server combines it with no filter. */
export function listQuery(/** @type {string} */ filter, /** @type {string} */ words, /** @type {number} */ limit) {
  const searched = words.trim();
  const params = searched ? { q: searched } : FILTERS.find((choice) => choice.key === filter)?.params;
  return new URLSearchParams({ ...params, limit: String(limit) }).toString();
}

/** The list as it is shown. The server has "All" by the minute only. @param {Session[]} sessions */
export function arranged(/** @type {string} */ filter, /** @type {string} */ words, sessions) {
  if (filter !== "all" || words.trim()) return sessions;
  const at = (/** @type {Session} */ session) => Date.parse(session.last_event_at ?? "") || 0;
  return [...sessions].sort((a, b) => at(b) - at(a));
}

export function titleFor(/** @type {number} */ unread) {
  return unread > 0 ? `(${unread > 99 ? "99+" : unread}) hitl` : "hitl";
}

/** A count as a badge shows it: counts stop at 100. */
export const badge = (/** @type {number} */ count) => (count >= 100 ? "99+" : String(count));

/** How pressing a wait is, from its length. The steps are those at which agents are alerted again. */
export function urgency(/** @type {string|null} */ since, /** @type {number} */ now) {
  if (!since) return "";
  const minutes = (now - Date.parse(since)) / 60_000;
  if (minutes >= 15) return "late";
  return minutes >= 5 ? "warm" : "calm";
}

/** Who has the session: "mine", "theirs", "free" (paused, nobody's) or "bot". @param {Session} session @param {Me} me */
export function holder(session, me) {
  if (!session.paused) return "bot";
  if (!session.assignee) return "free";
  return session.assignee.id === me.id ? "mine" : "theirs";
}

/** What replying does, said before it is done. @param {Session} session @param {Me} me */
export function replyHint(session, me) {
  switch (holder(session, me)) {
    case "bot":
      return "Replying takes this conversation over from the bot.";
    case "free":
      return "Replying takes this conversation over.";
    case "mine":
      return "You have this conversation. The bot is silent until you hand it back.";
    default:
      return `${session.assignee?.name} has this conversation. Your reply is sent too, and it stays theirs.`;
  }
}

/** The last message in one line, with who said it unless it was the user. @param {Session} session */
export function previewOf(session) {
  if (!session.last_message) return "";
  const { author, text } = session.last_message;
  const who = { bot: "Bot: ", agent: "Agent: " }[author] ?? "";
  return who + text;
}

/** At most two letters that stand for a person without a picture. */
export function initials(/** @type {string} */ name) {
  const words = name.split(/\s+/).filter((word) => /\p{L}|\p{N}/u.test(word));
  const first = words.length > 1 ? [words[0], words[words.length - 1]] : words.slice(0, 1);
  return first.map((word) => (/[\p{L}\p{N}]/u.exec(word) ?? [""])[0].toLocaleUpperCase()).join("") || "?";
}

/** One of six tints, always the same for the same id. */
export function tint(/** @type {string} */ id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 6_007;
  return sum % 6;
}

/** The words of a system line. @param {Entry} entry @param {Me} me @param {string} user the user's name */
export function lineFor(entry, me, user) {
  const who = nameOf(entry.author, me, user);
  const detail = entry.content ?? {};
  switch (entry.kind) {
    case "paused":
      return { words: pausedWords(detail.trigger, who, user, entry.author.name) + (detail.reason && detail.reason !== BOT_FAILED ? ` — ${detail.reason}` : ""), icon: "clock", tone: detail.trigger === "failure" ? "danger" : "warm" };
    case "unpaused":
      return { words: unpausedWords(detail.trigger, who), icon: "bot", tone: "" };
    case "claimed":
      return { words: detail.id && detail.id !== entry.author.id ? `${who} gave this to ${detail.id === me.id ? "you" : detail.name}` : `${who} took over`, icon: "human", tone: "good" };
    case "released":
      return { words: detail.id && detail.id !== entry.author.id ? `${who} took this from ${detail.name}` : `${who} released this conversation`, icon: "human", tone: "" };
    case "alert":
      return { words: `Agents were alerted: ${detail.text}`, icon: "bell", tone: detail.level === "error" ? "danger" : "" };
    case "note":
      return { words: detail.text, icon: "human", tone: "" };
    default:
      return null;
  }
}

function pausedWords(/** @type {string} */ trigger, /** @type {string} */ who, /** @type {string} */ user, /** @type {string} */ name) {
  switch (trigger) {
    case "user":
      return `${user} asked for a human`;
    case "bot":
      return "The bot asked for a human";
    case "failure":
      return "The bot failed, so a human is needed";
    case "echo":
      return name && name !== PAGE_INBOX ? `Paused: ${name} answers` : `Paused: somebody answers in the ${PAGE_INBOX}`;
    case "rule":
      return "A rule paused the bot";
    default:
      return `${who} paused the bot`;
  }
}

function unpausedWords(/** @type {string} */ trigger, /** @type {string} */ who) {
  if (trigger === "expired") return "The pause ended by itself; the bot is back";
  if (trigger === "agent" || trigger === "api") return `${who} handed back to the bot`;
  return trigger === "user" ? `${who} went back to the bot` : "The bot took the conversation back";
}

/** Who wrote an entry, as in a sentence. @param {import("../shared/log.js").Author} author @param {Me} me @param {string} user */
function nameOf(author, me, user) {
  if (author.kind === "bot") return author.name || "The bot";
  return writerOf(author, me, user);
}

/** Who wrote an entry, as above a message. What was written elsewhere has a name and no id. @param {import("../shared/log.js").Author} author @param {Me} me @param {string} user */
export function writerOf(author, me, user) {
  if (author.kind === "user") return user;
  if (author.kind === "agent") return author.id === me.id ? "You" : author.name || "An agent";
  return author.name || (author.kind === "bot" ? "Bot" : "The system");
}

/** The unread alerts that were not there before: what rings. @param {Set<string>|null} known null: nothing was known yet */
export function newAlerts(/** @type {any[]} */ alerts, known) {
  return known === null ? [] : alerts.filter((alert) => !alert.read && !known.has(alert.id));
}

/** The session that has waited longest and is nobody's. @param {Session[]} sessions @param {string} besides */
export function nextWaiting(sessions, besides) {
  const waiting = sessions.filter((session) => session.waiting_since && !session.assignee && session.id !== besides);
  return waiting.sort((a, b) => Date.parse(a.waiting_since ?? "") - Date.parse(b.waiting_since ?? ""))[0] ?? null;
}
