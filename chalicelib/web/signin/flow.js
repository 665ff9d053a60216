// What is decided on the way to the issuer and back. Pure.

const OURS = /^(?:admin|parked)(?:#session=[^&#]*)?$/;

/** Where to go after the sign-in: a page of ours and what it shows, and nothing else that a link may ask for. */
export const target = (/** @type {string | null} */ to, other = "admin") => (to !== null && OURS.test(to) ? to : other);

/**
 * @param {{authorization_endpoint: string, client_id: string, scope: string, redirect_uri: string}} provider
 * @param {{state: string, nonce: string, challenge: string}} begun
 */
export function authorizationUrl(provider, { state, nonce, challenge }) {
  const url = new URL(provider.authorization_endpoint);
  const { client_id, scope, redirect_uri } = provider;
  const asked = { response_type: "code", client_id, scope, redirect_uri, state, nonce, code_challenge: challenge, code_challenge_method: "S256" };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return url.href;
}

/** What an issuer's error means to who signs in. Its own words are not shown: anybody may have put them into the address. */
export function explain(/** @type {string} */ error) {
  if (error === "access_denied") return "You were not signed in: it was cancelled there, or refused.";
  if (error === "server_error" || error === "temporarily_unavailable") return "The sign-in service has trouble. Please try again in a moment.";
  const code = /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : "";
  return `The sign-in service refused to sign you in${code}. Whoever runs this installation can mend that.`;
}

/** Random text, 43 characters for 32 bytes; or the text of the given bytes. */
export function text(/** @type {Uint8Array} */ bytes = crypto.getRandomValues(new Uint8Array(32))) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** What the issuer is shown of a verifier (PKCE, S256). */
export async function challenge(/** @type {string} */ verifier) {
  return text(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}
