// Volunteers' phones keep the frame of the pages and her children's pages (sw.js). Here: the worker is registered, is told
// to look whether the session still holds, and what it keeps is removed as soon as another user or nobody is logged in.
import { meta } from "./dom.js";

const PAGES = "aixin-pages-";

/** Removes the readable pages of everybody but `user`. */
export async function dropPages(user = "") {
  if (!("caches" in window)) return;
  const others = (await caches.keys()).filter((name) => name.startsWith(PAGES) && name !== PAGES + user);
  await Promise.all(others.map((name) => caches.delete(name)));
}

async function start() {
  // The page that stands in for missing ones knows no user, and a page from the cache knows no better.
  if (document.querySelector("[data-no-network]") || meta("kept-at")) return;
  const user = meta("user-key");
  await dropPages(user);
  if (!user || !document.body.matches(".is-phone") || !navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register("/sw.js");
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage("refresh");
  } catch {
    // without a worker everything works, only not without a network
  }
}

window.addEventListener("load", start);
