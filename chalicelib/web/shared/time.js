// Times as people say them, in the browser's own language. Pure: the present is given.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const shortDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
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

/** How long ago, in a few letters for a list: "now", "3 min", "2 h", "14 Mar". */
export function ago(/** @type {string} */ at, /** @type {number} */ now) {
  const past = now - Date.parse(at);
  if (past < MINUTE) return "now";
  if (past < HOUR) return `${Math.floor(past / MINUTE)} min`;
  if (past < 12 * HOUR || daysBetween(Date.parse(at), now) === 0) return `${Math.floor(past / HOUR)} h`;
  return shortDay.format(new Date(at));
}

/** A waiting time: "just now", "4 min", "1 h 20 min", "3 days". */
export function waited(/** @type {string} */ since, /** @type {number} */ now) {
  const past = Math.max(0, now - Date.parse(since));
  if (past < MINUTE) return "just now";
  if (past < HOUR) return `${Math.floor(past / MINUTE)} min`;
  if (past < DAY) {
    const minutes = Math.floor((past % HOUR) / MINUTE);
    return `${Math.floor(past / HOUR)} h${minutes ? ` ${minutes} min` : ""}`;
  }
  const days = Math.floor(past / DAY);
  return days === 1 ? "1 day" : `${days} days`;
}

function daysBetween(/** @type {number} */ then, /** @type {number} */ now) {
  const midnight = (/** @type {number} */ at) => new Date(at).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(then)) / DAY);
}

function capital(/** @type {string} */ text) {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
