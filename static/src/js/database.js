// Entries by name in IndexedDB, for what localStorage cannot hold: photos, and work that a service worker sends.
// Without IndexedDB (private windows, old browsers) `usable` says no, and the callers use localStorage for text.
let opening;

function database() {
  opening ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open("aixin", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("entries");
      request.onsuccess = () => resolve(request.result);
      request.onerror = request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  return opening;
}

export const usable = async () => Boolean(await database());

/** Runs one request in a transaction of its own; resolves to [its result], or to null when it failed. */
async function run(mode, act) {
  const db = await database();
  if (!db) return null;
  return new Promise((resolve) => {
    try {
      const work = db.transaction("entries", mode);
      const request = act(work.objectStore("entries"));
      work.oncomplete = () => resolve([request.result]);
      work.onerror = work.onabort = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

export const write = async (name, entry) => Boolean(await run("readwrite", (entries) => entries.put(entry, name)));
export const read = async (name) => (await run("readonly", (entries) => entries.get(name)))?.[0];
export const remove = (name) => run("readwrite", (entries) => entries.delete(name));
export const names = async () => (await run("readonly", (entries) => entries.getAllKeys()))?.[0] ?? [];
