// The phone: a chat with the Page, as its user sees it.
import { html, useLayoutEffect, useRef, useState } from "../../assets/vendor/preact.js";
import { Composer } from "../../assets/shared/composer.js";
import { Icon } from "../../assets/shared/icon.js";
import { Thread } from "../../assets/shared/thread.js";
import { dayWords } from "../../assets/shared/time.js";
import { Bubble, Face } from "./bubble.js";
import { gist, greetingFor, lastSeen, quickReplies, toRows } from "./state.js";

function Header({ page, thread }) {
  return html`<header class="phone-head">
    <${Face} name=${page.name} kind="page" />
    <div class="names">
      <h2>${page.name}</h2>
      <p>You are ${thread.name}</p>
    </div>
    <span class="tag">simulated</span>
  </header>`;
}

function Welcome({ client, page, thread }) {
  return html`<div class="thread-frame"><div class="hello">
    <${Face} name=${page.name} kind="page large" />
    <h3>${page.name}</h3>
    ${page.greeting && html`<p dir="auto">${greetingFor(page.greeting, thread.first_name)}</p>`}
    ${thread.ref && html`<p class="faint">You came by the link m.me/lampshop?ref=${thread.ref}</p>`}
    <p class="faint small">When you tap Get started, ${page.name} will see your name.</p>
    <button type="button" class="start" onClick=${() => client.do("start")}>Get started</button>
  </div></div>`;
}

function Menu({ client, items, close }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => list.current?.querySelector("button, a")?.focus(), []);
  const press = ({ title, payload }) => {
    close();
    client.do("press", { title, payload });
  };
  return html`<ul class="menu" ref=${list} aria-label="Menu of the Page">
    ${items.map(
      (item) => html`<li>
        ${item.type === "postback"
          ? html`<button type="button" onClick=${() => press(item)}>${item.title}</button>`
          : html`<a href=${item.url} target="_blank" rel="noopener noreferrer nofollow">${item.title} <${Icon} name="link" /></a>`}
      </li>`,
    )}
  </ul>`;
}

function About({ client, page }) {
  const about = client.about.value;
  if (!about) return null;
  const words = about.how === "edit" ? "Edit message" : `Reply to ${about.message.side === "user" ? "yourself" : page.name}`;
  return html`<div class="about">
    <div><strong>${words}</strong><span dir="auto">${gist(about.message.content)}</span></div>
    <button type="button" class="quiet round" aria-label="Cancel" onClick=${() => client.leave()}><${Icon} name="close" /></button>
  </div>`;
}

function Foot({ client, page, input }) {
  const [open, setOpen] = useState(false);
  const opener = useRef(/** @type {HTMLElement | null} */ (null));
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    if (open) close();
    else client.leave();
  };
  return html`<div class="phone-foot" onKeyDown=${onKeyDown}>
    ${open && html`<${Menu} client=${client} items=${page.menu} close=${close} />`}
    <${About} client=${client} page=${page} />
    <div class="write">
      ${page.menu.length > 0 && html`<button type="button" ref=${opener} class="quiet round" aria-label="Menu" aria-expanded=${String(open)} onClick=${() => setOpen(!open)}><${Icon} name=${open ? "close" : "menu"} /></button>`}
      <button type="button" class="quiet round" aria-label="Send a picture" title="Send a picture" onClick=${() => client.do("picture")}><${Icon} name="picture" /></button>
      <${Composer} input=${input} label="Message" placeholder="Message" text=${client.draft.value} write=${(text) => (client.draft.value = text)} send=${(text) => client.send(text)} />
      ${!client.draft.value && html`<button type="button" class="quiet round thumb" aria-label="Send a thumbs-up" title="Send a thumbs-up" onClick=${() => client.do("thumb")}><${Icon} name="thumb" /></button>`}
    </div>
  </div>`;
}

function Tail({ client, replies }) {
  const choose = ({ title, payload }) => client.do("choose", { title, payload });
  return html`${client.typing.value && html`<div class="typing"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><span class="unseen">The Page is typing</span></div>`}
    ${replies.length > 0 &&
    html`<div class="quick" role="group" aria-label="Quick replies">
      ${replies.map((reply) => html`<button type="button" dir="auto" onClick=${() => choose(reply)}>${reply.title ?? { user_email: "Send e-mail address", user_phone_number: "Send phone number" }[reply.content_type]}</button>`)}
    </div>`}`;
}

export function Phone({ client }) {
  const { page, thread, now } = client.state.value;
  const input = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const about = client.about.value;
  useLayoutEffect(() => {
    if (about) input.current?.focus();
  }, [about]);
  const seen = lastSeen(thread.messages, thread.seen_to);
  const draw = (row) => {
    if (row.type === "day") return html`<li key=${row.key} class="day">${dayWords(new Date(row.at).toISOString(), now)}</li>`;
    return html`<${Bubble} key=${row.key} client=${client} row=${row} page=${page.name} seen=${row.key === seen} />`;
  };
  const meeting = !thread.started && page.get_started && thread.messages.length === 0;
  return html`<section class="phone" aria-label="The user's phone">
    <${Header} page=${page} thread=${thread} />
    ${meeting
      ? html`<${Welcome} client=${client} page=${page} thread=${thread} />`
      : html`<${Thread} key=${client.state.value.psid} label="Conversation" rows=${toRows(thread.messages)} draw=${draw} ready=${true}
            foot=${html`<${Tail} client=${client} replies=${quickReplies(thread.messages)} />`} />
          <${Foot} client=${client} page=${page} input=${input} />`}
  </section>`;
}
