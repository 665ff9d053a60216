// The page /simulator: a phone with a chat, and what the platform can be made to do behind it.
import { html, render, useState } from "../../assets/vendor/preact.js";
import { Icon } from "../../assets/shared/icon.js";
import { SimulatorClient } from "./client.js";
import "./icons.js";
import { Panel } from "./panel.js";
import { Phone } from "./phone.js";

const client = new SimulatorClient();

function Tab({ name, shown, show, children }) {
  return html`<button type="button" aria-pressed=${String(shown === name)} onClick=${() => show(name)}>${children}</button>`;
}

function Page() {
  const [shown, show] = useState("phone");
  return html`<main class=${`stage shows-${shown}`}>
    <h1 class="unseen">Messenger, simulated</h1>
    <nav class="tabs" aria-label="Parts of the page">
      <${Tab} name="phone" shown=${shown} show=${show}><${Icon} name="phone" /> Phone<//>
      <${Tab} name="panel" shown=${shown} show=${show}><${Icon} name="sliders" /> Behind the scenes<//>
    </nav>
    ${client.trouble.value &&
    html`<div class="banner danger toast" role="alert"><${Icon} name="alert" /><span>${client.trouble.value}</span>
      <button type="button" class="quiet round" aria-label="Dismiss" onClick=${() => (client.trouble.value = "")}><${Icon} name="close" /></button>
    </div>`}
    ${client.state.value
      ? html`<${Phone} client=${client} /><${Panel} client=${client} />`
      : html`<p class="loading faint" role="status">Fetching the conversation…</p>`}
  </main>`;
}

client.open();
render(html`<${Page} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
