// Line icons on a 24-unit grid, drawn for this project; they take the colour of their text and are hidden from screen readers.
import { html } from "../vendor/preact.js";

/** @type {Record<string, string>} */
const PATHS = {
  alert: "M12 8v5m0 3.2v.1M10.6 4.3 2.9 17.6A1.6 1.6 0 0 0 4.3 20h15.4a1.6 1.6 0 0 0 1.4-2.4L13.4 4.3a1.6 1.6 0 0 0-2.8 0Z",
  bot: "M5 9.5h14v9.5H5zM12 9V5.4m0 0v-.1M9.2 13.5v1.5m5.6-1.5v1.5M2.8 13v3m18.4-3v3",
  clock: "M12 7v5l3.3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  close: "m6 6 12 12M18 6 6 18",
  down: "M12 5v14m6-6-6 6-6-6",
  file: "M13.5 3H6v18h12V7.5zm0 0v4.5H18",
  human: "M12 11.5a3.8 3.8 0 1 0 0-7.5 3.8 3.8 0 0 0 0 7.5ZM4.8 20c.6-3.4 3.5-5.5 7.2-5.5s6.6 2.1 7.2 5.5",
  link: "M10 14 20 4m-6 0h6v6M18 14.5V20H4V6h5.5",
  pin: "M12 21s6.5-6 6.5-11a6.5 6.5 0 0 0-13 0c0 5 6.5 11 6.5 11Zm0-8.7a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6Z",
  send: "M12 19V5m-6 6 6-6 6 6",
};

/** Make more icons known, by name: a page brings those that only it needs. */
export const addIcons = (/** @type {Record<string, string>} */ paths) => Object.assign(PATHS, paths);

/** @param {{name: string}} props */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}
