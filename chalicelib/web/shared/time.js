// Times as people say them, in the browser's own language. Pure: the present is given.

const DAY = 86_400_000;

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

export const clockTime = (/** @type {string} */ at) => clock.format(new Date(at));
export const fullTime = (/** @type {string} */ at) => full.format(new Date(at));

/** "Today", "Yesterday", "Tuesday, 3 March", "3 March 2024". */
export function dayWords(/** @type {string} */ at, /** @type {number} */ now) {
  const days = daysBetween(Date.parse(at), now);
  if (days < 2) return capital(words.format(-days, "day"));
  return (days < 180 ? day : dayOfYear).format(new Date(at));
}

/** Midnights between two moments, in ms. */
export function daysBetween(/** @type {number} */ then, /** @type {number} */ now) {
  const midnight = (/** @type {number} */ at) => new Date(at).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(then)) / DAY);
}

function capital(/** @type {string} */ text) {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
