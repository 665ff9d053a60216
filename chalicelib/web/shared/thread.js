// The scrolling log of a conversation: stays at the newest message while the reader is there, stays put while they read
// older ones, and speaks only what is added at its end.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { Icon } from "./icon.js";

const NEAR_PX = 60;

/**
 * @param {{label: string, rows: {key: string}[], draw: (row: any) => any, older?: boolean, onOlder?: () => void,
 *   ready: boolean, foot?: any}} props a last row whose entry has a `step` was just
 *   written here, and is gone to; `ready`: what was there before has been drawn, so additions may be spoken
 */
export function Thread({ label, rows, draw, older = false, onOlder, ready, foot }) {
  const region = useRef(/** @type {HTMLElement | null} */ (null));
  const drawn = useRef({ top: "", bottom: "", height: 0, at: 0, atEnd: true });
  const [missed, setMissed] = useState(false);
  const [speaking, setSpeaking] = useState(false);
  const top = rows.find((row) => row.type !== "day")?.key ?? "";
  const bottom = rows.at(-1)?.key ?? "";
  const ours = Boolean(rows.at(-1)?.entry?.step);
  const prepending = drawn.current.top !== "" && drawn.current.top !== top && drawn.current.bottom === bottom;

  // The reader may have scrolled up since the last scroll event: a browser tells of it a frame later.
  const follows = (/** @type {HTMLElement} */ place) => drawn.current.atEnd && (place.scrollTop >= drawn.current.at - 2 || nearEnd(place));

  const toEnd = () => {
    const place = region.current;
    if (!place) return;
    drawn.current.atEnd = true;
    place.scrollTop = place.scrollHeight;
    drawn.current.at = place.scrollTop;
    setMissed(false);
  };

  useLayoutEffect(() => {
    const place = region.current;
    if (!place) return;
    const was = drawn.current;
    const following = follows(place) || (was.bottom !== bottom && ours);
    if (following) toEnd();
    else if (prepending) place.scrollTop += place.scrollHeight - was.height;
    else if (was.bottom !== bottom && was.bottom) setMissed(true);
    drawn.current = { top, bottom, height: place.scrollHeight, at: place.scrollTop, atEnd: following };
  });

  // Live only from the frame after the history is in the page: a screen reader reads what changes while it is live.
  useEffect(() => {
    if (!ready) return undefined;
    const frame = requestAnimationFrame(() => setSpeaking(true));
    return () => cancelAnimationFrame(frame);
  }, [ready]);

  useEffect(() => {
    const observer = new ResizeObserver(() => {
      const place = region.current;
      if (!place || !follows(place)) return;
      place.scrollTop = place.scrollHeight;
      drawn.current.at = place.scrollTop;
    });
    if (region.current) observer.observe(region.current);
    return () => observer.disconnect();
  }, []);

  const onScroll = () => {
    const place = region.current;
    if (!place) return;
    drawn.current.atEnd = nearEnd(place);
    drawn.current.height = place.scrollHeight;
    drawn.current.at = place.scrollTop;
    if (drawn.current.atEnd) setMissed(false);
    if (place.scrollTop < NEAR_PX * 3 && older) onOlder?.();
  };

  return html`<div class="thread-frame">
    <div class="thread" ref=${region} role="log" tabindex="0" aria-label=${label} aria-live=${speaking && !prepending ? "polite" : "off"}
      onScroll=${onScroll}>
      ${older && html`<button type="button" class="older quiet" onClick=${onOlder}>Show older messages</button>`}
      <ol class="rows">${rows.map(draw)}</ol>
      ${foot}
    </div>
    ${missed && html`<button type="button" class="to-end" onClick=${toEnd}><${Icon} name="down" /> New messages</button>`}
  </div>`;
}

function nearEnd(/** @type {HTMLElement} */ place) {
  return place.scrollHeight - place.scrollTop - place.clientHeight < NEAR_PX;
}
