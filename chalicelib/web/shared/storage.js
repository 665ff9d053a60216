// What a page keeps in the browser. Storage may throw (private windows, blocked cookies, a full disk): then it is kept in
// memory, and is gone with the page.

/**
 * @param {() => Storage} open gives localStorage or sessionStorage; the access itself may throw
 * @returns {{get(key: string): any, set(key: string, value: any): void, remove(key: string): void}} values are JSON;
 *   `get` answers null for what is not there or not readable
 */
export function storage(open) {
  const memory = new Map();
  const attempt = (/** @type {(place: Storage) => any} */ use) => {
    try {
      return use(open());
    } catch {
      return null;
    }
  };
  return {
    get(key) {
      if (memory.has(key)) return memory.get(key);
      const text = attempt((place) => place.getItem(key));
      try {
        return text === null ? null : JSON.parse(text);
      } catch {
        return null;
      }
    },
    set(key, value) {
      memory.set(key, value);
      attempt((place) => {
        place.setItem(key, JSON.stringify(value));
        memory.delete(key);
      });
    },
    remove(key) {
      memory.delete(key);
      attempt((place) => place.removeItem(key));
    },
  };
}
