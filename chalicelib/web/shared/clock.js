// One ticking present for everything that shows a relative time.
import { signal } from "../vendor/preact.js";

/** Now, in ms, refreshed every five seconds; reading it in a component draws that component again. */
export const present = signal(Date.now());

setInterval(() => {
  if (!document.hidden) present.value = Date.now();
}, 5_000);
document.addEventListener("visibilitychange", () => {
  present.value = Date.now();
});
