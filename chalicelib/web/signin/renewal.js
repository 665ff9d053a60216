// A new token for one that ends; loaded by `shared/api.js` when a tab that signed in at an issuer needs it.
import { makeApi } from "../shared/api.js";
import { keep, SIGNIN } from "./kept.js";

const PAUSE_MS = 15_000;
const ask = makeApi("api/signin", { token: () => null });

/** @type {Promise<boolean> | null} */
let running = null;

/**
 * Renew the tab's token; many who ask at once share one renewal.
 * @returns {Promise<boolean>} false: it cannot be renewed any more; rejects with an ApiError for what may pass
 */
export function renew(/** @type {ReturnType<typeof import("./kept.js").openTab>} */ tab) {
  running ??= attempt(tab).finally(() => (running = null));
  return running;
}

async function attempt(/** @type {any} */ tab) {
  const kept = tab.get(SIGNIN);
  if (!kept?.refresh_token) return false;
  try {
    const tokens = await ask("POST", "refresh", { refresh_token: kept.refresh_token });
    if (tab.get(SIGNIN)) keep(tab, tokens); // who has signed out meanwhile stays out
    return true;
  } catch (error) {
    if (error.passing) {
      tab.set(SIGNIN, { ...kept, renew_at: Date.now() + PAUSE_MS });
      throw error;
    }
    tab.set(SIGNIN, { ...kept, refresh_token: null });
    return false;
  }
}
