// The list of sessions, drawn: who, the last words, how long they wait, what is unread, who has them.
import { html, useEffect, useLayoutEffect, useRef } from "../vendor/preact.js";
import { present } from "../shared/clock.js";
import { Icon } from "../shared/icon.js";
import { fullTime } from "../shared/time.js";
import { ago, waited } from "./ago.js";
import { channelName } from "./channel.js";
import { Face } from "./media-view.js";
import { sessionHash } from "./route.js";
import { FILTERS, badge, holder, previewOf, urgency } from "./state.js";

/** @typedef {import("./client.js").AdminClient} AdminClient */
/** @typedef {import("./state.js").Session} Session */

function Chips({ session, me, now, failed }) {
  const held = holder(session, me);
  const waits = session.waiting_since;
  return html`<span class="chips">
    ${failed && html`<span class="chip wait-late"><${Icon} name="alert" />Not sent</span>`}
    ${waits && html`<span class=${`chip wait-${urgency(waits, now)}`} title=${`Waiting since ${fullTime(waits)}`}><${Icon} name="clock" /><span class="unseen">Waiting: </span>${waited(waits, now)}</span>`}
    ${held === "mine" && html`<span class="chip mine">You</span>`}
    ${held === "theirs" && html`<span class="chip" dir="auto">${session.assignee?.name}</span>`}
    ${held === "free" && !waits && html`<span class="chip">Paused</span>`}
    <span class="channel"><span class="unseen">On </span>${channelName(session.channel)}</span>
  </span>`;
}

function Item({ client, session, me, now, current }) {
  const at = session.last_message?.at ?? session.last_event_at;
  return html`<li>
    <a class="session" href=${sessionHash(session.id)} data-id=${session.id} aria-current=${current ? "true" : undefined}>
      <${Face} client=${client} session=${session} />
      <span class="about">
        <span class="names">
          <strong dir="auto">${session.user.name}</strong>
          ${at && html`<time datetime=${at} title=${fullTime(at)}>${ago(at, now)}</time>`}
        </span>
        <span class="latest">
          <span class=${session.typing ? "typing-now" : ""} dir="auto">${session.typing ? "is typing…" : previewOf(session)}</span>
          ${session.unread > 0 && html`<b class="count">${badge(session.unread)}<span class="unseen"> unread</span></b>`}
        </span>
        <${Chips} session=${session} me=${me} now=${now} failed=${client.unsent.failed.value.has(session.id)} />
      </span>
    </a>
  </li>`;
}

function Filters({ client }) {
  const { inbox, alerts } = client;
  return html`<div class="filters" role="group" aria-label="Which conversations">
    ${FILTERS.map(
      (choice) => html`<button type="button" aria-pressed=${!inbox.words.value.trim() && inbox.filter.value === choice.key} onClick=${() => inbox.choose(choice.key)}>
        ${choice.label}${choice.key === "paused" && alerts.waiting.value > 0 && html` <b title=${`${badge(alerts.waiting.value)} waiting`}>${badge(alerts.waiting.value)}<span class="unseen"> waiting</span></b>`}
      </button>`,
    )}
  </div>`;
}

function Search({ inbox }) {
  return html`<label class="search">
    <span class="unseen">Find by the beginning of a name, or by an exact id</span>
    <${Icon} name="search" />
    <input type="search" placeholder="Name or exact id" autocomplete="off" spellcheck="false" value=${inbox.words.value}
      onInput=${(event) => inbox.search(event.target.value)}
      onKeyDown=${(event) => {
        if (event.key !== "Escape" || !inbox.words.value) return;
        event.preventDefault();
        inbox.search("");
      }} />
  </label>`;
}

function Empty({ inbox }) {
  if (inbox.phase.value === "failed") {
    return html`<div class="empty" role="alert">
      <p>The list did not load: ${inbox.why.value}</p>
      <button type="button" onClick=${() => inbox.anew()}>Try again</button>
    </div>`;
  }
  const words = inbox.words.value.trim();
  const none = words ? `Nobody's name begins with “${words}”, and no id is exactly that.` : FILTERS.find((choice) => choice.key === inbox.filter.value)?.none;
  return html`<p class="empty faint" role="status" dir="auto">${none}</p>`;
}

function Loading() {
  return html`<ul class="sessions" aria-hidden="true">
      ${[1, 2, 3, 4].map((key) => html`<li key=${key} class="ghost"><i></i><span><i></i><i></i></span></li>`)}
    </ul>
    <p class="unseen" role="status">Loading conversations</p>`;
}

/** Arrow keys move between rows, as in any list. */
function onArrow(/** @type {KeyboardEvent} */ event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const rows = [.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll(".session")];
  const row = rows[rows.indexOf(/** @type {Element} */ (document.activeElement)) + step];
  if (!row) return;
  event.preventDefault();
  /** @type {HTMLElement} */ (row).focus();
}

function Rows({ client }) {
  const { inbox } = client;
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const focused = useRef("");
  const now = present.value;

  // Moving a row in the page takes the focus from it: give it back.
  useLayoutEffect(() => {
    if (!focused.current || document.activeElement !== document.body) return;
    const row = list.current?.querySelector(`.session[data-id="${CSS.escape(focused.current)}"]`);
    /** @type {HTMLElement | null | undefined} */ (row)?.focus({ preventScroll: true });
  }, [inbox.sessions.value]);

  return html`<ul class="sessions" ref=${list} onKeyDown=${onArrow}
    onFocusIn=${(event) => (focused.current = event.target.dataset.id ?? "")}
    onFocusOut=${(event) => {
      if (event.relatedTarget) focused.current = "";
    }}>
    ${inbox.sessions.value.map((session) => html`<${Item} key=${session.id} client=${client} session=${session} me=${client.me.value} now=${now} current=${client.selected.value?.id === session.id} />`)}
    ${inbox.more.value && html`<li key="more" class="more"><button type="button" class="quiet" onClick=${() => inbox.showMore()}>Show more</button></li>`}
  </ul>`;
}

/** @param {{client: AdminClient}} props */
export function ListView({ client }) {
  const { inbox } = client;
  useEffect(() => () => clearTimeout(inbox.searchTimer), [inbox]);
  const body = () => {
    if (inbox.phase.value === "loading") return html`<${Loading} />`;
    if (inbox.sessions.value.length === 0) return html`<${Empty} inbox=${inbox} />`;
    return html`<${Rows} client=${client} />`;
  };
  return html`<div class="find"><${Search} inbox=${inbox} /><${Filters} client=${client} /></div>
    <div class="list" aria-label="Conversations" role="region">${body()}</div>`;
}
