// Unsent work on the device. Entries are named `aixin.<kind>.<user>:<rest>`: drafts in localStorage, which is there at
// once while a page goes away; what waits to be sent and photos in IndexedDB, or in localStorage (text only) without it.
// With the user's own key (32 bytes, base64, given only after log-in) and WebCrypto, entries are AES-GCM ciphertext and
// may outlive a log-out; otherwise they are readable and are removed at log-out. Nothing is kept longer than 14 days.
import * as database from "./database.js";

const PREFIX = "aixin.";
const KEEP_MS = 14 * 24 * 3600 * 1000;
const IN_DATABASE = new Set(["queue", "photo", "done"]);
const local = typeof localStorage === "undefined" ? null : localStorage;

const toBase64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const pageMeta = (name) => (typeof document === "undefined" ? "" : (document.querySelector(`meta[name="${name}"]`)?.content ?? ""));

let signedIn = null;
let held = null;
let closed = false;

/** A service worker has no page to read user and key from. */
export function signIn(user, key) {
  signedIn = { user, key };
}

export const userKey = () => signedIn?.user ?? pageMeta("user-key");

function key() {
  const raw = signedIn?.key ?? pageMeta("draft-key");
  if (!raw || !globalThis.crypto?.subtle) return Promise.resolve(null);
  if (held?.raw !== raw) {
    const imported = crypto.subtle.importKey("raw", fromBase64(raw), "AES-GCM", false, ["encrypt", "decrypt"]);
    held = { raw, imported };
  }
  return held.imported;
}

async function seal(secret, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, secret, bytes) };
}

const unseal = (secret, { iv, sealed }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, secret, sealed);

/** What is stored: sealed where there is a key. `bytes` (an ArrayBuffer) is kept beside the value. */
async function entryOf(value, bytes, at) {
  const secret = await key();
  if (!secret) return closed ? null : { at, value, bytes };
  const entry = { at, ...(await seal(secret, new TextEncoder().encode(JSON.stringify(value)))) };
  if (bytes) entry.more = await seal(secret, bytes);
  return entry;
}

function writeLocal(name, entry) {
  const text = entry.sealed ? { at: entry.at, iv: toBase64(entry.iv), sealed: toBase64(entry.sealed) } : entry;
  try {
    local.setItem(name, JSON.stringify(text));
    return true;
  } catch {
    return false;
  }
}

function readLocal(name) {
  try {
    const entry = JSON.parse(local?.getItem(name) ?? "null");
    return entry?.sealed ? { ...entry, iv: fromBase64(entry.iv), sealed: fromBase64(entry.sealed) } : entry;
  } catch {
    return null;
  }
}

/** False when nothing could be stored (private mode, full). */
export async function put(kind, name, value, { bytes, at = Date.now() } = {}) {
  const entry = await entryOf(value, bytes, at);
  if (!entry) return false;
  const full = `${PREFIX}${kind}.${name}`;
  if (IN_DATABASE.has(kind) && (await database.write(full, entry))) return true;
  return !bytes && local !== null && writeLocal(full, entry);
}

async function open(entry) {
  try {
    if (!(Date.now() - entry.at <= KEEP_MS)) return null;
    if (!entry.sealed) return { at: entry.at, value: entry.value, bytes: entry.bytes };
    const secret = await key();
    if (!secret) return null;
    const value = JSON.parse(new TextDecoder().decode(await unseal(secret, entry)));
    return { at: entry.at, value, bytes: entry.more && (await unseal(secret, entry.more)) };
  } catch {
    return null; // another user's, or damaged
  }
}

const raw = async (kind, full) => (IN_DATABASE.has(kind) && (await database.read(full))) || readLocal(full);

export async function get(kind, name) {
  const entry = await raw(kind, `${PREFIX}${kind}.${name}`);
  return entry ? open(entry) : null;
}

export async function drop(kind, name) {
  const full = `${PREFIX}${kind}.${name}`;
  local?.removeItem(full);
  if (IN_DATABASE.has(kind)) await database.remove(full);
}

const localNames = () => Object.keys(local ?? {}).filter((name) => name.startsWith(PREFIX));

/** Names of the signed-in user's entries of a kind whose rest begins with `rest`, without opening them. */
export async function names(kind, rest = "") {
  const start = `${PREFIX}${kind}.${userKey()}:${rest}`;
  const all = new Set([...localNames(), ...(IN_DATABASE.has(kind) ? await database.names() : [])]);
  return [...all].filter((name) => name.startsWith(start)).map((name) => name.slice(PREFIX.length + kind.length + 1));
}

/** The signed-in user's entries of a kind, oldest first: [{ name, at, value, bytes }]. */
export async function list(kind, rest = "") {
  const found = await Promise.all((await names(kind, rest)).map(async (name) => ({ name, ...(await get(kind, name)) })));
  return found.filter((entry) => entry.value).sort((a, b) => a.at - b.at);
}

async function everything() {
  const inDatabase = (await database.names()).filter((name) => name.startsWith(PREFIX));
  const rows = await Promise.all(inDatabase.map(async (name) => [name, await database.read(name)]));
  return [...localNames().map((name) => [name, readLocal(name)]), ...rows];
}

async function remove(name) {
  local?.removeItem(name);
  await database.remove(name);
}

export async function readableNames() {
  return (await everything()).filter(([, entry]) => !entry?.sealed).map(([name]) => name);
}

/** What leaves the device at log-out: everything that can be read without a key. */
export async function dropReadable() {
  closed = true; // a form that saves itself while the page goes away must not bring it back
  await Promise.all((await readableNames()).map(remove));
}

export async function dropOld() {
  const old = (await everything()).filter(([, entry]) => !(Date.now() - (entry?.at ?? 0) <= KEEP_MS));
  await Promise.all(old.map(([name]) => remove(name)));
}
