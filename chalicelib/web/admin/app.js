// The page as a whole: signing in, the list beside the conversation, and what is said across both.
import { html, useEffect } from "../vendor/preact.js";
import { Icon } from "../shared/icon.js";
import { AlertsButton } from "./alerts-view.js";
import { ConversationView } from "./conversation-view.js";
import { ListView } from "./list-view.js";
import { leave } from "./route.js";
import { SignIn } from "./signin-view.js";

/** @typedef {import("./client.js").AdminClient} AdminClient */

function Brand({ client }) {
  const { ringing } = client.alerts;
  return html`<header class="brand">
    <img src="assets/shared/icon.svg" alt="" width="28" height="28" />
    <strong>hitl</strong>
    <span class="me" title=${client.me.value.role}>${client.me.value.name}</span>
    ${client.me.value.role === "supervisor" && html`<a href="parked">Parked</a>`}
    <button type="button" class="quiet round" aria-pressed=${ringing.value} onClick=${() => client.alerts.toggle()}
      aria-label="Sound and desktop notifications" title=${ringing.value ? "Sound and notifications are on" : "Turn sound and notifications on"}>
      <${Icon} name=${ringing.value ? "sound" : "mute"} />
    </button>
    <${AlertsButton} client=${client} />
    <button type="button" class="quiet round" aria-label="Sign out" title="Sign out" onClick=${() => client.signOut()}><${Icon} name="out" /></button>
  </header>`;
}

function Banners({ client }) {
  const connection = client.connection.value;
  return html`${connection === "offline" && html`<div class="banner danger" role="alert"><${Icon} name="alert" /><span>You are offline. What you see may be old, and nothing is sent.</span></div>`}
    ${connection === "trouble" && html`<div class="banner" role="status"><${Icon} name="alert" /><span>The server does not answer. Trying again…</span></div>`}
    ${client.me.value.warnings.map((warning) => html`<div class="banner" role="status" key=${warning}><${Icon} name="alert" /><span>${warning}</span></div>`)}`;
}

function Notice({ client }) {
  const notice = client.notice.value;
  return html`<div class="notices" role="status">
    ${notice &&
    html`<div class=${`notice ${notice.tone}`}>
      <span dir="auto">${notice.words}</span>
      ${notice.action &&
      html`<button type="button" class="plain" dir="auto"
        onClick=${() => {
          client.notice.value = null;
          notice.action.run();
        }}>${notice.action.label}</button>`}
      <button type="button" class="quiet round" aria-label="Dismiss" onClick=${() => (client.notice.value = null)}><${Icon} name="close" /></button>
    </div>`}
  </div>`;
}

function Nothing({ client }) {
  const waiting = client.alerts.waiting.value;
  return html`<div class="nothing">
    <span class="mark"><${Icon} name=${waiting ? "clock" : "check"} /></span>
    <h2>${waiting ? `${waiting >= 100 ? "100 or more people are" : waiting === 1 ? "1 person is" : `${waiting} people are`} waiting` : "Nobody is waiting"}</h2>
    <p class="faint">${waiting ? "Choose a conversation to read it. Replying takes it over." : "When somebody asks for a human, you will see it here."}</p>
  </div>`;
}

function Opening({ client }) {
  const why = client.why.value;
  return html`<main class="gate"><div class="empty">
    <p class="faint" role="status">${why ? `${why} Trying again…` : "Signing in…"}</p>
    ${why && html`<button type="button" onClick=${() => client.giveUp()}>Sign in anew</button>`}
  </div></main>`;
}

/** @param {{client: AdminClient}} props */
export function App({ client }) {
  useEffect(() => {
    const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) leave(client);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [client]);

  if (client.stage.value === "checking") return html`<${Opening} client=${client} />`;
  if (client.stage.value === "out") return html`<${SignIn} client=${client} />`;
  const conversation = client.selected.value;
  return html`<div class="app">
    <${Banners} client=${client} />
    <main class=${`panes ${conversation ? "reading" : ""}`}>
      <h1 class="unseen">Conversations of people and bots</h1>
      <section class="side" aria-label="Inbox">
        <${Brand} client=${client} />
        <${ListView} client=${client} />
      </section>
      <section class="stage" aria-label="Open conversation">${conversation ? html`<${ConversationView} key=${conversation.id} client=${client} conversation=${conversation} />` : html`<${Nothing} client=${client} />`}</section>
    </main>
    <${Notice} client=${client} />
    <div class="unseen" role="status">${client.alerts.newest.value}</div>
  </div>`;
}
