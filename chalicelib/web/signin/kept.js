// What a tab keeps of a sign-in: the token that the agents' pages show, and what gets the next one.
import { storage } from "../shared/storage.js";

export const TOKEN = "hitl.token";
export const SIGNIN = "hitl.signin";

const EARLY_MS = 120_000;

export const openTab = () => storage(() => sessionStorage);

/** @param {ReturnType<typeof openTab>} tab @param {{id_token: string, refresh_token: string | null}} tokens */
export function keep(tab, tokens) {
  tab.set(TOKEN, tokens.id_token);
  tab.set(SIGNIN, { refresh_token: tokens.refresh_token, renew_at: Date.now() + renewAfter(tokens.id_token) });
}

/** @param {ReturnType<typeof openTab>} tab */
export function forget(tab) {
  tab.remove(TOKEN);
  tab.remove(SIGNIN);
}

/**
 * In how many ms a token that came just now is to be renewed: two minutes before its end, or when half of a short life is over.
 * Counted from its own times, so that a wrong clock here does no harm. Pure.
 */
export function renewAfter(/** @type {string} */ token) {
  try {
    const { iat, exp } = JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
    const life = (exp - iat) * 1000;
    return life > 0 ? Math.max(life - EARLY_MS, life / 2) : 0;
  } catch {
    return 0;
  }
}
