// Moving about the page by other means than a link.

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
