// The way to /signin on the pages where agents give a token; loaded by them when nobody is signed in.
import { html, useEffect, useState } from "../vendor/preact.js";
import { makeApi } from "../shared/api.js";
import { target } from "./flow.js";

/** A button, where an issuer is set up. It leads back to what the page shows. */
export function Offer() {
  const [offered, setOffered] = useState(false);
  useEffect(() => {
    makeApi("api", { token: () => null })("GET", "signin").then(
      ({ provider }) => setOffered(provider !== null),
      () => setOffered(true), // the page says what is wrong
    );
  }, []);
  const go = () => {
    const page = location.pathname.split("/").pop() ?? "";
    const here = target(`${page}${location.hash}`, target(page)); // nothing else of the address, which may hold a token
    location.assign(`signin?to=${encodeURIComponent(here)}`);
  };
  return offered && html`<button type="button" class="primary" onClick=${go}>Sign in with your account</button>`;
}
