// What this page wants to send and the log does not show yet. Pure, but for the ids.

/** @typedef {"queued"|"sending"|"sent"|"failed"} Step queued: goes out by itself, when its turn comes or the connection is
 *  back; sent: acknowledged, soon to be seen in the log; failed: only a person sends it again */
/** @typedef {{id: string, kind: string, text: string, at: string, step: Step, why: string, payload?: string}} Item */

/** @param {Item[]} box @param {{id: string, kind: string, text: string, payload?: string}} item @param {Date} now */
export function put(box, item, now) {
  return [...box, { ...item, at: now.toISOString(), step: /** @type {Step} */ ("queued"), why: "" }];
}

/** @param {Item[]} box @param {string} id @param {Step} step @param {string} [why] words for a person */
export function mark(box, id, step, why = "") {
  return box.map((item) => (item.id === id ? { ...item, step, why } : item));
}

/** @param {Item[]} box @param {string} id */
export function drop(box, id) {
  return box.filter((item) => item.id !== id);
}

/** The next item to send: the first that is queued, while none is on its way. @param {Item[]} box */
export function next(box) {
  if (box.some((item) => item.step === "sending")) return null;
  return box.find((item) => item.step === "queued") ?? null;
}

/** The box without what the log shows by now. Stored ids end in the client's own. @param {Item[]} box @param {import("./log.js").Entry[]} entries */
export function settle(box, entries) {
  if (box.length === 0) return box;
  const ids = new Set(entries.map((entry) => entry.id.slice(entry.id.lastIndexOf(":") + 1)));
  const left = box.filter((item) => !ids.has(item.id));
  return left.length === box.length ? box : left;
}

/** The box as it was kept over a reload: what was on its way goes out again, under the same id. @param {any} kept @returns {Item[]} */
export function revive(kept) {
  if (!Array.isArray(kept)) return [];
  return kept.map((item) => (item.step === "failed" ? item : { ...item, step: "queued" }));
}

/** A fresh id for something this page sends, so that the server knows it when it is sent again: 22 characters of `[A-Za-z0-9_-]`. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
