// A session's log as a page holds it. Pure: every function returns a new log, or the same one when nothing changed.

/** @typedef {{kind: "user"|"bot"|"agent"|"system", id: string, name: string}} Author */
/** @typedef {{seq: number, id: string, kind: string, author: Author, content: any, at: string, status?: string|null, failure?: string|null,
 *  edited?: boolean, reaction?: string|null, outOfTurn?: boolean}} Entry */
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

/**
 * The log with these numbers read again: what came takes the place of what was held, and what did not come is not for this
 * reader any more. An entry that is not held changes nothing.
 * @param {Log} log @param {number[]} seqs @param {Entry[]} found
 */
export function rewrite(log, seqs, found) {
  const held = new Set(log.entries.map((entry) => entry.seq));
  const changed = new Set(seqs.filter((seq) => held.has(seq)));
  if (changed.size === 0) return log;
  const fresh = new Map(found.map((entry) => [entry.seq, entry]));
  const entries = log.entries.map((entry) => (changed.has(entry.seq) ? fresh.get(entry.seq) : entry));
  return { ...log, entries: /** @type {Entry[]} */ (entries.filter(Boolean)) };
}

/** The numbers of the entries that these amends rewrote, each once, ascending. */
export function amended(/** @type {Entry[]} */ entries) {
  const seqs = entries.filter((entry) => entry.kind === "amended").map((entry) => entry.content?.of);
  return [...new Set(seqs)].filter(Boolean).sort((a, b) => a - b);
}

const SPAN = 50;

/**
 * What these entries say now. Amends are read before the answer that tells of them is shown: a failure on the way leaves all as
 * it was, to be asked for again, and nobody sees a part of a change.
 * @template {{entries: Entry[], cursor: number}} Answer
 * @param {number[]} seqs ascending @param {(after: number, limit: number) => Promise<Answer>} ask
 * @returns {Promise<{found: Entry[], last: Answer | null}>} `last`: the newest answer; null when nothing was to be read
 */
export async function readAgain(seqs, ask) {
  /** @type {Entry[]} */
  const found = [];
  let last = null;
  for (let left = seqs; left.length; ) {
    const [from] = left;
    const near = left.filter((seq) => seq < from + SPAN);
    last = await ask(from - 1, near[near.length - 1] - from + 1);
    found.push(...last.entries);
    const to = Math.max(last.cursor, from);
    left = left.filter((seq) => seq > to);
  }
  return { found, last };
}
