// A picture, a sound, a film or a file of a message, once it comes into view; a plain link where it cannot be had.
import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { Attachment } from "../shared/content.js";
import { Icon } from "../shared/icon.js";
import { picturePath } from "./channel.js";
import { fileName, fits, save } from "./media.js";
import { initials, tint } from "./state.js";

/** @typedef {import("./client.js").AdminClient} AdminClient */

const NEAR = "300px";

/**
 * An address for bytes that are fetched when the place comes near the screen, and let go with it.
 * @param {AdminClient} client @param {string} path @param {string} kind @param {string} [version] what makes the bytes others
 */
function useBytes(client, path, kind, version = "") {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [url, setUrl] = useState("");
  const [refused, setRefused] = useState(client.refusedMedia.has(path + version));

  useEffect(() => {
    if (refused || !place.current) return undefined;
    const ending = new AbortController();
    let made = "";
    const load = async () => {
      try {
        const blob = await client.bytes(path, ending.signal);
        if (ending.signal.aborted) return;
        if (!fits(kind, blob.type)) return setRefused(true);
        made = URL.createObjectURL(blob);
        setUrl(made);
      } catch (error) {
        if (ending.signal.aborted) return;
        if (!error.passing) client.refusedMedia.add(path + version);
        setRefused(true);
      }
    };
    const observer = new IntersectionObserver(
      (seen) => {
        if (!seen.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        load();
      },
      /** @type {any} */ ({ rootMargin: NEAR, scrollMargin: NEAR }),
    );
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      ending.abort();
      URL.revokeObjectURL(made);
    };
  }, []);
  return { place, url, refused, refuse: () => setRefused(true) };
}

const NAMES = { image: "Picture", audio: "Audio", video: "Video", file: "File" };
const link = (/** @type {string} */ kind, /** @type {string} */ url) => html`<${Attachment} icon="file" url=${url} name=${NAMES[kind]} />`;

function Shown({ client, path, kind, url: source }) {
  const { place, url, refused, refuse } = useBytes(client, path, kind);
  const [large, setLarge] = useState(false);
  if (refused) return link(kind, source);
  if (!url) return html`<div class=${`media ${kind}`} ref=${place} aria-hidden="true"></div>`;
  if (kind === "audio") return html`<audio class="media audio" controls src=${url} onError=${refuse} aria-label="Audio"></audio>`;
  if (kind === "video") return html`<video class="media video" controls src=${url} onError=${refuse} aria-label="Video"></video>`;
  return html`<button type="button" class=${`media image ${large ? "large" : ""}`} aria-pressed=${large} aria-label="Picture, large" title=${large ? "Smaller" : "Larger"} onClick=${() => setLarge(!large)}>
    <img src=${url} alt="" onError=${refuse} />
  </button>`;
}

function Saved({ client, path, url }) {
  const [step, setStep] = useState("");
  if (step === "refused") return link("file", url);
  const fetchIt = async () => {
    setStep("loading");
    try {
      save(await client.bytes(path), fileName(url));
      setStep("");
    } catch {
      setStep("refused");
    }
  };
  return html`<button type="button" class="attachment" disabled=${step === "loading"} onClick=${fetchIt}>
    <${Icon} name="file" /><span>${fileName(url)}<small>${step === "loading" ? "Fetching…" : "Save this file"}</small></span>
  </button>`;
}

/** @param {{client: AdminClient, path: string, kind: string, url: string}} props give it a key of its own for each address */
export function Media({ client, path, kind, url }) {
  return kind === "file" ? html`<${Saved} client=${client} path=${path} url=${url} />` : html`<${Shown} client=${client} path=${path} kind=${kind} url=${url} />`;
}

function Portrait({ client, path, version }) {
  const { place, url, refused, refuse } = useBytes(client, path, "image", version);
  return html`<span class="portrait" ref=${place}>${url && !refused && html`<img src=${url} alt="" onError=${refuse} />`}</span>`;
}

/** Who it is: their picture where the channel has one, on their initials. @param {{client: AdminClient, session: import("./state.js").Session}} props */
export function Face({ client, session }) {
  const path = picturePath(session);
  return html`<span class=${`avatar tint-${tint(session.id)}`} aria-hidden="true">
    ${initials(session.user.name)}${path && html`<${Portrait} key=${session.user.picture_url} client=${client} path=${path} version=${session.user.picture_url} />`}
  </span>`;
}
