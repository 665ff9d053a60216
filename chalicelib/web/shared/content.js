// What a message can hold, drawn. Text reaches the page as text only; pictures from elsewhere are links, never loaded.
import { html } from "../vendor/preact.js";
import { Icon } from "./icon.js";

const URL_IN_TEXT = /https?:\/\/[^\s<>"'`]+/g;
const NAMES = { image: "Picture", audio: "Audio", video: "Video", file: "File" };

/** The text as plain pieces and addresses; punctuation at the end of an address belongs to the sentence. Pure. */
export function pieces(/** @type {string} */ text) {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(URL_IN_TEXT)) {
    const url = match[0].replace(/[.,;:!?)\]}]+$/, "");
    if (match.index > from) found.push({ text: text.slice(from, match.index) });
    found.push({ text: url, url });
    from = match.index + url.length;
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}

function Outside({ url, children }) {
  return html`<a href=${url} target="_blank" rel="noopener noreferrer nofollow">${children}</a>`;
}

export function Words({ text }) {
  return html`<div class="words" dir="auto">
    ${pieces(text).map((piece) => (piece.url ? html`<${Outside} url=${piece.url}>${piece.text}<//>` : piece.text))}
  </div>`;
}

function Choices({ choices, press }) {
  return html`<div class="choices">
    ${choices.map((choice) => {
      if (choice.url) return html`<${Outside} url=${choice.url}>${choice.title} <${Icon} name="link" /><//>`;
      if (!press) return html`<span class="choice" dir="auto">${choice.title}</span>`;
      return html`<button type="button" class="choice" dir="auto" onClick=${() => press(choice)}>${choice.title}</button>`;
    })}
  </div>`;
}

export function Attachment({ icon, url, name, text = "" }) {
  return html`${text && html`<${Words} text=${text} />`}
    <a class="attachment" href=${url} target="_blank" rel="noopener noreferrer nofollow">
      <${Icon} name=${icon} /><span>${name}<small>${hostOf(url)}</small></span>
    </a>`;
}

function Card({ card, press, picture }) {
  return html`<li class="card">
    <strong dir="auto">${card.title}</strong>
    ${card.subtitle && html`<span dir="auto">${card.subtitle}</span>`}
    ${card.image_url && (picture?.(card.image_url) ?? html`<${Outside} url=${card.image_url}>Picture<//>`)}
    ${card.buttons?.length > 0 && html`<${Choices} choices=${card.buttons} press=${press} />`}
  </li>`;
}

/**
 * @param {{content: any, press?: (choice: {title: string, payload: string}) => void, answered?: boolean, removed?: string,
 *   media?: (n: number, kind: string, url: string) => any}} props without `press` the buttons are shown, but are none;
 *   `answered`: quick replies have had their time; `removed`: what is said of a message that was taken back; `media` draws the
 *   n-th picture or file, without it they are links
 */
export function Content({ content, press, answered = false, removed = "Message removed", media }) {
  switch (content?.type) {
    case "text":
    case "buttons":
      return html`<${Words} text=${content.text} />
        ${content.buttons && html`<${Choices} choices=${content.buttons} press=${press} />`}`;
    case "quick_replies":
      return html`<${Words} text=${content.text} />
        ${!answered && html`<${Choices} choices=${content.replies} press=${press} />`}`;
    case "cards":
      return html`<ul class="cards">
        ${content.cards.map((card, n) => html`<${Card} card=${card} press=${press} picture=${media && ((url) => media(n, "image", url))} />`)}
      </ul>`;
    case "image":
    case "audio":
    case "video":
    case "file":
      if (media) return html`${content.text && html`<${Words} text=${content.text} />`}${media(0, content.type, content.url)}`;
      return html`<${Attachment} icon="file" url=${content.url} name=${NAMES[content.type]} text=${content.text} />`;
    case "location": {
      const place = `${content.lat},${content.long}`;
      const url = `https://www.openstreetmap.org/?mlat=${content.lat}&mlon=${content.long}#map=16/${content.lat}/${content.long}`;
      return html`<${Attachment} icon="pin" url=${url} name=${`Place ${place}`} text=${content.text} />`;
    }
    case "unsent":
      return html`<div class="words faint">${removed}</div>`;
    default:
      return html`<div class="words faint">A message of a kind that cannot be shown here</div>`;
  }
}

function hostOf(/** @type {string} */ url) {
  try {
    return new URL(url).host;
  } catch {
    return "";
  }
}
