// Sends what waits on the device, in order; used by pages and by the service worker, so without a document.
// A queue entry is a form ({ key, fields, url, page, label }) or the photos of a visit ({ photos: client_uuid }).
// The server's answer decides: stored → dropped here; refused for good → kept with the reason until she decides;
// anything else (no network, no session, the server is down) → kept, and tried again.
import * as store from "./store.js";

const TIMEOUT_MS = 30000;
const PART_BYTES = 128 * 1024;

export async function post(url, body, csrf) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": csrf },
      credentials: "same-origin",
      signal: abort.signal,
    });
    return { response, html: await response.text() };
  } finally {
    clearTimeout(timer);
  }
}

const decode = (text) =>
  text.replace(/&(amp|lt|gt|quot|#x27|#39);/g, (_all, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name] ?? "'");

/** What a page's head says under a name, once for each time. */
const said = (html, name) =>
  [...html.matchAll(new RegExp(`<meta name="${name}"\\s+content="([^"]*)"`, "g"))].map(([, text]) => decode(text));

export const confirmed = (html, key) => said(html, "draft-saved").includes(key);

const toLogin = (response) => response.redirected && new URL(response.url).pathname.startsWith("/accounts/");
const passing = (status) => status >= 500 || [403, 408, 429].includes(status);

async function sendForm(entry, csrf) {
  const { key, fields, url } = entry.value;
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  body.append("csrfmiddlewaretoken", csrf);
  // Nobody is there to be asked whether a visit that reads like another is one more.
  body.set("queued", "1");
  const { response, html } = await post(url, body, csrf);
  if (confirmed(html, key)) {
    await store.drop("queue", entry.name);
    // The next page finds the draft stored by then and drops it.
    const uuid = fields.find(([name]) => name === "client_uuid")?.[1];
    await store.put("done", entry.name, { key, uuid });
    return { key, uuid, url: response.url };
  }
  if (!toLogin(response) && !passing(response.status)) await refuse(entry, said(html, "draft-refused")[0]);
  return null;
}

function refuse(entry, why) {
  const refused = why || "没有存上，请打开看一下";
  return store.put("queue", entry.name, { ...entry.value, refused }, { at: entry.at });
}

/** Sends one photo in parts from where the server has got to; resolves to "done", "wait", or the reason of a refusal. */
async function sendPhoto(photo, csrf) {
  const url = `/visits/uploads/${photo.value.uuid}/`;
  const asked = await fetch(url, { credentials: "same-origin" });
  if (!asked.ok || asked.redirected) return "wait";
  let { done, offset } = await asked.json();
  // A server that always names the same offset must not keep the phone busy for ever.
  for (let tries = 0; !done && tries < 200; tries += 1) {
    const body = new FormData();
    body.append("visit", photo.value.visit);
    body.append("offset", offset);
    body.append("size", photo.bytes.byteLength);
    body.append("part", new Blob([photo.bytes.slice(offset, offset + PART_BYTES)]), "part");
    const { response, html } = await post(url, body, csrf);
    if (response.status === 422) return JSON.parse(html).refused;
    if (!response.ok || response.redirected) return "wait";
    ({ done, offset } = JSON.parse(html));
  }
  return done ? "done" : "wait";
}

async function sendPhotos(entry, csrf) {
  const start = `${entry.value.photos}:`;
  for (const photo of await store.list("photo", start)) {
    const fate = await sendPhoto(photo, csrf);
    if (fate === "wait") return null;
    if (fate !== "done") {
      await refuse(entry, fate);
      return null;
    }
    await store.drop("photo", photo.name);
  }
  await store.drop("queue", entry.name);
  return { key: "", url: "" };
}

let busy = false;

/** Sends all that can be sent; resolves to what was: [{ key, uuid, url }]. Throws when the network fails. */
async function sendAll(csrf) {
  const sent = [];
  const waiting = (await store.list("queue")).filter((entry) => !entry.value.refused);
  // Photos after every visit: theirs must be there.
  for (const entry of waiting.sort((a, b) => Boolean(a.value.photos) - Boolean(b.value.photos) || a.at - b.at)) {
    const fate = await (entry.value.photos ? sendPhotos : sendForm)(entry, csrf);
    if (fate) sent.push(fate);
  }
  return sent;
}

/** Like `sendAll`, by one page or worker at a time; the others have nothing to do. */
export async function flush(csrf) {
  if (busy) return [];
  busy = true;
  try {
    if (!globalThis.navigator?.locks) return await sendAll(csrf);
    return await navigator.locks.request("aixin-queue", { ifAvailable: true }, (lock) => (lock ? sendAll(csrf) : []));
  } finally {
    busy = false;
  }
}
