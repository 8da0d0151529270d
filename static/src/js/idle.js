// The session ends after <meta name="idle-seconds"> without a sign of life (等保). Typing keeps it alive; two minutes
// before the end the page asks; at the end what was typed is kept on the device, sealed, and comes back after log-in.
import { csrfToken, meta } from "./dom.js";
import { ask } from "./confirm.js";
import { fieldsOf, fill, note } from "./drafts.js";
import * as store from "./store.js";

const LIMIT = Number(meta("idle-seconds")) * 1000;
const WARN_MS = Math.min(120000, LIMIT / 3);
const RENEW_MS = Math.min(300000, LIMIT / 4);
const TICK_MS = Math.min(15000, LIMIT / 10);
// Shared by all tabs, since they share the session.
const SEEN = "idle-seen";

const typedIn = new WeakSet();
let lastActive = 0;
let asking = false;
let gone = false;

const lastSeen = () => Number(localStorage.getItem(SEEN)) || 0;
const seen = () => localStorage.setItem(SEEN, String(Date.now()));

const keptForms = () =>
  [...document.querySelectorAll("form[method=post]")].filter((form) => !form.matches("[data-draft], [data-logout]"));
const nameOf = (form) => `${store.userKey()}:${location.pathname}:${form.getAttribute("action") ?? ""}`;

async function renew() {
  try {
    const answer = await fetch("/account/stay/", {
      method: "POST",
      headers: { "X-CSRFToken": csrfToken() },
      credentials: "same-origin",
    });
    if (answer.status === 204) seen();
    else if (answer.redirected || answer.status === 403) await leave();
  } catch {
    // no network: the session cannot be renewed, and nothing is lost either
  }
}

async function leave() {
  if (gone) return;
  gone = true;
  for (const form of keptForms()) {
    if (typedIn.has(form)) await store.put("idle", nameOf(form), fieldsOf(form));
  }
  location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`);
}

async function warn() {
  if (asking) return;
  asking = true;
  const stays = await ask("快要自动退出了：已经很久没有操作。没保存的内容会留在这台设备上，登录后接着写。", "继续使用");
  asking = false;
  if (stays && !gone) renew();
}

function tick() {
  const idle = Date.now() - lastSeen();
  if (idle >= LIMIT) leave();
  else if (lastActive > lastSeen() && idle > RENEW_MS) renew();
  else if (idle > LIMIT - WARN_MS) warn();
  else if (asking) document.getElementById("confirm-dialog")?.close();
}

async function restore() {
  for (const form of keptForms()) {
    const kept = await store.get("idle", nameOf(form));
    if (!kept) continue;
    store.drop("idle", nameOf(form));
    fill(form, kept.value);
    typedIn.add(form);
    form.prepend(note(`已恢复自动退出前没保存的内容`));
  }
}

if (LIMIT && meta("user-key")) {
  seen();
  restore();
  setInterval(tick, TICK_MS);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && tick());
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && seen());
  for (const type of ["keydown", "pointerdown", "input"]) {
    document.addEventListener(type, () => (lastActive = Date.now()), { passive: true });
  }
  document.addEventListener("input", (event) => event.target.form && typedIn.add(event.target.form));
}
