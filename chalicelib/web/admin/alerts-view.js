// The bell and what is behind it.
import { html, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { present } from "../shared/clock.js";
import { Icon } from "../shared/icon.js";
import { fullTime } from "../shared/time.js";
import { ago } from "./ago.js";
import { isConversation } from "./channel.js";
import { sessionHash } from "./route.js";
import { badge } from "./state.js";

function Alert({ alert, alerts, close, keepFocus }) {
  const archive = () => {
    alerts.mark(alert, "archive");
    keepFocus();
  };
  const open = () => {
    close();
    if (!alert.read) alerts.mark(alert, "read");
  };
  const words = html`<span dir="auto">${!alert.read && html`<span class="unseen">New: </span>`}${alert.text}</span>
    <time datetime=${alert.at} title=${fullTime(alert.at)}>${ago(alert.at, present.value)}</time>`;
  return html`<li class=${`alert level-${alert.level} ${alert.read ? "" : "new"}`}>
    ${isConversation(alert.session_id) ? html`<a href=${sessionHash(alert.session_id)} onClick=${open}>${words}</a>` : html`<div class="told">${words}</div>`}
    <button type="button" class="quiet round" aria-label=${`Archive: ${alert.text}`} title="Archive" onClick=${archive}><${Icon} name="archive" /></button>
  </li>`;
}

/** @param {{client: import("./client.js").AdminClient}} props */
export function AlertsButton({ client }) {
  const { alerts } = client;
  const [open, setOpen] = useState(false);
  const bell = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const frame = useRef(/** @type {HTMLElement | null} */ (null));
  const panel = useRef(/** @type {HTMLElement | null} */ (null));
  const unread = alerts.unread.value;

  useLayoutEffect(() => {
    if (!open) return undefined;
    panel.current?.focus();
    const onPointer = (/** @type {Event} */ event) => {
      if (!frame.current?.contains(/** @type {Node} */ (event.target))) setOpen(false);
    };
    // Caught before the page's own Escape, which leaves the conversation; and wherever the focus is.
    const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      setOpen(false);
      bell.current?.focus();
    };
    document.addEventListener("pointerdown", onPointer);
    document.addEventListener("keydown", onKeyDown, { capture: true });
    return () => {
      document.removeEventListener("pointerdown", onPointer);
      document.removeEventListener("keydown", onKeyDown, { capture: true });
    };
  }, [open]);

  return html`<div class="bell" ref=${frame}>
    <button type="button" class="quiet round" ref=${bell} aria-expanded=${open} aria-label=${unread ? `Alerts, ${unread} unread` : "Alerts"} title="Alerts" onClick=${() => setOpen(!open)}>
      <${Icon} name="bell" />${unread > 0 && html`<b class="count" aria-hidden="true">${badge(unread)}</b>`}
    </button>
    ${open &&
    html`<section class="alerts" ref=${panel} tabindex="-1" aria-label="Alerts">
      <header><h2>Alerts</h2>${unread > 0 && html`<button type="button" class="plain" onClick=${() => alerts.markAll()}>Mark all as read</button>`}</header>
      ${alerts.list.value.length === 0 && html`<p class="empty faint">${alerts.loaded.value ? "No alerts." : "Loading…"}</p>`}
      <ul>${alerts.list.value.map((alert) => html`<${Alert} key=${alert.id} alert=${alert} alerts=${alerts} close=${() => setOpen(false)} keepFocus=${() => panel.current?.focus()} />`)}</ul>
    </section>`}
  </div>`;
}
