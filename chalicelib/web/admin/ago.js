// How long something has been, in few words. Pure: the present is given.
import { daysBetween } from "../shared/time.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const shortDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

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
