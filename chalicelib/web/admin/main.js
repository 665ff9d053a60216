// The page /admin. A link may carry a token or name a session: `#token=…`, `#session=<id>`.
import { effect, html, render } from "../vendor/preact.js";
import { App } from "./app.js";
import { AdminClient } from "./client.js";
import "./icons.js";
import { readHash, sessionHash } from "./route.js";
import { titleFor } from "./state.js";

const given = readHash(location.hash);
if (given.token) history.replaceState(null, "", given.session ? sessionHash(given.session) : location.pathname + location.search);

const client = new AdminClient({ base: "api/botpress-hitl" });
client.select(given.session);
client.open(given.token);

globalThis.addEventListener("hashchange", () => {
  const { token, session } = readHash(location.hash);
  if (token) {
    history.replaceState(null, "", session ? sessionHash(session) : location.pathname + location.search);
    client.open(token);
  }
  client.select(session);
});
effect(() => {
  document.title = titleFor(client.alerts.unread.value);
});
render(html`<${App} client=${client} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
