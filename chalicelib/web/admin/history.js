// A log that an agent reads: opened at its end, grown at its top, and how far what our side said has come. Pure.

/** @typedef {import("../shared/log.js").Entry} Entry */
/** @typedef {import("../shared/log.js").Log} Log */

/**
 * An answer's entries, with a note on those that wait although later ones have been settled: they go out again, out of turn, so
 * that the watermarks tell nothing of them.
 * @param {Entry[]} entries @param {{sent_to: number}} marks as they were when the entries were read
 */
export function noted(entries, marks) {
  return entries.map((entry) => (entry.status === "pending" && entry.seq <= marks.sent_to ? { ...entry, outOfTurn: true } : entry));
}

/** The log of a first answer that holds the newest entries. */
export function opened(/** @type {Entry[]} */ entries, /** @type {number} */ cursor) {
  return { entries, cursor, older: entries.length > 0 && entries[0].seq > 1 };
}

/** The log with older entries put before it; an answer to an earlier question is ignored. An empty one means: no more. */
export function prepend(/** @type {Log} */ log, /** @type {number} */ before, /** @type {Entry[]} */ entries) {
  if (log.entries[0]?.seq !== before) return log;
  const older = entries.filter((entry) => entry.seq < before);
  if (older.length === 0) return { ...log, older: false };
  return { ...log, entries: [...older, ...log.entries], older: older[0].seq > 1 };
}

/** How far a message of our side has come, by the watermarks, which move without a new entry; null for anything else. */
export function statusOf(/** @type {Entry} */ entry, /** @type {{sent_to: number, delivered_to: number, read_to: number}} */ marks) {
  if (entry.kind !== "message" || entry.author.kind === "user") return null;
  if (entry.status === "suppressed" || entry.status === "failed" || entry.status === "unknown") return entry.status;
  if (entry.outOfTurn) return "pending";
  if (entry.seq <= marks.read_to) return "read";
  if (entry.seq <= marks.delivered_to) return "delivered";
  return entry.seq <= marks.sent_to ? "sent" : "pending";
}
