// A visitor's chat, drawn from its client. It fills whatever holds it, and knows nothing of the page around it.
import { html, useRef } from "../vendor/preact.js";
import { present } from "../shared/clock.js";
import { Composer } from "../shared/composer.js";
import { Content } from "../shared/content.js";
import { Icon } from "../shared/icon.js";
import { toRows } from "../shared/rows.js";
import { Thread } from "../shared/thread.js";
import { clockTime, dayWords, fullTime } from "../shared/time.js";
import { asEntries, lastSaid, lineFor, mayWithdraw, shown, standing } from "./state.js";

/** @typedef {import("./client.js").ChatClient} ChatClient */

const ICONS = { bot: "bot", nobody: "clock", agent: "human" };

function Header({ client, title }) {
  const who = standing(client.state.value);
  const words = { fine: who.words, trouble: "Connecting again…", offline: "You are offline" }[client.connection.value];
  return html`<header class="chat-head">
    <span class=${`face with-${who.with}`}><${Icon} name=${ICONS[who.with]} /></span>
    <div class="chat-title">
      <h1>${title}</h1>
      <p role="status">${words}</p>
    </div>
    ${!client.state.value.paused &&
    html`<button type="button" class="human" disabled=${client.asking.value} onClick=${() => client.askForHuman()}>
      <${Icon} name="human" /> Talk to a human
    </button>`}
  </header>`;
}

function Welcome({ client }) {
  return html`<div class="welcome">
    <span class="face with-bot"><${Icon} name="bot" /></span>
    <h2>How can we help?</h2>
    <p>Write below and the bot answers at once. Would you rather talk to a human? Press the button above.</p>
    ${!client.visitor &&
    html`<label class="name">
      <span>Your name <small>(if you like)</small></span>
      <input type="text" autocomplete="given-name" maxlength="80" onInput=${(event) => (client.name = event.target.value.trim())} />
    </label>`}
  </div>`;
}

function Fate({ entry, client }) {
  if (entry.step === "failed") {
    return html`<div class="meta bad" role="alert">
      Not sent: ${entry.why}
      <button type="button" class="plain" onClick=${() => client.retry(entry.item)}>Try again</button>
      <button type="button" class="plain" onClick=${() => client.discard(entry.item)}>Discard</button>
    </div>`;
  }
  if (entry.step === "queued") return html`<div class="meta"><${Icon} name="clock" /> Waiting to be sent</div>`;
  if (entry.step === "sending") return html`<div class="meta">Sending…</div>`;
  return html`<div class="meta"><time datetime=${entry.at} title=${fullTime(entry.at)}>${clockTime(entry.at)}</time></div>`;
}

function Bubble({ row, client, answered }) {
  const { entry, first, last } = row;
  const mine = entry.author.kind === "user";
  const name = entry.author.kind === "bot" ? "Bot" : entry.author.name || "Agent";
  const kinds = [first && "first", last && "last", mine ? "out by-me" : `by-${entry.author.kind}`, entry.step && entry.step !== "sent" && "waiting"];
  return html`<li key=${row.key} class=${`said ${kinds.filter(Boolean).join(" ")}`}>
    ${mine && html`<span class="unseen">You:</span>`}
    ${!mine && (first ? html`<div class="who"><${Icon} name=${entry.author.kind === "bot" ? "bot" : "human"} />${name}</div>` : html`<span class="unseen">${name}:</span>`)}
    <div class="bubble" title=${fullTime(entry.at)}>
      <${Content} content=${entry.content} press=${mine ? undefined : (choice) => client.press(choice)} answered=${answered} />
    </div>
    ${(last || (entry.step && entry.step !== "sent")) && html`<${Fate} entry=${entry} client=${client} />`}
  </li>`;
}

function Line({ row }) {
  const line = lineFor(row.entry);
  if (!line) return null;
  return html`<li key=${row.key} class=${`line ${line.tone}`} title=${fullTime(row.entry.at)}><${Icon} name=${line.icon} /><span dir="auto">${line.words}</span></li>`;
}

function Typing({ client }) {
  const { paused, typing, agent } = client.state.value;
  if (typing) {
    return html`<div class="typing"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>${agent?.name ?? "An agent"} is typing</div>`;
  }
  if (!paused && client.inFlight.value > 0) {
    return html`<div class="typing slow"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><span class="unseen">The bot is answering</span></div>`;
  }
  return null;
}

/** Away from the button that asks for a human, whose second click would else undo the first. */
function Withdraw({ client }) {
  if (!mayWithdraw(client.state.value, client.log.value.entries)) return null;
  return html`<div class="withdraw">
    <button type="button" class="plain" disabled=${client.asking.value} onClick=${() => client.backToBot()}>Back to the bot</button>
  </div>`;
}

/** @param {{client: ChatClient, title: string}} props */
export function Chat({ client, title }) {
  const input = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const { entries } = client.log.value;
  const all = [...entries, ...asEntries(client.outbox.value)];
  const rows = toRows(all, shown);
  const open = lastSaid(all);
  const empty = client.loaded.value && rows.length === 0;

  const draw = (row) => {
    if (row.type === "day") return html`<li key=${row.key} class="day">${dayWords(row.at, present.value)}</li>`;
    if (row.type === "line") return html`<${Line} key=${row.key} row=${row} />`;
    return html`<${Bubble} key=${row.key} row=${row} client=${client} answered=${row.entry.seq !== open} />`;
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") input.current?.focus();
  };

  return html`<main class="chat" onKeyDown=${onKeyDown}>
    <${Header} client=${client} title=${title} />
    ${client.trouble.value &&
    html`<div class="banner danger" role="alert"><${Icon} name="alert" /><span>${client.trouble.value}</span>
      <button type="button" class="quiet round" aria-label="Dismiss" onClick=${() => (client.trouble.value = "")}><${Icon} name="close" /></button>
    </div>`}
    ${client.connection.value === "offline" && html`<div class="banner"><span>You are offline. What you write is sent when you are back.</span></div>`}
    ${empty
      ? html`<div class="thread-frame"><${Welcome} client=${client} /></div>`
      : html`<${Thread} label="Conversation" rows=${rows} draw=${draw} ready=${client.loaded.value}
          foot=${client.loaded.value ? html`<${Typing} client=${client} /><${Withdraw} client=${client} />` : html`<p class="loading faint">Fetching your conversation…</p>`} />`}
    <div class="chat-foot">
      <${Composer} input=${input} label="Your message" placeholder="Write a message" text=${client.draft.value}
        write=${(text) => client.write(text)} send=${(text) => client.send(text)} typing=${() => client.typing()} />
    </div>
  </main>`;
}
