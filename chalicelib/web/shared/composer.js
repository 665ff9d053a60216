// Where a person writes. Enter sends, Shift and Enter breaks the line; Enter that ends an input method's word does neither.
import { html, useLayoutEffect, useRef } from "../vendor/preact.js";
import { Icon } from "./icon.js";

const TEXT_LIMIT = 20_000;
const TYPING_EVERY_MS = 3_000;

/**
 * @param {{label: string, placeholder: string, text: string, write: (text: string) => void, send: (text: string) => void,
 *   typing?: () => void, button?: string, describedBy?: string, input?: {current: any}, closed?: boolean, limit?: number | null}} props `typing` is
 *   told at most every three seconds; `closed`: nothing can be sent now, and what is written stays to be read and copied;
 *   `limit`: characters, beyond which nothing is taken; null: none
 */
export function Composer({ label, placeholder, text, write, send, typing, button = "Send", describedBy, input, closed = false, limit = TEXT_LIMIT }) {
  const own = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const area = input ?? own;
  const told = useRef(0);

  useLayoutEffect(() => {
    const place = area.current;
    if (!place) return;
    place.style.height = "auto";
    place.style.height = `${place.scrollHeight}px`;
  }, [text]);

  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const said = text.trim();
    if (!said || closed) return;
    told.current = 0;
    send(said);
    area.current?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  };
  const onInput = (/** @type {any} */ event) => {
    write(event.target.value);
    if (typing && event.target.value.trim() && Date.now() - told.current > TYPING_EVERY_MS) {
      told.current = Date.now();
      typing();
    }
  };

  return html`<form class=${closed ? "composer closed" : "composer"} onSubmit=${submit}>
    <textarea ref=${area} rows="1" dir="auto" aria-label=${label} aria-describedby=${describedBy} placeholder=${placeholder} readonly=${closed} aria-disabled=${closed ? "true" : undefined}
      maxlength=${limit} enterkeyhint="send" value=${text} onInput=${onInput} onKeyDown=${onKeyDown}></textarea>
    <button type="submit" class="send primary" aria-label=${button} title=${button} disabled=${closed || !text.trim()}><${Icon} name="send" /></button>
  </form>`;
}
