// Where on the page the agent is: the part of the address after "#", which no server ever sees, and the way back to the list.

/** @param {string} hash @returns {{token: string | null, session: string | null}} */
export function readHash(hash) {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  return { token: parts.get("token") || null, session: parts.get("session") || null };
}

/** The address of a session on this page. */
export function sessionHash(/** @type {string} */ id) {
  return `#session=${encodeURIComponent(id)}`;
}

/** Leave the conversation for the list, and put the focus back on its row. */
export function leave(/** @type {import("./client.js").AdminClient} */ client) {
  const id = client.selected.peek()?.id;
  if (!id) return;
  history.pushState(null, "", location.pathname + location.search);
  client.select(null);
  requestAnimationFrame(() => {
    const row = [...document.querySelectorAll(".session")].find((link) => /** @type {HTMLElement} */ (link).dataset.id === id);
    /** @type {HTMLElement | null} */ (row ?? document.querySelector(".filters button[aria-pressed=true]"))?.focus();
  });
}
