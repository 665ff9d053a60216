// The items of a session's log as an agent sees them.
import { html, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { Content } from "../shared/content.js";
import { Icon } from "../shared/icon.js";
import { clockTime, fullTime } from "../shared/time.js";
import { hasMedia, mediaPath } from "./channel.js";
import { statusOf } from "./history.js";
import { Media } from "./media-view.js";
import { lineFor, writerOf } from "./state.js";

/** @typedef {import("./conversation.js").Conversation} Conversation */

const STATUS = {
  pending: { words: "Not sent yet", icon: "clock" },
  sent: { words: "Sent", icon: "check" },
  delivered: { words: "Delivered", icon: "checks" },
  read: { words: "Read", icon: "checks" },
};

/** What is on its way, as entries to be drawn after those of the log. @param {import("../shared/outbox.js").Item[]} outbox @param {any} me */
export function asEntries(outbox, me) {
  return outbox.map((item) => ({
    seq: 0,
    id: `a:${me.id}:${item.id}`,
    kind: item.kind,
    author: { kind: /** @type {"agent"} */ ("agent"), id: me.id, name: me.name },
    content: { type: "text", text: item.text },
    at: item.at,
    step: item.step,
    why: item.why,
    item: item.id,
  }));
}

/** A message that failed, or may have: sent again by a click, where it may have arrived only after a second one at another place. */
function Failure({ entry, conversation, unsure, closed }) {
  const [asking, setAsking] = useState(false);
  const no = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const ask = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const asked = useRef(false);
  useLayoutEffect(() => {
    if (asking || asked.current) (asking ? no : ask).current?.focus();
    if (asking) no.current?.closest(".said")?.scrollIntoView({ block: "nearest" });
    asked.current = asking;
  }, [asking]);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    setAsking(false);
  };
  const onMouseDown = (/** @type {MouseEvent} */ event) => {
    if (event.detail > 1) event.preventDefault(); // as below: it must not take the focus either
  };

  const resend = (/** @type {any} */ event) => {
    if (event.detail > 1) return; // the second half of a double click on what was here before
    event.currentTarget.closest("[role=log]")?.focus({ preventScroll: true }); // the button goes, and must not take the focus with it
    conversation.resend(entry, unsure);
  };

  if (conversation.resending.value.has(entry.seq)) return html`<div class="meta">Sending…</div>`;
  if (asking && !closed) {
    return html`<div class="meta bad" role="group" aria-label="It may have arrived. Send it again?" onKeyDown=${onKeyDown} onMouseDown=${onMouseDown}>
      <span>It may have arrived. Send it again?</span>
      <button key="no" ref=${no} type="button" class="plain" onClick=${() => setAsking(false)}>No</button>
      <button key="yes" type="button" class="plain" onClick=${resend}>Yes, send it again</button>
    </div>`;
  }
  const words = unsure ? "It is not known whether this arrived." : `Not delivered${entry.failure ? `: ${entry.failure}` : "."}`;
  return html`<div class="meta bad"><span dir="auto">${words}</span>
    ${!closed && unsure && html`<button key="ask" ref=${ask} type="button" class="plain" onClick=${() => setAsking(true)}>Send again</button>`}
    ${!closed && !unsure && html`<button key="again" type="button" class="plain" onClick=${resend}>Try again</button>`}
  </div>`;
}

function Fate({ entry, session, conversation, last }) {
  if (entry.step === "failed") {
    return html`<div class="meta bad" role="alert">
      Not sent: ${entry.why}
      <button type="button" class="plain" onClick=${() => conversation.sender.retry(entry.item)}>Try again</button>
      <button type="button" class="plain" onClick=${() => conversation.sender.discard(entry.item)}>Discard</button>
    </div>`;
  }
  if (entry.step && entry.step !== "sent" && entry.why) {
    return html`<div class="meta wrapping">Not sent yet: ${entry.why} Trying again…
      <button type="button" class="plain" disabled=${entry.step === "sending"} onClick=${() => conversation.sender.discard(entry.item)}>Discard</button>
    </div>`;
  }
  if (entry.step === "queued") return html`<div class="meta"><${Icon} name="clock" /> Waiting to be sent</div>`;
  if (entry.step === "sending") return html`<div class="meta">Sending…</div>`;
  const status = entry.step ? null : statusOf(entry, session);
  if (status === "suppressed") return html`<div class="meta">Never sent: the bot was paused, or handed back, while it was answering.</div>`;
  if (status === "failed" || status === "unknown") {
    return html`<${Failure} key=${status} entry=${entry} conversation=${conversation} unsure=${status === "unknown"} closed=${Boolean(session.reply_window?.refused)} />`;
  }
  if (!last) return null;
  const shown = STATUS[status ?? ""];
  return html`<div class="meta">
    <time datetime=${entry.at} title=${fullTime(entry.at)}>${clockTime(entry.at)}</time>
    ${shown && html`<span class=${`fate-${status}`} title=${shown.words}><${Icon} name=${shown.icon} /><span class="unseen">${shown.words}</span></span>`}
  </div>`;
}

function Who({ entry, me, user }) {
  if (entry.kind === "note") return html`<div class="who"><${Icon} name="note" />Note by ${entry.author.id === me.id ? "you" : entry.author.name}, seen by agents only</div>`;
  if (entry.author.kind === "bot") return html`<div class="who"><${Icon} name="bot" />${writerOf(entry.author, me, user)}</div>`;
  if (entry.author.kind === "user") return html`<div class="who" dir="auto">${user}</div>`;
  return html`<div class="who" dir="auto">${writerOf(entry.author, me, user)}</div>`;
}

/** @param {{row: any, me: any, session: any, conversation: Conversation}} props */
export function Bubble({ row, me, session, conversation }) {
  const { entry, first, last } = row;
  const note = entry.kind === "note";
  const ours = entry.author.kind !== "user";
  const suppressed = entry.status === "suppressed";
  const { client } = conversation;
  const media = hasMedia(session) && entry.seq > 0
    ? (n, kind, url) => html`<${Media} key=${url} client=${client} path=${mediaPath(session, entry.seq, n)} kind=${kind} url=${url} />`
    : undefined;
  const by = note ? "by-note" : entry.author.kind === "agent" && entry.author.id === me.id ? "by-me" : `by-${entry.author.kind}`;
  const kinds = ["said", by, ours && "out", first && "first", last && "last", entry.step && entry.step !== "sent" && "waiting", suppressed && "suppressed"];
  const user = session.user.name;
  return html`<li class=${kinds.filter(Boolean).join(" ")}>
    ${first && html`<${Who} entry=${entry} me=${me} user=${user} />`}
    <div class="bubble" title=${fullTime(entry.at)}>
      ${suppressed && html`<span class="unseen">Never sent: </span>`}
      <${Content} content=${entry.content} removed="Message removed by the user" media=${media} />
      ${entry.content?.payload && html`<div class="pressed"><span class="unseen">Pressed a button that says </span>${entry.content.payload}</div>`}
      ${entry.edited && entry.content?.type !== "unsent" && html`<div class="edited">Edited</div>`}
    </div>
    ${entry.reaction && html`<div class="reaction"><span class="unseen">${user} reacted: </span>${entry.reaction}</div>`}
    <${Fate} entry=${entry} session=${session} conversation=${conversation} last=${last} />
  </li>`;
}

export function Line({ row, me, session }) {
  const line = lineFor(row.entry, me, session.user.name);
  if (!line) return null;
  return html`<li class=${`line ${line.tone}`}>
    <${Icon} name=${line.icon} /><span dir="auto">${line.words}</span>
    <time datetime=${row.entry.at} title=${fullTime(row.entry.at)}>${clockTime(row.entry.at)}</time>
  </li>`;
}
