// One message on the phone: text, picture, template, what it answers, reactions, and what can be done with it.
import { html, useLayoutEffect, useRef, useState } from "../../assets/vendor/preact.js";
import { Words } from "../../assets/shared/content.js";
import { Icon } from "../../assets/shared/icon.js";
import { fullTime } from "../../assets/shared/time.js";
import { REACTIONS, faceOf, gist, initials } from "./state.js";

/** Pictures of this machine are shown; of any other, only the address. */
function isOurs(/** @type {string} */ url) {
  try {
    return new URL(url, location.href).origin === location.origin;
  } catch {
    return false;
  }
}

export function Face({ name, url = "", kind = "" }) {
  const [missing, setMissing] = useState("");
  if (url && isOurs(url) && missing !== url) return html`<img class=${`face ${kind}`} src=${url} alt="" onError=${() => setMissing(url)} />`;
  return html`<span class=${`face ${kind}`} aria-hidden="true">${initials(name)}</span>`;
}

function Picture({ url, kind }) {
  if (kind !== "file" && isOurs(url)) return html`<img class=${kind === "sticker" ? "sticker" : "photo"} src=${url} alt=${kind === "sticker" ? "Sticker" : "Picture"} />`;
  return html`<a class="elsewhere" href=${url} target="_blank" rel="noopener noreferrer nofollow"><${Icon} name=${kind === "image" ? "picture" : "file"} /><span>${url}</span></a>`;
}

function Button({ button, press }) {
  if (button.type === "postback") return html`<button type="button" class="wide" dir="auto" onClick=${() => press(button)}>${button.title}</button>`;
  const address = button.type === "web_url" ? button.url : `tel:${button.payload}`;
  return html`<a class="wide" dir="auto" href=${address} target="_blank" rel="noopener noreferrer nofollow">${button.title}</a>`;
}

const Buttons = ({ buttons = [], press }) => buttons.map((button) => html`<${Button} button=${button} press=${press} />`);

function Cards({ elements, press }) {
  return html`<ul class="deck" tabindex="0" aria-label="Cards">
    ${elements.map(
      (card) => html`<li>
        ${card.image_url && html`<${Picture} url=${card.image_url} kind="image" />`}
        <div class="card-words"><strong dir="auto">${card.title}</strong>${card.subtitle && html`<span dir="auto">${card.subtitle}</span>`}</div>
        <${Buttons} buttons=${card.buttons} press=${press} />
      </li>`,
    )}
  </ul>`;
}

function Inside({ message, press }) {
  const { content } = message;
  if (message.deleted) return html`<div class="bubble gone">${message.side === "user" ? "You unsent a message" : "Message unsent"}</div>`;
  const attachments = content.attachments ?? (content.attachment ? [content.attachment] : []);
  const parts = attachments.map(({ type, payload }) => {
    if (type !== "template") return html`<${Picture} url=${payload.url} kind=${type} />`;
    if (payload.template_type === "generic") return html`<${Cards} elements=${payload.elements} press=${press} />`;
    return html`<div class="bubble with-buttons"><${Words} text=${payload.text} /><${Buttons} buttons=${payload.buttons} press=${press} /></div>`;
  });
  if (content.text !== undefined) parts.unshift(html`<div class=${`bubble${content.postback ? " pressed" : ""}`}><${Words} text=${content.text} /></div>`);
  return parts.length ? parts : html`<div class="bubble"><${Words} text=${gist(content)} /></div>`;
}

function Deeds({ client, message, close }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const mine = message.side === "user";
  const given = message.reactions.user;
  useLayoutEffect(() => {
    box.current?.querySelector("button")?.focus();
    box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const act = (/** @type {() => unknown} */ deed) => () => {
    close();
    deed();
  };
  return html`<div class="deeds" ref=${box} role="group" aria-label="What to do with this message">
    <div class="emojis">
      ${REACTIONS.map(
        (emoji) => html`<button type="button" class="emoji" aria-label=${`React with ${emoji}`} aria-pressed=${String(emoji === given)}
          onClick=${act(() => client.do("react", { mid: message.mid, emoji: emoji === given ? null : emoji }))}>${emoji}</button>`,
      )}
    </div>
    <button type="button" class="deed" onClick=${act(() => client.reply(message))}><${Icon} name="reply" /> Reply</button>
    ${mine && !message.content.postback && message.content.text !== undefined && html`<button type="button" class="deed" onClick=${act(() => client.edit(message))}><${Icon} name="pen" /> Edit</button>`}
    ${mine && !message.content.postback && html`<button type="button" class="deed" onClick=${act(() => client.do("unsend", { mid: message.mid }))}><${Icon} name="undo" /> Unsend</button>`}
  </div>`;
}

/** @param {{client: any, row: any, page: string, seen: boolean}} props `seen`: it is the last that the Page has seen */
export function Bubble({ client, row, page, seen }) {
  const { message, first, last } = row;
  const [open, setOpen] = useState(false);
  const opener = useRef(/** @type {HTMLElement | null} */ (null));
  const mine = message.side === "user";
  const face = faceOf(message, page);
  const press = ({ title, payload }) => client.do("press", { title, payload });
  const reactions = Object.values(message.reactions);
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    close();
  };
  const onFocusOut = (/** @type {any} */ event) => {
    if (open && event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) setOpen(false);
  };
  return html`<li class=${`said ${mine ? "out by-me" : "by-page"}${first ? " first" : ""}${last ? " last" : ""}${reactions.length ? " reacted" : ""}`}
      onKeyDown=${onKeyDown} onFocusOut=${onFocusOut}>
    ${!mine && first ? html`<div class="who">${face}${message.by !== "app" && html`<small class="tag">${message.by === "inbox" ? "Page inbox" : "another app"}</small>`}</div>` : html`<span class="unseen">${mine ? "You" : face}:</span>`}
    ${message.reply_to && html`<div class="quote" dir="auto"><${Icon} name="reply" /><span>${gist(message.reply_to.content)}</span></div>`}
    <div class="with-face">
      ${!mine && (last ? html`<${Face} name=${message.persona?.name ?? page} url=${message.persona?.picture_url} kind=${message.persona ? "person" : "page"} />` : html`<span class="face-room"></span>`)}
      <div class="body" title=${fullTime(new Date(message.at).toISOString())}>
        <${Inside} message=${message} press=${press} />
        ${reactions.length > 0 && html`<span class="reactions" role="img" aria-label=${`Reactions: ${reactions.join(" ")}`}>${reactions.join("")}</span>`}
      </div>
      ${!message.deleted && html`<button type="button" ref=${opener} class="quiet round more" aria-label="React, reply and more" aria-expanded=${String(open)} onClick=${() => setOpen(!open)}><${Icon} name="dots" /></button>`}
    </div>
    ${open && html`<${Deeds} client=${client} message=${message} close=${close} />`}
    ${message.edits > 0 && !message.deleted && html`<div class="meta">Edited</div>`}
    ${seen && html`<div class="meta seen"><${Face} name=${page} kind="page tiny" /> Seen</div>`}
  </li>`;
}
