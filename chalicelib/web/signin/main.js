// The page /signin: to an issuer and back. `?to=` names the page that is wanted, `?out` signs out.
import { html, render } from "../vendor/preact.js";
import { SigninClient } from "./client.js";
import { SigninPage } from "./view.js";

const client = new SigninClient();
client.open(location.search);
render(html`<${SigninPage} client=${client} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
