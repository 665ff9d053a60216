// Signing in at the issuer: there, back with a code, and on to the page that was wanted. And signing out.
import { signal } from "../vendor/preact.js";
import { makeApi } from "../shared/api.js";
import { authorizationUrl, challenge, explain, target, text } from "./flow.js";
import { forget, keep, openTab, SIGNIN } from "./kept.js";

const BEGUN = "hitl.signin.begun";

export class SigninClient {
  constructor() {
    this.tab = openTab();
    this.ask = makeApi("api", { token: () => null });
    /** What went wrong; empty: it goes on by itself. */
    this.trouble = signal("");
    /** What can be done about it. @type {import("../vendor/preact.js").Signal<{label: string, run: () => void} | null>} */
    this.way = signal(null);
    this.doing = signal("Signing in…");
  }

  /** Do what the address asks for. What it holds of a sign-in leaves it at once. */
  async open(/** @type {string} */ search) {
    const query = new URLSearchParams(search);
    if (query.has("state") || query.has("error")) {
      history.replaceState(null, "", location.pathname);
      await this.finish(query);
    } else if (query.has("out")) await this.signOut();
    else await this.begin(target(query.get("to")));
  }

  /** Go to the issuer, to come back for this page. */
  async begin(/** @type {string} */ to) {
    await this.attempt("Signing in…", to, async () => {
      const { provider } = await this.ask("GET", "signin");
      if (!provider) {
        this.fail("Agents sign in with tokens here.", "Give a token", () => location.replace(to));
        return;
      }
      const ours = new URL(provider.redirect_uri);
      if (ours.origin !== location.origin) { // what is kept in this tab would not be there any more
        location.replace(`${ours.href}?to=${encodeURIComponent(to)}`);
        return;
      }
      const begun = { state: text(), nonce: text(), verifier: text(), issuer: provider.issuer, redirect_uri: provider.redirect_uri, to };
      this.tab.set(BEGUN, begun);
      location.replace(authorizationUrl(provider, { ...begun, challenge: await challenge(begun.verifier) }));
    });
  }

  /** Take what the issuer sent back, once, and only for what was begun in this tab. */
  async finish(/** @type {URLSearchParams} */ query) {
    const begun = this.tab.get(BEGUN);
    this.tab.remove(BEGUN);
    const to = target(begun?.to ?? null);
    const code = query.get("code");
    const issuer = query.get("iss");
    if (!begun || begun.state !== query.get("state") || (issuer !== null && issuer !== begun.issuer)) {
      this.fail("This sign-in was not begun in this tab, or is over.", "Sign in again", () => this.begin(to));
    } else if (!code) this.fail(explain(query.get("error") ?? ""), "Try again", () => this.begin(to));
    else
      await this.attempt("Signing in…", to, async () => {
        const { nonce, verifier, redirect_uri } = begun;
        keep(this.tab, await this.ask("POST", "signin/token", { code, nonce, verifier, redirect_uri }));
        location.replace(to);
      });
  }

  /** Forget all here, and end the refresh token and the session at the issuer, if it has places for that. */
  async signOut() {
    const refresh_token = this.tab.get(SIGNIN)?.refresh_token;
    forget(this.tab);
    await this.attempt("Signing out…", "admin", async () => {
      if (refresh_token) await this.ask("POST", "signin/revoke", { refresh_token }).catch(() => {}); // it ends by itself
      const { provider } = await this.ask("GET", "signin");
      location.replace(provider?.sign_out_url ?? "admin");
    });
  }

  /** @param {string} doing @param {string} to @param {() => Promise<void>} act */
  async attempt(doing, to, act) {
    this.doing.value = doing;
    this.trouble.value = "";
    try {
      await act();
    } catch (error) {
      if (error.status === 403) this.fail(error.message, "Use another account", () => this.signOut());
      else this.fail(error.message, "Try again", () => this.begin(to));
    }
  }

  fail(/** @type {string} */ words, /** @type {string} */ label, /** @type {() => void} */ run) {
    this.trouble.value = words;
    this.way.value = { label, run };
  }
}
