// The page /parked, for supervisors. It shares the sign-in of /admin in the same tab.
import { html, render } from "../vendor/preact.js";
import { ParkedClient } from "./client.js";
import { ParkedPage } from "./view.js";

const client = new ParkedClient({ base: "api/botpress-hitl" });
client.open();
render(html`<${ParkedPage} client=${client} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
