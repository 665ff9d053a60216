// A session's log as a page holds it. Pure: every function returns a new log, or the same one when nothing changed.

/** @typedef {{kind: "user"|"bot"|"agent"|"system", id: string, name: string}} Author */
/** @typedef {{seq: number, id: string, kind: string, author: Author, content: any, at: string, status?: string|null, failure?: string|null}} Entry */
/** @typedef {{entries: Entry[], cursor: number, older: boolean}} Log `cursor`: read up to here, entries hidden from this
 *  reader included; `older`: there may be earlier entries than the first one held */

/** @type {Log} */
export const NO_LOG = { entries: [], cursor: 0, older: false };

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

/**
 * Whether to ask again at once, knowing that the session has entries up to `seq`. A page may be cut for its size, so how many
 * entries came tells nothing; only an answer that led on is followed, lest a hole be asked for without a pause.
 * @param {Log} before @param {Log} log @param {number} seq
 */
export const behind = (before, log, seq) => before.cursor < log.cursor && log.cursor < seq;

/** The log with one entry rewritten, as an amend tells; an entry that is not held changes nothing. */
export function rewrite(/** @type {Log} */ log, /** @type {Entry} */ entry) {
  const index = log.entries.findIndex((held) => held.seq === entry.seq);
  if (index < 0) return log;
  const entries = [...log.entries];
  entries[index] = entry;
  return { ...log, entries };
}

/** The numbers of the entries that these amends rewrote, each once. */
export function amended(/** @type {Entry[]} */ entries) {
  return [...new Set(entries.filter((entry) => entry.kind === "amended").map((entry) => entry.content?.of))].filter(Boolean);
}
