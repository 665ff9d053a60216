// The part of the address after "#", which no server ever sees. Pure.

/** @param {string} hash @returns {{token: string | null, session: string | null}} */
export function readHash(hash) {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  return { token: parts.get("token") || null, session: parts.get("session") || null };
}

/** The address of a session on this page. */
export function sessionHash(/** @type {string} */ id) {
  return `#session=${encodeURIComponent(id)}`;
}
