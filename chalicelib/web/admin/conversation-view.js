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

const TEXT_LIMIT = 20_000;
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

const steady = (/** @type {Conversation} */ { busy, changing }) => busy.value !== "" || changing.value;

/** Each command is a button of its own, with a key and a place: handing back is never where taking over was. */
function Commands({ conversation, session, me, back }) {
  const button = (key, place, kind, run, words) =>
    html`<button key=${key} ref=${key === "back" ? back : null} type="button" class=${`place-${place} ${kind}`} aria-disabled=${steady(conversation)} onClick=${run}>${words}</button>`;
  const takeOver = () => button("take", 1, "primary", () => conversation.takeOver(), "Take over");
  const handBack = (kind) => button("back", 3, kind, () => conversation.handBack(), "Hand back to the bot");
  const commands = {
    bot: () => [takeOver(), button("pause", 2, "", () => conversation.order("pause"), "Pause the bot")],
    free: () => [takeOver(), handBack("")],
    mine: () => [button("release", 2, "", () => conversation.order("release"), "Release"), handBack("primary")],
    theirs: () => [
      me.role === "supervisor" && button("force", 1, "", () => conversation.takeOver(true), html`<span>Take over from <bdi>${session.assignee?.name}</bdi></span>`),
      handBack(""),
    ],
  };
  return html`<div class="commands">${commands[holder(session, me)]()}</div>`;
}

function Head({ client, conversation, session, heading, back }) {
  return html`<header class="conversation-head">
    <button type="button" class="quiet round back" aria-label="Back to the list" onClick=${() => leave(client)}><${Icon} name="back" /></button>
    <${Face} client=${client} session=${session} />
    <div class="title">
      <h2 tabindex="-1" ref=${heading} dir="auto">${session.user.name}</h2>
      <${Standing} session=${session} me=${client.me.value} />
    </div>
    <${Commands} conversation=${conversation} session=${session} me=${client.me.value} back=${back} />
  </header>`;
}

function Refusal({ conversation, me }) {
  if (!conversation.refused.value) return null;
  return html`<div class="banner" role="alert">
    <${Icon} name="human" /><span dir="auto">${conversation.refused.value}</span>
    ${me.role === "supervisor" && html`<button type="button" class="plain" aria-disabled=${steady(conversation)} onClick=${() => conversation.takeOver(true)}>Take over anyway</button>`}
    <button type="button" class="quiet round" aria-label="Dismiss" onClick=${() => (conversation.refused.value = "")}><${Icon} name="close" /></button>
  </div>`;
}

/** Whether to take from a colleague what they have, said to be theirs before it is done. */
function Question({ conversation, session, back }) {
  const no = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useLayoutEffect(() => no.current?.focus(), []);
  const leaveIt = () => {
    back.current?.focus();
    conversation.asking.value = false;
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    leaveIt();
  };
  return html`<div class="banner question" role="alertdialog" aria-labelledby="question" onKeyDown=${onKeyDown}>
    <${Icon} name="human" /><span id="question" dir="auto">${session.assignee?.name} has this conversation. Hand it back to the bot all the same?</span>
    <button ref=${no} type="button" onClick=${leaveIt}>No</button>
    <button type="button" aria-disabled=${steady(conversation)} onClick=${() => conversation.handBack(true)}>Yes, hand it back</button>
  </div>`;
}

function Foot({ conversation, session, me, input }) {
  const mode = conversation.mode.value;
  const note = mode === "note";
  const reach = reachOf(session, present.value, fullTime);
  const closed = !note && reach?.tone === "closed";
  const text = conversation.drafts[mode].value;
  const over = text.trim().length - TEXT_LIMIT;
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
    ${over > 0 && html`<p id="over" class="over" role="alert">This is too long to be sent: at most ${TEXT_LIMIT} characters. Shorten it, or send it in parts.</p>`}
    <${Composer} limit=${null} input=${input} label=${note ? "Note for agents" : "Reply"} describedBy="reach hint" closed=${closed} button=${note ? "Add note" : "Send"}
      placeholder=${note ? "Write a note for other agents" : closed ? "No answer can be sent now" : "Write a reply"}
      text=${text} write=${(text) => conversation.write(text)} send=${(said) => over > 0 || conversation.send(said)} typing=${() => conversation.typing()} />
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
  const back = useRef(/** @type {HTMLElement | null} */ (null));
  const me = client.me.value;
  const session = conversation.session.value;
  const phase = conversation.phase.value;

  // The composer is where an agent goes on; a phone's keyboard would cover what they came to read.
  useLayoutEffect(() => {
    if (session) (matchMedia(WIDE).matches ? input : heading).current?.focus({ preventScroll: true });
  }, [conversation, session === null]);

  // A command's button gives way to another one: the focus must not get lost with it.
  const held = session && holder(session, me);
  const asking = conversation.asking.value;
  useLayoutEffect(() => {
    if (held && document.activeElement === document.body) (matchMedia(WIDE).matches ? input : heading).current?.focus({ preventScroll: true });
  }, [held, asking, conversation.refused.value]);

  if (phase === "missing" || (phase === "failed" && !session)) return html`<${Missing} client=${client} conversation=${conversation} />`;
  if (!session) return html`<div class="nothing"><p class="faint" role="status">Loading the conversation…</p></div>`;

  const entries = [...conversation.log.value.entries, ...asEntries(conversation.sender.box.value, me)];
  const rows = toRows(entries, (entry) => entry.kind === "message" || entry.kind === "note" || lineFor(entry, me, session.user.name) !== null);
  const draw = (row) => {
    if (row.type === "day") return html`<li key=${row.key} class="day">${dayWords(row.at, present.value)}</li>`;
    if (row.type === "line") return html`<${Line} key=${row.key} row=${row} me=${me} session=${session} />`;
    return html`<${Bubble} key=${row.key} row=${row} me=${me} session=${session} conversation=${conversation} />`;
  };
  const foot = html`${phase === "loading" && html`<p class="empty faint" role="status">Loading messages…</p>`}
    ${phase === "failed" && html`<div class="empty" role="alert">
      <p>The messages did not load: ${conversation.why.value}</p>
      <button type="button" onClick=${() => conversation.poller.now()}>Try again</button>
    </div>`}
    ${session.typing && html`<div class="typing"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><bdi>${session.user.name}</bdi> is typing</div>`}`;

  return html`<${Head} client=${client} conversation=${conversation} session=${session} heading=${heading} back=${back} />
    ${asking && html`<${Question} conversation=${conversation} session=${session} back=${back} />`}
    <${Refusal} conversation=${conversation} me=${me} />
    <${Thread} label=${`Conversation with ${session.user.name}`} rows=${rows} draw=${draw} ready=${phase === "ready"}
      older=${conversation.log.value.older} onOlder=${() => conversation.older()} foot=${foot} />
    <${Foot} conversation=${conversation} session=${session} me=${me} input=${input} />`;
}
