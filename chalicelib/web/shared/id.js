/** A fresh id for something this page sends, so that sending it again is recognised: 22 characters of `[A-Za-z0-9_-]`. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
