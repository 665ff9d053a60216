// The page /webchat: one chat that fills it.
import { html, render } from "../vendor/preact.js";
import { Chat } from "./chat.js";
import { ChatClient } from "./client.js";

const client = new ChatClient({ base: "api/webchat" });
client.open();
render(html`<${Chat} client=${client} title="Chat with us" />`, /** @type {HTMLElement} */ (document.getElementById("page")));
