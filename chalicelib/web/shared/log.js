// A session's log as a page holds it. Pure: every function returns a new log, or the same one when nothing changed.

/** @typedef {{kind: "user"|"bot"|"agent"|"system", id: string, name: string}} Author */
/** @typedef {{seq: number, id: string, kind: string, author: Author, content: any, at: string, status?: string|null, failure?: string|null}} Entry */
/** @typedef {{entries: Entry[], cursor: number, older: boolean}} Log `cursor`: read up to here, entries hidden from this
 *  reader included; `older`: there may be earlier entries than the first one held */

/** @type {Log} */
export const NO_LOG = { entries: [], cursor: 0, older: false };

/** The log of a first answer that holds the newest entries. */
export function opened(/** @type {Entry[]} */ entries, /** @type {number} */ cursor) {
  return { entries, cursor, older: entries.length > 0 && entries[0].seq > 1 };
}

/**
 * The log with the answer to "what follows `after`". An answer to a question that was asked from another place than where
 * the log is now is stale, or has a hole before it: it is ignored.
 * @param {Log} log @param {number} after @param {{entries: Entry[], cursor: number}} answer
 */
export function follow(log, after, { entries, cursor }) {
  if (after !== log.cursor || cursor <= log.cursor) return log;
  const fresh = entries.filter((entry) => entry.seq > log.cursor);
  return { ...log, entries: fresh.length ? [...log.entries, ...fresh] : log.entries, cursor };
}

/** The log with older entries put before it; an answer to an earlier question is ignored. An empty one means: no more. */
export function prepend(/** @type {Log} */ log, /** @type {number} */ before, /** @type {Entry[]} */ entries) {
  if (log.entries[0]?.seq !== before) return log;
  const older = entries.filter((entry) => entry.seq < before);
  if (older.length === 0) return { ...log, older: false };
  return { ...log, entries: [...older, ...log.entries], older: older[0].seq > 1 };
}

/** The log with one entry rewritten, as an amend tells; an entry that is not held changes nothing. */
export function rewrite(/** @type {Log} */ log, /** @type {Entry} */ entry) {
  const index = log.entries.findIndex((held) => held.seq === entry.seq);
  if (index < 0) return log;
  const entries = [...log.entries];
  entries[index] = entry;
  return { ...log, entries };
}

/** The log without one entry, which this reader may not see any more. */
export function without(/** @type {Log} */ log, /** @type {number} */ seq) {
  const entries = log.entries.filter((entry) => entry.seq !== seq);
  return entries.length === log.entries.length ? log : { ...log, entries };
}

/** The numbers of the entries that these amends rewrote, each once. */
export function amended(/** @type {Entry[]} */ entries) {
  return [...new Set(entries.filter((entry) => entry.kind === "amended").map((entry) => entry.content?.of))].filter(Boolean);
}

/** How far a message of our side has come, by the watermarks, which move without a new entry; null for anything else. */
export function statusOf(/** @type {Entry} */ entry, /** @type {{sent_to: number, delivered_to: number, read_to: number}} */ marks) {
  if (entry.kind !== "message" || entry.author.kind === "user") return null;
  if (entry.status === "suppressed" || entry.status === "failed" || entry.status === "unknown") return entry.status;
  if (entry.seq <= marks.read_to) return "read";
  if (entry.seq <= marks.delivered_to) return "delivered";
  return entry.seq <= marks.sent_to ? "sent" : "pending";
}
