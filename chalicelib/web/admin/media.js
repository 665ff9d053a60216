// Pictures and files of a session, fetched from our own server with the agent's credential: no page asks a strange host.
import { ApiError } from "../shared/api.js";

const TIMEOUT_MS = 30_000;

/**
 * @param {string} address @param {string | null} token @param {AbortSignal} [signal]
 * @returns {Promise<Blob>} rejects with an ApiError only
 */
export async function fetchBytes(address, token, signal) {
  let response;
  let blob;
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const ends = AbortSignal.timeout(TIMEOUT_MS);
    response = await fetch(address, { headers, credentials: "omit", signal: signal ? AbortSignal.any([signal, ends]) : ends });
    blob = await response.blob();
  } catch {
    throw new ApiError(0, "NoAnswer", "The server could not be reached.");
  }
  if (!response.ok) throw new ApiError(response.status, "MediaRefused", "It cannot be shown here.");
  return blob;
}

/** Whether the bytes are what the content says, so that nothing else gets into the page. */
export const fits = (/** @type {string} */ kind, /** @type {string} */ type) => kind === "file" || type.startsWith(`${kind}/`);

/** A name for a file that is saved, from the end of its address. */
export function fileName(/** @type {string} */ url) {
  try {
    return decodeURIComponent(new URL(url).pathname.split("/").pop() ?? "") || "file";
  } catch {
    return "file";
  }
}

/** Hand the bytes to the browser's downloads; they are never opened as a page of ours. */
export function save(/** @type {Blob} */ blob, /** @type {string} */ name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), TIMEOUT_MS);
}
