// From a log to what is drawn: days, runs of bubbles by one author, lines of the system. Pure.

/** @typedef {import("./log.js").Entry} Entry */
/** @typedef {{type: "day", key: string, at: string} | {type: "line", key: string, entry: Entry} |
 *  {type: "bubble", key: string, entry: Entry, first: boolean, last: boolean}} Row */

const RUN_MS = 5 * 60_000;

/**
 * @param {Entry[]} entries ascending
 * @param {(entry: Entry) => boolean} shown which of them have something to show
 * @returns {Row[]}
 */
export function toRows(entries, shown = () => true) {
  /** @type {Row[]} */
  const rows = [];
  const visible = entries.filter((entry, index) => entry.kind !== "amended" && !isPartOfClaim(entry, entries[index + 1]) && shown(entry));
  visible.forEach((entry, index) => {
    const before = visible[index - 1];
    const after = visible[index + 1];
    if (!before || dayOf(before.at) !== dayOf(entry.at)) rows.push({ type: "day", key: `day-${dayOf(entry.at)}-${entry.seq}`, at: entry.at });
    if (isBubble(entry)) {
      rows.push({ type: "bubble", key: entry.id, entry, first: !sameRun(before, entry), last: !sameRun(entry, after) });
    } else {
      rows.push({ type: "line", key: entry.id, entry });
    }
  });
  return rows;
}

/** What somebody says; a note by the system is a line. */
export function isBubble(/** @type {Entry} */ entry) {
  return entry.kind === "message" || (entry.kind === "note" && entry.author.kind !== "system");
}

/** Taking a conversation over pauses and claims at once: the second line says it all. */
function isPartOfClaim(/** @type {Entry} */ entry, /** @type {Entry | undefined} */ next) {
  return entry.kind === "paused" && entry.author.kind === "agent" && next?.kind === "claimed" && next.author.name === entry.author.name;
}

function sameRun(/** @type {Entry | undefined} */ a, /** @type {Entry | undefined} */ b) {
  if (!a || !b || !isBubble(a) || a.kind !== b.kind) return false;
  if (a.author.kind !== b.author.kind || a.author.id !== b.author.id || a.author.name !== b.author.name) return false;
  return dayOf(a.at) === dayOf(b.at) && Math.abs(Date.parse(b.at) - Date.parse(a.at)) < RUN_MS;
}

function dayOf(/** @type {string} */ at) {
  return new Date(at).toDateString();
}
