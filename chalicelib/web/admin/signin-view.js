// Signing in with a token, for those who did not come by a link that carries one.
import { html, useEffect, useRef, useState } from "../vendor/preact.js";

/** @param {{client: import("./client.js").AdminClient}} props */
export function SignIn({ client }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [Offer, setOffer] = useState(null);
  useEffect(() => void import("../signin/offer.js").then((it) => setOffer(() => it.Offer), () => {}), []);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const token = field.current?.value.trim();
    if (token) client.open(token);
  };
  return html`<main class="gate">
    <form class="gate-card" onSubmit=${submit}>
      <img src="assets/shared/icon.svg" alt="" width="48" height="48" />
      <h1>Sign in to hitl</h1>
      <p class="faint">Paste the token you were given. It is kept in this tab only.</p>
      ${client.why.value && html`<p class="bad" role="alert">${client.why.value}</p>`}
      ${Offer && html`<${Offer} />`}
      <label for="token">Token</label>
      <input id="token" ref=${field} type="password" autocomplete="off" autofocus required />
      <button type="submit" class="primary">Sign in</button>
    </form>
  </main>`;
}
