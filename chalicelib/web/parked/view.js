// The list of what is parked, with what can be done about each.
import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { fullTime } from "../shared/time.js";

/** @typedef {import("./client.js").ParkedClient} ParkedClient */

function SignIn({ client }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [Offer, setOffer] = useState(null);
  useEffect(() => void import("../signin/offer.js").then((it) => setOffer(() => it.Offer), () => {}), []);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const token = field.current?.value.trim();
    if (token) client.open(token);
  };
  return html`<form class="card" onSubmit=${submit}>
    <p class="faint">For supervisors. Sign in here, or on <a href="admin">the agents’ page</a> in this tab.</p>
    ${Offer && html`<${Offer} />`}
    <label for="token">Token</label>
    <input id="token" ref=${field} type="password" autocomplete="off" required />
    <button type="submit" class="primary">Sign in</button>
  </form>`;
}

function Row({ client, one }) {
  const [sure, setSure] = useState(false);
  const busy = client.busy.value !== "";
  const told = client.told.value[one.id];
  return html`<li class="card" aria-label=${one.reason}>
    <p class="reason">${one.reason}</p>
    <p class="faint"><time datetime=${one.at}>${fullTime(one.at)}</time> · ${one.channel} · ${one.size} bytes${
      one.tries > 0 ? ` · tried ${one.tries} ${one.tries === 1 ? "time" : "times"} in vain` : ""
    }</p>
    <p class="faint ids">${one.session_id ? html`<a href=${`admin#session=${encodeURIComponent(one.session_id)}`}>${one.session_id}</a>` : "No session"}</p>
    <p class="faint ids">${one.id}</p>
    ${told && html`<p class="told">Tried again: ${told}</p>`}
    <p class="acts">
      <button type="button" class="primary" disabled=${busy} onClick=${() => client.replay(one)}>Try again</button>
      ${sure
        ? html`<button type="button" class="danger" disabled=${busy} onClick=${() => client.drop(one)}>Delete for good</button>
            <button type="button" onClick=${() => setSure(false)}>Keep it</button>`
        : html`<button type="button" disabled=${busy} onClick=${() => setSure(true)}>Delete…</button>`}
    </p>
  </li>`;
}

function List({ client }) {
  const parked = client.parked.value;
  return html`<p class="faint">What came from a platform and could not be processed, oldest first. It is deleted after 30 days.</p>
    <p><button type="button" disabled=${client.busy.value !== ""} onClick=${() => client.read()}>Look again</button></p>
    ${parked.length === 0 ? html`<p class="card">Nothing is parked.</p>` : html`<ol>${parked.map((one) => html`<${Row} key=${one.id} client=${client} one=${one} />`)}</ol>`}
    ${client.cursor.value && html`<button type="button" disabled=${client.busy.value !== ""} onClick=${() => client.read({ more: true })}>Show more</button>`}`;
}

/** @param {{client: ParkedClient}} props */
export function ParkedPage({ client }) {
  const stage = client.stage.value;
  return html`<main class="parked">
    <header><h1>Parked</h1><a href="admin">Conversations</a></header>
    <p class="unseen" role="status">${client.said.value}</p>
    ${client.trouble.value && html`<p class="trouble" role="alert">${client.trouble.value}</p>`}
    ${stage === "checking" && html`<p class="faint">Signing in…</p>`}
    ${stage === "out" && html`<${SignIn} client=${client} />`}
    ${stage === "in" && html`<${List} client=${client} />`}
  </main>`;
}
