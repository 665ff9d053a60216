// The open session: its header with the commands, the log, and the composer.
import { html, useLayoutEffect, useRef } from "../vendor/preact.js";
import { present } from "../shared/clock.js";
import { Composer } from "../shared/composer.js";
import { Icon } from "../shared/icon.js";
import { toRows } from "../shared/rows.js";
import { Thread } from "../shared/thread.js";
import { dayWords, fullTime } from "../shared/time.js";
import { waited } from "./ago.js";
import { channelName, reachOf } from "./channel.js";
import { Bubble, Line, asEntries } from "./entry-view.js";
import { Face } from "./media-view.js";
import { leave } from "./route.js";
import { holder, lineFor, replyHint, urgency } from "./state.js";

/** @typedef {import("./client.js").AdminClient} AdminClient */
/** @typedef {import("./conversation.js").Conversation} Conversation */

const WIDE = "(min-width: 760px)";

function Standing({ session, me }) {
  const now = present.value;
  const held = holder(session, me);
  const words = { bot: "The bot answers", free: session.pause?.trigger === "echo" ? "Answered elsewhere" : "Unassigned", mine: "You have it", theirs: `${session.assignee?.name} has it` }[held];
  const until = session.pause ? `The bot is back at ${fullTime(session.pause.until)} at the latest` : "";
  return html`<span class="standing">
    <span class=${`held-${held}`} title=${until} dir="auto">${words}</span>
    ${session.waiting_since && html`<span class=${`wait-${urgency(session.waiting_since, now)}`} title=${`Since ${fullTime(session.waiting_since)}`}>waiting ${waited(session.waiting_since, now)}</span>`}
    <span>${channelName(session.channel)}</span>
    <span class="id" title="The session's id">${session.id}</span>
  </span>`;
}

/** Each command is a button of its own, with a key: one never turns into another under somebody's finger. */
function Commands({ conversation, session, me }) {
  const busy = conversation.busy.value !== "";
  const button = (key, kind, run, words) => html`<button key=${key} type="button" class=${kind} disabled=${busy} onClick=${run}>${words}</button>`;
  const takeOver = () => button("take", "primary", () => conversation.takeOver(), "Take over");
  const handBack = (kind) => button("back", kind, () => conversation.handBack(), "Hand back to the bot");
  const commands = {
    bot: () => [button("pause", "", () => conversation.order("pause"), "Pause the bot"), takeOver()],
    free: () => [handBack(""), takeOver()],
    mine: () => [button("release", "", () => conversation.order("release"), "Release"), handBack("primary")],
    theirs: () => [
      handBack(""),
      me.role === "supervisor" && button("force", "", () => conversation.takeOver(true), html`Take over from <bdi>${session.assignee?.name}</bdi>`),
    ],
  };
  return html`<div class="commands">${commands[holder(session, me)]()}</div>`;
}

function Head({ client, conversation, session, heading }) {
  return html`<header class="conversation-head">
    <button type="button" class="quiet round back" aria-label="Back to the list" onClick=${() => leave(client)}><${Icon} name="back" /></button>
    <${Face} client=${client} session=${session} />
    <div class="title">
      <h2 tabindex="-1" ref=${heading} dir="auto">${session.user.name}</h2>
      <${Standing} session=${session} me=${client.me.value} />
    </div>
    <${Commands} conversation=${conversation} session=${session} me=${client.me.value} />
  </header>`;
}

function Refusal({ conversation, me }) {
  if (!conversation.refused.value) return null;
  return html`<div class="banner" role="alert">
    <${Icon} name="human" /><span dir="auto">${conversation.refused.value}</span>
    ${me.role === "supervisor" && html`<button type="button" class="plain" disabled=${conversation.busy.value !== ""} onClick=${() => conversation.takeOver(true)}>Take over anyway</button>`}
    <button type="button" class="quiet round" aria-label="Dismiss" onClick=${() => (conversation.refused.value = "")}><${Icon} name="close" /></button>
  </div>`;
}

function Foot({ conversation, session, me, input }) {
  const mode = conversation.mode.value;
  const note = mode === "note";
  const reach = reachOf(session, present.value, fullTime);
  const closed = !note && reach?.tone === "closed";
  const choose = (/** @type {string} */ chosen) => {
    conversation.mode.value = chosen;
    input.current?.focus();
  };
  return html`<div class=${`conversation-foot ${note ? "noting" : ""}`}>
    <div class="foot-top">
      <div class="modes" role="group" aria-label="What to write">
        <button type="button" aria-pressed=${!note} onClick=${() => choose("message")}>Reply</button>
        <button type="button" aria-pressed=${note} onClick=${() => choose("note")}>Note</button>
      </div>
      <p id="hint" class="hint">${note ? "Only agents see notes." : closed ? "You can still leave a note." : replyHint(session, me)}</p>
    </div>
    <div id="reach" class="reach">
      ${!note && reach && !closed && html`<p class=${reach.tone} title=${reach.title}>${reach.tone && html`<${Icon} name="clock" />`}<span>${reach.words}</span></p>`}
      <div role="status">${closed && html`<p class="closed"><${Icon} name="alert" /><span dir="auto">${reach.words}</span></p>`}</div>
    </div>
    <${Composer} input=${input} label=${note ? "Note for agents" : "Reply"} describedBy="reach hint" closed=${closed} button=${note ? "Add note" : "Send"}
      placeholder=${note ? "Write a note for other agents" : closed ? "No answer can be sent now" : "Write a reply"}
      text=${conversation.drafts[mode].value} write=${(text) => conversation.write(text)} send=${(text) => conversation.send(text)} typing=${() => conversation.typing()} />
  </div>`;
}

function Missing({ client, conversation }) {
  const missing = conversation.phase.value === "missing";
  return html`<div class="nothing" role="alert">
    <span class="mark"><${Icon} name="alert" /></span>
    <h2>${missing ? "There is no such conversation" : "The conversation did not load"}</h2>
    <p class="faint">${missing ? "It may have been erased." : conversation.why.value}</p>
    ${missing ? html`<button type="button" onClick=${() => leave(client)}>Back to the list</button>` : html`<button type="button" onClick=${() => conversation.poller.now()}>Try again</button>`}
  </div>`;
}

/** @param {{client: AdminClient, conversation: Conversation}} props */
export function ConversationView({ client, conversation }) {
  const input = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const me = client.me.value;
  const session = conversation.session.value;
  const phase = conversation.phase.value;

  // The composer is where an agent goes on; a phone's keyboard would cover what they came to read.
  useLayoutEffect(() => {
    if (session) (matchMedia(WIDE).matches ? input : heading).current?.focus({ preventScroll: true });
  }, [conversation, session === null]);

  // A command's button gives way to another one: the focus must not get lost with it.
  const held = session && holder(session, me);
  useLayoutEffect(() => {
    if (held && document.activeElement === document.body) (matchMedia(WIDE).matches ? input : heading).current?.focus({ preventScroll: true });
  }, [held]);

  if (phase === "missing" || (phase === "failed" && !session)) return html`<${Missing} client=${client} conversation=${conversation} />`;
  if (!session) return html`<div class="nothing"><p class="faint" role="status">Loading the conversation…</p></div>`;

  const entries = [...conversation.log.value.entries, ...asEntries(conversation.outbox.value, me)];
  const rows = toRows(entries, (entry) => entry.kind === "message" || entry.kind === "note" || lineFor(entry, me, session.user.name) !== null);
  const draw = (row) => {
    if (row.type === "day") return html`<li key=${row.key} class="day">${dayWords(row.at, present.value)}</li>`;
    if (row.type === "line") return html`<${Line} key=${row.key} row=${row} me=${me} session=${session} />`;
    return html`<${Bubble} key=${row.key} row=${row} me=${me} session=${session} conversation=${conversation} />`;
  };
  const foot = html`${phase === "loading" && html`<p class="empty faint" role="status">Loading messages…</p>`}
    ${phase === "failed" && html`<p class="empty" role="alert">The messages did not load: ${conversation.why.value}</p>`}
    ${session.typing && html`<div class="typing"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><bdi>${session.user.name}</bdi> is typing</div>`}`;

  return html`<${Head} client=${client} conversation=${conversation} session=${session} heading=${heading} />
    <${Refusal} conversation=${conversation} me=${me} />
    <${Thread} label=${`Conversation with ${session.user.name}`} rows=${rows} draw=${draw} ready=${phase === "ready"}
      older=${conversation.log.value.older} onOlder=${() => conversation.older()} foot=${foot} />
    <${Foot} conversation=${conversation} session=${session} me=${me} input=${input} />`;
}
