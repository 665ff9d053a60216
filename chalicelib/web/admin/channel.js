// What differs by the way a user comes: its name, how long it takes answers, where its pictures come from. Pure.

/** @typedef {import("./state.js").Session} Session */
/** @typedef {{words: string, tone: "" | "urgent" | "closed", title: string}} Reach */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NAMES = { webchat: "Web chat", messenger: "Messenger" };

export const channelName = (/** @type {string} */ channel) => NAMES[channel] ?? channel;

/** Whether an alert's session is somebody's conversation; a Page's own log has no user after the Page's number. */
export function isConversation(/** @type {string} */ sessionId) {
  const [channel, user = ""] = sessionId.split(":");
  return channel !== "messenger" || user.includes(".");
}

/** Whether pictures of this session come through our own server; those of other channels stay links. */
export const hasMedia = (/** @type {Session} */ session) => session.channel === "messenger";

/** The path of the user's picture, or null when there is none to be had. */
export function picturePath(/** @type {Session} */ session) {
  return hasMedia(session) && session.user.picture_url ? `sessions/${encodeURIComponent(session.id)}/picture` : null;
}

/** The path of an entry's picture or file: the n-th of its content. */
export const mediaPath = (/** @type {Session} */ session, /** @type {number} */ seq, /** @type {number} */ n) =>
  `sessions/${encodeURIComponent(session.id)}/entries/${seq}/media/${n}`;

/** A time that is left, rounded down: "6 days", "23 h", "41 min", "less than a minute". */
export function left(/** @type {number} */ ms) {
  if (ms >= 2 * DAY) return `${Math.floor(ms / DAY)} days`;
  if (ms >= HOUR) return `${Math.floor(ms / HOUR)} h`;
  return ms >= MINUTE ? `${Math.floor(ms / MINUTE)} min` : "less than a minute";
}

/**
 * How long, or why not, the channel takes an answer; null where it always does. Only the server closes it: a browser's clock may
 * be wrong.
 * @param {Session} session @param {number} now @param {(at: string) => string} format @returns {Reach | null}
 */
export function reachOf(session, now, format = (at) => at) {
  const { closes_at: closesAt, human_closes_at: humanClosesAt, refused, held } = session.reply_window ?? {};
  if (refused) return { words: refused, tone: "closed", title: "" };
  if (held) return { words: held, tone: "urgent", title: "" };
  if (!closesAt) return null;
  const name = channelName(session.channel);
  const closes = Date.parse(closesAt);
  const humanCloses = Math.max(closes, Date.parse(humanClosesAt ?? closesAt));
  const anybody = closes > now;
  const longer = humanCloses - closes;
  const ends = (anybody ? closes : humanCloses) - now;
  const tone = ends < HOUR ? "urgent" : "";
  const title = `Until ${format(closesAt)}${longer > 0 && humanClosesAt ? `; marked as a human's, until ${format(humanClosesAt)}` : ""}`;
  if (!anybody) return { words: `${name} takes answers marked as a human's for another ${left(ends)}. The bot cannot answer any more.`, tone, title };
  const after = longer > 0 ? `; after that, marked as a human's, for ${left(longer)}` : "";
  return { words: `${name} takes answers for another ${left(ends)}${after}.`, tone, title };
}
