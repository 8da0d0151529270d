// Forms with data-draft="user:key" keep what was typed until the server confirms it:
// the page after success carries <meta name="draft-saved" content="user:key">.
import { all, icon, make, on } from "./dom.js";
import { ask } from "./confirm.js";
import { discard as discardPhotos, newUuid } from "./photos.js";
import * as store from "./store.js";
import { dropPages } from "./worker-client.js";

const SKIP_TYPES = new Set(["file", "password", "submit", "button", "reset", "image"]);
const timers = new WeakMap();

const kept = (element) =>
  element.name && element.name !== "csrfmiddlewaretoken" && !SKIP_TYPES.has(element.type) && !element.disabled;
// Hidden fields are the server's, but for the one that makes a repeated sending harmless.
const restored = (element) => element.type !== "hidden" || element.name === "client_uuid" || "draftKeep" in element.dataset;

export function fieldsOf(form) {
  const fields = [];
  for (const element of form.elements) {
    if (!kept(element)) continue;
    if (element.type === "checkbox" || element.type === "radio") {
      if (element.checked) fields.push([element.name, element.value]);
    } else if (element.type === "select-multiple") {
      for (const option of element.selectedOptions) fields.push([element.name, option.value]);
    } else {
      fields.push([element.name, element.value]);
    }
  }
  return fields;
}

const typed = (form, fields) =>
  JSON.stringify(fields.filter(([name]) => [...form.elements].some((e) => e.name === name && e.type !== "hidden")));

export function fill(form, fields) {
  const values = new Map();
  for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value]);
  for (const element of form.elements) {
    if (!kept(element) || !restored(element)) continue;
    const wanted = values.get(element.name) ?? [];
    if (element.type === "checkbox" || element.type === "radio") {
      element.checked = wanted.includes(element.value);
    } else if (element.type === "select-multiple") {
      for (const option of element.options) option.selected = wanted.includes(option.value);
    } else if (wanted.length) {
      element.value = wanted[0];
    }
    element.dispatchEvent(new Event("aixin:restored", { bubbles: true }));
  }
}

function stateOf(form) {
  return form.querySelector("[data-draft-state]") ?? document.querySelector("[data-draft-state]");
}

export function setState(form, text, kind, iconName) {
  const state = stateOf(form);
  if (!state) return;
  state.classList.toggle("is-saved", kind === "saved");
  state.classList.toggle("is-offline", kind === "offline");
  state.replaceChildren(...(iconName ? [icon(iconName)] : []), text);
}

export async function save(form) {
  clearTimeout(timers.get(form));
  timers.delete(form);
  const done = await store.put("draft", form.dataset.draft, fieldsOf(form));
  if (!done) setState(form, "这台设备存不了草稿", "offline", "exclamation-circle");
  else if (navigator.onLine) setState(form, "草稿已存", "saved", "check-lg");
  else setState(form, "没有网络，草稿已存", "offline", "cloud-slash");
}

export function forget(key) {
  store.drop("draft", key);
}

function time(at) {
  const date = new Date(at);
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getMonth() + 1}月${date.getDate()}日 ${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function note(text, ...rest) {
  const element = make("div", { class: "alert draft-note", role: "status" }, icon("clock-history"));
  element.append(make("div", {}, text), ...rest);
  return element;
}

function showNote(form, at, initial) {
  const discard = make("button", { type: "button", class: "btn btn-sm" }, "丢弃");
  const shown = note(`已恢复未提交的草稿（${time(at)}）`, discard);
  discard.addEventListener("click", () => {
    forget(form.dataset.draft);
    discardPhotos(form);
    fill(form, initial);
    shown.remove();
    setState(form, "", "");
  });
  form.prepend(shown);
}

/** A form that the browser shows again (Back, a kept page) must not give its next work the identity of one that waits. */
async function renewWaiting(form) {
  const field = form.elements.client_uuid;
  if (field && "fresh" in form.dataset && (await store.names("queue", field.value)).length) field.value = newUuid();
}

/** Drafts whose work was sent from the queue, by this page or by the service worker. */
export async function forgetSent() {
  for (const { name, value } of await store.list("done")) {
    const draft = await store.get("draft", value.key);
    if (draft?.value.some(([field, text]) => field === "client_uuid" && text === value.uuid)) forget(value.key);
    await store.drop("done", name);
  }
}

async function restore(form) {
  if (form.dataset.draftReady) return;
  form.dataset.draftReady = "1";
  await forgetSent();
  // A form that came back with errors already holds what was typed.
  if (form.querySelector(".is-invalid, .invalid-feedback, .alert-danger, [data-asks]") || "bound" in form.dataset) return;
  await renewWaiting(form);
  const draft = await store.get("draft", form.dataset.draft);
  const initial = fieldsOf(form);
  if (!draft || typed(form, draft.value) === typed(form, initial)) return;
  fill(form, draft.value);
  showNote(form, draft.at, initial);
  setState(form, "草稿已存", "saved", "check-lg");
}

/** Keys that this page says are safely stored. */
export function confirmedKeys(doc) {
  return [...doc.querySelectorAll('meta[name="draft-saved"]')].map((element) => element.content);
}

export function scan(root) {
  if (root === document) {
    store.dropOld();
    confirmedKeys(document).forEach(forget);
  }
  all(root, "form[data-draft]").forEach(restore);
}

function later(form) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), 300));
}

on("input", "form[data-draft]", (_event, form) => later(form));
on("change", "form[data-draft]", (_event, form) => later(form));
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-draft]")) save(event.target);
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return;
  document.querySelectorAll("form[data-draft]").forEach((form) => timers.has(form) && save(form));
});

// Log-out: what can be read leaves the device; if some work was never sent, ask first.
async function logOut(form) {
  const readable = (await store.readableNames()).filter((name) => name.startsWith("aixin.queue.")).length;
  const unsent = (await store.names("queue")).length;
  if (readable && !(await ask(`还有 ${readable} 条记录没有上传，退出后本机不再保留`, "仍要退出"))) return;
  if (!readable && unsent && !(await ask(`还有 ${unsent} 条记录没有上传，14天内在这部手机上再登录时接着传`, "退出登录"))) return;
  await Promise.all([store.dropReadable(), dropPages()]);
  form.dataset.cleared = "1";
  form.submit();
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches("form[data-logout]") || form.dataset.cleared) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    logOut(form);
  },
  true,
);
