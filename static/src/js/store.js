// Unsent work in localStorage. Entries are named `aixin.<kind>.<user>:<rest>`.
// When the page carries <meta name="draft-key"> (32 bytes, base64, the user's own, given only after log-in) and the
// browser has WebCrypto, entries are AES-GCM ciphertext and may outlive a log-out; otherwise they are readable and are
// removed at log-out. Either way nothing is kept longer than 14 days.
import { meta } from "./dom.js";

const PREFIX = "aixin.";
const KEEP_MS = 14 * 24 * 3600 * 1000;

const toBase64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

let cryptoKey;
let closed = false;

function key() {
  const raw = meta("draft-key");
  if (!raw || !window.crypto?.subtle) return Promise.resolve(null);
  cryptoKey ??= crypto.subtle.importKey("raw", fromBase64(raw), "AES-GCM", false, ["encrypt", "decrypt"]);
  return cryptoKey;
}

export const userKey = () => meta("user-key");

/** False when nothing could be stored (private mode, full). */
export async function put(kind, name, value) {
  const entry = { at: Date.now() };
  const secret = await key();
  if (secret) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, secret, new TextEncoder().encode(JSON.stringify(value)));
    entry.iv = toBase64(iv);
    entry.sealed = toBase64(data);
  } else {
    if (closed) return false;
    entry.value = value;
  }
  try {
    localStorage.setItem(`${PREFIX}${kind}.${name}`, JSON.stringify(entry));
    return true;
  } catch {
    return false;
  }
}

async function open(raw) {
  try {
    const entry = JSON.parse(raw);
    if (Date.now() - entry.at > KEEP_MS) return null;
    if (!entry.sealed) return { at: entry.at, value: entry.value };
    const secret = await key();
    if (!secret) return null;
    const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: fromBase64(entry.iv) }, secret, fromBase64(entry.sealed));
    return { at: entry.at, value: JSON.parse(new TextDecoder().decode(data)) };
  } catch {
    return null; // another user's, or damaged
  }
}

export async function get(kind, name) {
  const raw = localStorage.getItem(`${PREFIX}${kind}.${name}`);
  return raw ? open(raw) : null;
}

export function drop(kind, name) {
  localStorage.removeItem(`${PREFIX}${kind}.${name}`);
}

function names() {
  return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
}

/** The signed-in user's entries of a kind, oldest first: [{ name, at, value }]. */
export async function list(kind) {
  const start = `${PREFIX}${kind}.${userKey()}:`;
  const found = await Promise.all(
    names()
      .filter((name) => name.startsWith(start))
      .map(async (name) => ({ name: name.slice(PREFIX.length + kind.length + 1), ...(await open(localStorage.getItem(name))) })),
  );
  return found.filter((entry) => entry.value).sort((a, b) => a.at - b.at);
}

function parsed(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return {};
  }
}

export function readableNames() {
  return names().filter((name) => !parsed(name)?.sealed);
}

/** What leaves the device at log-out: everything that can be read without a key. */
export function dropReadable() {
  closed = true; // a form that saves itself while the page goes away must not bring it back
  readableNames().forEach((name) => localStorage.removeItem(name));
}

export function dropOld() {
  names()
    .filter((name) => !(Date.now() - (parsed(name)?.at ?? 0) <= KEEP_MS))
    .forEach((name) => localStorage.removeItem(name));
}
