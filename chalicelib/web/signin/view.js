// What is seen of a sign-in: mostly nothing for long.
import { html } from "../vendor/preact.js";

/** @param {{client: import("./client.js").SigninClient}} props */
export function SigninPage({ client }) {
  const way = client.way.value;
  return html`<main class="signin">
    <div class="card">
      <img src="assets/shared/icon.svg" alt="" width="48" height="48" />
      <h1>Sign in to hitl</h1>
      ${client.trouble.value === ""
        ? html`<p class="faint" role="status">${client.doing.value}</p>`
        : html`<p class="trouble" role="alert">${client.trouble.value}</p>
            ${way && html`<button type="button" class="primary" onClick=${way.run}>${way.label}</button>`}
            <a href="admin">Sign in with a token</a>`}
    </div>
  </main>`;
}
