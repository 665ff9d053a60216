// The items of a session's log as an agent sees them.
import { html } from "../vendor/preact.js";
import { Content } from "../shared/content.js";
import { Icon } from "../shared/icon.js";
import { clockTime, fullTime } from "../shared/time.js";
import { statusOf } from "./history.js";
import { lineFor } from "./state.js";

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

function Fate({ entry, session, conversation, last }) {
  if (entry.step === "failed") {
    return html`<div class="meta bad" role="alert">
      Not sent: ${entry.why}
      <button type="button" class="plain" onClick=${() => conversation.retry(entry.item)}>Try again</button>
      <button type="button" class="plain" onClick=${() => conversation.discard(entry.item)}>Discard</button>
    </div>`;
  }
  if (entry.step === "queued") return html`<div class="meta"><${Icon} name="clock" /> Waiting to be sent</div>`;
  if (entry.step === "sending") return html`<div class="meta">${entry.why || "Sending…"}</div>`;
  const status = entry.step ? null : statusOf(entry, session);
  if (status === "suppressed") return html`<div class="meta">Never sent: the bot was paused, or handed back, while it was answering.</div>`;
  if (status === "failed") return html`<div class="meta bad">Not delivered${entry.failure ? `: ${entry.failure}` : ""}</div>`;
  if (status === "unknown") return html`<div class="meta bad">It is not known whether this arrived.</div>`;
  if (!last) return null;
  const shown = STATUS[status ?? ""];
  return html`<div class="meta">
    <time datetime=${entry.at} title=${fullTime(entry.at)}>${clockTime(entry.at)}</time>
    ${shown && html`<span class=${`fate-${status}`} title=${shown.words}><${Icon} name=${shown.icon} /><span class="unseen">${shown.words}</span></span>`}
  </div>`;
}

function Who({ entry, me, user }) {
  if (entry.kind === "note") return html`<div class="who"><${Icon} name="note" />Note by ${entry.author.id === me.id ? "you" : entry.author.name}, seen by agents only</div>`;
  if (entry.author.kind === "bot") return html`<div class="who"><${Icon} name="bot" />Bot</div>`;
  if (entry.author.kind === "user") return html`<div class="who" dir="auto">${user}</div>`;
  return html`<div class="who">${entry.author.id === me.id ? "You" : entry.author.name || "An agent"}</div>`;
}

/** @param {{row: any, me: any, session: any, conversation: Conversation}} props */
export function Bubble({ row, me, session, conversation }) {
  const { entry, first, last } = row;
  const note = entry.kind === "note";
  const ours = entry.author.kind !== "user";
  const suppressed = entry.status === "suppressed";
  const by = note ? "by-note" : entry.author.kind === "agent" && entry.author.id === me.id ? "by-me" : `by-${entry.author.kind}`;
  const kinds = ["said", by, ours && "out", first && "first", last && "last", entry.step && entry.step !== "sent" && "waiting", suppressed && "suppressed"];
  return html`<li class=${kinds.filter(Boolean).join(" ")}>
    ${first && html`<${Who} entry=${entry} me=${me} user=${session.user.name} />`}
    <div class="bubble" title=${fullTime(entry.at)}>
      ${suppressed && html`<span class="unseen">Never sent: </span>`}
      <${Content} content=${entry.content} />
      ${entry.content?.payload && html`<div class="pressed"><span class="unseen">Pressed a button that says </span>${entry.content.payload}</div>`}
    </div>
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
