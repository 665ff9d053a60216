// From what the platform knows to what the phone shows. Pure.

export const REACTIONS = ["❤️", "😆", "😮", "😢", "😠", "👍"];

/** The messages as rows of a thread: days, and bubbles that know whether they begin or end a run by one side and face. */
export function toRows(/** @type {any[]} */ messages) {
  const rows = [];
  messages.forEach((message, index) => {
    const before = messages[index - 1];
    const after = messages[index + 1];
    if (!before || day(before.at) !== day(message.at)) rows.push({ type: "day", key: `day-${message.mid}`, at: message.at });
    const ours = message.side === "user";
    rows.push({ type: "bubble", key: message.mid, message, first: !sameRun(before, message), last: !sameRun(message, after), entry: ours ? { step: "sent" } : null });
  });
  return rows;
}

/** Who a message of the Page says it is by. */
export function faceOf(/** @type {any} */ message, /** @type {string} */ page) {
  return message.persona ? `${message.persona.name} · ${page}` : page;
}

/** "Lamp Shop" → "LS". */
export function initials(/** @type {string} */ name) {
  const letters = name.split(/\s+/).map((word) => [...word][0] ?? "");
  return (letters[0] + (letters.length > 1 ? letters.at(-1) : "")).toUpperCase();
}

/** What a message says, in one line. */
export function gist(/** @type {any} */ content) {
  const kind = (content.attachment ?? content.attachments?.[0])?.type;
  const payload = content.attachment?.payload;
  return content.text ?? payload?.text ?? payload?.elements?.[0]?.title ?? { image: "Picture", sticker: "Sticker", audio: "Audio", video: "Video", file: "File" }[kind] ?? "Message";
}

/** The quick replies that can be taken: those of the last message, when it is the Page's. */
export function quickReplies(/** @type {any[]} */ messages) {
  const last = messages.at(-1);
  return (last?.side === "page" && !last.deleted && last.content.quick_replies) || [];
}

/** The mid of the user's last message that the Page has seen, or "". */
export function lastSeen(/** @type {any[]} */ messages, /** @type {number} */ seenTo) {
  return messages.findLast((message) => message.side === "user" && message.at <= seenTo)?.mid ?? "";
}

export const greetingFor = (/** @type {string} */ greeting, /** @type {string} */ firstName) => greeting.replaceAll("{{user_first_name}}", firstName);

/** How far the platform's clock is from the real one, in words. */
export function movedWords(/** @type {number} */ hours) {
  if (hours === 0) return "as everywhere";
  const days = Math.trunc(Math.abs(hours) / 24);
  const rest = Math.round((Math.abs(hours) % 24) * 10) / 10;
  const parts = [days && `${days} d`, rest && `${rest} h`].filter(Boolean).join(" ");
  return hours > 0 ? `${parts} ahead` : `${parts} behind`;
}

function sameRun(/** @type {any} */ a, /** @type {any} */ b) {
  return Boolean(a && b && a.side === b.side && a.by === b.by && a.persona?.name === b.persona?.name && day(a.at) === day(b.at) && b.at - a.at < 300_000);
}

const day = (/** @type {number} */ at) => new Date(at).toDateString();
