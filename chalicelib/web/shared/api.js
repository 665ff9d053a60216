// Requests to our own server: JSON in, JSON out, every failure an ApiError.

const NO_ANSWER = "The server could not be reached.";

export class ApiError extends Error {
  /**
   * @param {number} status 0 when no answer came
   * @param {string} code the server's word for it, such as "AlreadyClaimed"
   * @param {string} message fit to be shown
   * @param {number} retryAfter seconds the server asks to wait; 0 when it does not say
   */
  constructor(status, code, message, retryAfter = 0) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may well succeed later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/**
 * @param {string} base path below the page, such as "api/webchat"
 * @param {{token: () => string | null, renewed?: (token: string) => void, timeout?: number, tab?: any}} options `timeout` in
 *   ms; the server may take 8 s while a bot answers; `tab`: where a token is kept that may be renewed
 * @returns {(method: string, path: string, body?: object) => Promise<any>} rejects with an ApiError only
 */
export function makeApi(base, { token, renewed = () => {}, timeout = 20_000, tab }) {
  const renew = () =>
    import("../signin/renewal.js").then(
      (it) => it.renew(tab),
      () => { throw new ApiError(0, "NoAnswer", NO_ANSWER); },
    );
  return async function request(method, path, body, again = false) {
    const signin = again ? null : tab?.get("hitl.signin");
    if (signin && signin.renew_at < Date.now()) await renew().catch(() => {});
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json" };
    const credential = token();
    if (credential) headers.Authorization = `Bearer ${credential}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response;
    let answer;
    try {
      response = await fetch(`${base}/${path}`, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(timeout),
      });
      answer = await response.text();
    } catch {
      throw new ApiError(0, "NoAnswer", NO_ANSWER);
    }
    const fresh = response.headers.get("Hitl-Visitor-Token");
    if (fresh) renewed(fresh);
    const data = parsed(answer);
    if (response.ok && data !== null) return data;
    if (response.status === 401 && signin && (credential !== token() || (await renew()))) return request(method, path, body, true);
    const wait = Number(response.headers.get("Retry-After")) || 0;
    if (response.ok) throw new ApiError(502, "BadAnswer", "The server's answer could not be read.");
    throw new ApiError(response.status, data?.Code ?? "Failed", data?.Message ?? `The server answered ${response.status}.`, wait);
  };
}

function parsed(/** @type {string} */ text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
