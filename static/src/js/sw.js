// The service worker. It keeps two things: the shell (styles, script, icons, a page without names), by version; and the
// pages of the signed-in volunteer that the server names, readable, in a cache that bears her key. Those are removed at
// log-out, when another user logs in, and at the first contact at which the server says that the session is over;
// none is shown that is older than a week. `self.AIXIN` is put before this text by the server.
import { flush } from "./sending.js";
import * as store from "./store.js";

const { version, shell, offline } = self.AIXIN;
const SHELL = `aixin-shell-${version}`;
const PAGES = "aixin-pages-";
const SESSION = "/offline/session/";
const KEPT_AT = "X-Kept-At";
const PATIENCE_MS = 8000;
const FRESH_MS = 12 * 3600 * 1000;
const ASK_MS = 60 * 1000;
const LONGEST_MS = 7 * 24 * 3600 * 1000;

const shellPaths = new Set(shell);

// Without cookies: the shell outlives the log-out, so it must know nobody, and no key.
const withoutUser = (url) => new Request(url, { credentials: "omit" });

self.addEventListener("install", (event) => {
  const filled = caches.open(SHELL).then((cache) => cache.addAll(shell.map(withoutUser)));
  event.waitUntil(filled.then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith("aixin-shell-") && name !== SHELL))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

const pageCaches = async () => (await caches.keys()).filter((name) => name.startsWith(PAGES));
const dropPages = async () => Promise.all((await pageCaches()).map((name) => caches.delete(name)));
const ageOf = (response) => Date.now() - Number(response?.headers.get(KEPT_AT));

async function keep(cache, url, response) {
  const html = await response.text();
  const now = String(Date.now());
  const marked = html.replace("<head>", `<head><meta name="kept-at" content="${now}">`);
  const headers = { "Content-Type": "text/html; charset=utf-8", [KEPT_AT]: now };
  const policy = response.headers.get("Content-Security-Policy");
  if (policy) headers["Content-Security-Policy"] = policy;
  await cache.put(url, new Response(marked, { headers }));
}

/** Refreshes a page that is kept, when its owner opens it. */
async function keepAgain(request, response) {
  const [name] = await pageCaches();
  if (!name || !(await (await caches.open(name)).match(request.url))) return;
  const html = await response.clone().text();
  if (html.includes(`content="${name.slice(PAGES.length)}"`)) await keep(await caches.open(name), request.url, response);
}

async function kept(url) {
  for (const name of await pageCaches()) {
    const found = await (await caches.open(name)).match(url);
    if (found && ageOf(found) < LONGEST_MS) return found;
  }
  return null;
}

const soon = (promise) =>
  new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    setTimeout(() => reject(new Error("slow")), PATIENCE_MS);
  });

async function page(event) {
  const { request } = event;
  const fromNetwork = fetch(request);
  try {
    const response = await ((await kept(request.url)) ? soon(fromNetwork) : fromNetwork);
    if (response.ok && new URL(request.url).pathname.startsWith("/accounts/")) event.waitUntil(dropPages());
    else if (response.ok) event.waitUntil(keepAgain(request, response.clone()));
    return response;
  } catch {
    return (await kept(request.url)) ?? (await caches.match(offline)) ?? Response.error();
  }
}

const fromShell = async (request) => (await (await caches.open(SHELL)).match(request)) ?? fetch(request);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (shellPaths.has(url.pathname)) event.respondWith(fromShell(request));
});

/** Asks whose session this is: null when the network does not say, false when there is none any more. */
async function session() {
  try {
    const response = await fetch(SESSION, { credentials: "same-origin" });
    if (response.status >= 500 || response.status === 429) return null;
    return response.ok && !response.redirected ? await response.json() : false;
  } catch {
    return null;
  }
}

async function refresh() {
  const [name] = await pageCaches();
  const cache = name && (await caches.open(name));
  if (cache && ageOf(await cache.match(SESSION)) < ASK_MS) return;
  const now = await session();
  if (now === false) await dropPages();
  if (now) await keepPages(now);
}

async function keepPages({ user, pages }) {
  const others = (await pageCaches()).filter((name) => name !== PAGES + user);
  await Promise.all(others.map((name) => caches.delete(name)));
  const cache = await caches.open(PAGES + user);
  await cache.put(SESSION, new Response("", { headers: { [KEPT_AT]: String(Date.now()) } }));
  const wanted = new Set([SESSION, ...pages].map((path) => new URL(path, self.location.origin).href));
  for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
  for (const path of pages) {
    if (ageOf(await cache.match(path)) < FRESH_MS) continue;
    const response = await fetch(path, { credentials: "same-origin" });
    if (response.redirected) return dropPages();
    // A log-out meanwhile has removed the cache: writing to it would reach nothing that is found again.
    if (response.ok) await keep(cache, path, response);
  }
}

self.addEventListener("message", (event) => {
  if (event.data === "refresh") event.waitUntil(refresh().catch(() => {}));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "aixin-queue") event.waitUntil(sendWaiting());
});

async function sendWaiting() {
  const now = await session();
  if (now === null) throw new Error("no network yet");
  if (!now) return dropPages();
  store.signIn(now.user, now.key);
  const sent = await flush(now.csrf);
  for (const client of await self.clients.matchAll()) client.postMessage({ sent });
}
