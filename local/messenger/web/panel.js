// Behind the scenes: who one is, what the platform does to deliveries and calls, the Page's inbox, and a log of it all.
import { html, useState } from "../../assets/vendor/preact.js";
import { Icon } from "../../assets/shared/icon.js";
import { clockTime } from "../../assets/shared/time.js";
import { movedWords } from "./state.js";

const DELAYS = [0, 3, 15];
const MISHAPS = [
  ["lost", "Taken, but its answer is lost"],
  ["garbled", "Taken, but its answer is unreadable"],
  ["empty", "A server error without words (503)"],
  ["limit", "Too many calls, wait a minute"],
  ["error:10:2018278", "Outside the window (10/2018278)"],
  ["error:551:1545041", "The user is unavailable (551/1545041)"],
  ["error:190:460", "The token died (190/460)"],
  ["error:1:1357046", "An error, though it was sent (1/1357046)"],
  ["error:2", "Temporary trouble (2)"],
  ["error:100", "A bad parameter (100)"],
];

function Section({ title, note, children }) {
  return html`<section><h3>${title}${note && html`<small>${note}</small>`}</h3>${children}</section>`;
}

function Switch({ on, flip, children }) {
  return html`<label class="switch"><input type="checkbox" role="switch" checked=${on} onChange=${(event) => flip(event.target.checked)} /><i aria-hidden="true"></i><span>${children}</span></label>`;
}

function Asking({ label, button, placeholder, start = "", send, keep = false }) {
  const [text, setText] = useState(start);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!text.trim()) return;
    send(text.trim());
    if (!keep) setText("");
  };
  return html`<form class="asking" onSubmit=${submit}>
    <input type="text" aria-label=${label} placeholder=${placeholder} value=${text} maxlength="200" onInput=${(event) => setText(event.target.value)} />
    <button type="submit" disabled=${!text.trim()}>${button}</button>
  </form>`;
}

function People({ client, state }) {
  return html`<${Section} title="Who you are">
    <div class="people" role="group" aria-label="Users">
      ${state.people.map(
        (one) => html`<button type="button" aria-pressed=${String(one.psid === state.psid)} onClick=${() => client.become(one.psid)}>
          ${one.name}${one.unread > 0 && one.psid !== state.psid && html`<span class="count" aria-label=${`${one.unread} unread`}>${one.unread}</span>`}
        </button>`,
      )}
    </div>
    <${Asking} label="Name of a new user" button="Add" placeholder="Somebody else, by name" send=${(name) => client.join(name)} />
    <${Switch} on=${state.thread.looking} flip=${(on) => client.do("look", { on })}>Looks at the chat, and so reads at once<//>
    <${Asking} label="Ref of an m.me link" button="Come by link" placeholder="ref" start="flyer" keep=${true} send=${(ref) => client.do("arrive", { ref })} />
  <//>`;
}

function Deliveries({ client, switches }) {
  return html`<${Section} title="Deliveries to the webhook" note=${switches.waiting > 0 && `${switches.waiting} waiting`}>
    <div class="deck-of">
      <button type="button" onClick=${() => client.do("redeliver")}>Deliver the last again</button>
      ${switches.holding
        ? html`<button type="button" onClick=${() => client.do("hold", { on: false })}>Let them go</button>
            <button type="button" onClick=${() => client.do("hold", { on: false, reverse: true })}>Let them go, last first</button>`
        : html`<button type="button" onClick=${() => client.do("hold", { on: true })}>Hold back</button>`}
      <button type="button" onClick=${() => client.do("verify")}>Verify the webhook</button>
    </div>
    <label class="choice-row"><span>Each is late by</span>
      <select value=${String(switches.delay)} onChange=${(event) => client.do("delay", { seconds: Number(event.target.value) })}>
        ${DELAYS.map((seconds) => html`<option value=${String(seconds)}>${seconds ? `${seconds} s` : "nothing"}</option>`)}
      </select>
    </label>
  <//>`;
}

function Mishaps({ client, switches }) {
  const [chosen, choose] = useState(MISHAPS[0][0]);
  const arm = () => {
    const [kind, code, subcode] = chosen.split(":");
    client.do("break", { kind, ...(code && { code: Number(code) }), ...(subcode && { subcode: Number(subcode) }) });
  };
  return html`<${Section} title="Trouble with our next message" note=${switches.faults > 0 && `${switches.faults} armed`}>
    <div class="asking">
      <select aria-label="What goes wrong with it" value=${chosen} onChange=${(event) => choose(event.target.value)}>
        ${MISHAPS.map(([value, words]) => html`<option value=${value}>${words}</option>`)}
      </select>
      <button type="button" onClick=${arm}>Arm</button>
    </div>
    ${switches.faults > 0 && html`<button type="button" class="plain" onClick=${() => client.do("mend")}>Disarm</button>`}
  <//>`;
}

function Time({ client, switches }) {
  const move = (/** @type {number} */ hours) => client.do("clock", { hours });
  return html`<${Section} title="The platform's clock" note=${movedWords(switches.moved_hours)}>
    <div class="deck-of">
      <button type="button" onClick=${() => move(-25)}>−25 hours</button>
      <button type="button" onClick=${() => move(25)}>+25 hours</button>
      <button type="button" onClick=${() => move(192)}>+8 days</button>
      ${switches.moved_hours !== 0 && html`<button type="button" onClick=${() => client.do("clock")}>Now</button>`}
    </div>
    <p class="hint">To see what humans may send late: go back 25 hours, write as somebody new, and return to now.</p>
  <//>`;
}

function PageState({ client, page, switches }) {
  return html`<${Section} title="The Page">
    <${Switch} on=${page.token_alive} flip=${(alive) => client.do("token", { alive })}>Its token is alive<//>
    <${Switch} on=${page.blocked} flip=${(on) => client.do("block", { on })}>It is blocked for breaking a policy<//>
    <${Switch} on=${switches.routing} flip=${(on) => client.do("routing", { on })}>Conversation routing is on, our app is the default<//>
  <//>`;
}

const CONTROL = { nobody: "idle", app: "our app has the thread", inbox: "the inbox has the thread", other: "another app has the thread" };

function InboxState({ client, thread }) {
  return html`<${Section} title="The Page's own inbox" note=${CONTROL[thread.control]}>
    <${Asking} label="Answer from the inbox" button="Answer" placeholder="An answer typed there" send=${(text) => client.do("inbox-say", { text })} />
    <div class="deck-of">
      ${thread.control === "inbox"
        ? html`<button type="button" onClick=${() => client.do("inbox-pass")}>Pass the thread back</button>`
        : html`<button type="button" onClick=${() => client.do("inbox-take")}>Take the thread</button>
            <button type="button" onClick=${() => client.do("inbox-ask")}>Ask for the thread</button>`}
    </div>
  <//>`;
}

function Log({ lines }) {
  return html`<section class="log"><h3>What happened<small>newest first</small></h3>
    ${lines.length === 0 && html`<p class="hint">Nothing yet. Write something on the phone.</p>`}
    <ol tabindex="0" aria-label="Calls and deliveries">
      ${lines.map(
        (line) => html`<li key=${line.number} class=${line.fine ? "" : "bad"}>
          <time datetime=${new Date(line.at).toISOString()}>${clockTime(new Date(line.at).toISOString())}</time>
          <span class=${`way ${line.way}`}>${line.way === "in" ? "call" : "webhook"}</span>
          <span class="what">${line.what}</span><b>${line.status}</b>
        </li>`,
      )}
    </ol>
  </section>`;
}

export function Panel({ client }) {
  const state = client.state.value;
  return html`<section class="panel" aria-label="Behind the scenes">
    <header><h2><${Icon} name="sliders" /> Behind the scenes</h2><p class="faint">What Messenger does to your app is decided here.</p></header>
    <div class="columns">
      <div>
        <${People} client=${client} state=${state} />
        <${InboxState} client=${client} thread=${state.thread} />
        <${PageState} client=${client} page=${state.page} switches=${state.switches} />
      </div>
      <div>
        <${Deliveries} client=${client} switches=${state.switches} />
        <${Mishaps} client=${client} switches=${state.switches} />
        <${Time} client=${client} switches=${state.switches} />
      </div>
    </div>
    <${Log} lines=${state.log} />
  </section>`;
}
