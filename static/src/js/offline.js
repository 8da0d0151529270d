// Forms with data-offline-queue (and data-draft, and a hidden client_uuid): sent by fetch, so that a dead network loses
// nothing. What could not be sent waits on the device and is sent again when there is a network; the server knows a
// repeated client_uuid and stores it once. [data-queue-status] says how many are waiting.
import { csrfToken, meta } from "./dom.js";
import { confirmedKeys, fieldsOf, forget, save, setState } from "./drafts.js";
import { setBusy } from "./guard.js";
import * as store from "./store.js";
import { toast } from "./toasts.js";

const TIMEOUT_MS = 30000;

async function post(url, body) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": csrfToken() },
      credentials: "same-origin",
      signal: abort.signal,
    });
    const html = await response.text();
    return { response, doc: new DOMParser().parseFromString(html, "text/html") };
  } finally {
    clearTimeout(timer);
  }
}

let swapped = false;

// The page that Back leads to was replaced, not kept: fetch it again.
window.addEventListener("popstate", () => swapped && location.reload());

function showPage(doc, url) {
  document.title = doc.title;
  document.body.className = doc.body.className;
  document.body.replaceChildren(...doc.body.childNodes);
  for (const name of ["csrf-token", "draft-key", "user-key"]) {
    const fresh = doc.querySelector(`meta[name="${name}"]`)?.content;
    const held = document.querySelector(`meta[name="${name}"]`);
    if (fresh && held) held.content = fresh;
  }
  if (url !== location.href) {
    history.pushState({ aixin: true }, "", url);
    swapped = true;
  }
  window.scrollTo(0, 0);
  window.htmx?.process(document.body);
  document.dispatchEvent(new CustomEvent("aixin:content"));
  document.body.dispatchEvent(new CustomEvent("aixin:content", { bubbles: true }));
  const main = document.querySelector(".is-invalid, .alert-danger, main");
  main?.setAttribute("tabindex", main.getAttribute("tabindex") ?? "-1");
  main?.focus();
}

const queueName = (key, fields) => {
  const uuid = fields.find(([name]) => name === "client_uuid")?.[1];
  return `${key.split(":")[0]}:${uuid ?? key}`;
};

async function keep(form) {
  const fields = fieldsOf(form);
  const key = form.dataset.draft;
  await save(form);
  const kept = await store.put("queue", queueName(key, fields), { key, fields, url: form.action, page: location.href });
  if (!kept) {
    toast("没有网络，这台设备也存不下，请不要关闭此页", "error");
    return;
  }
  const photos = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
  setState(form, "没有网络，草稿已存", "offline", "cloud-slash");
  toast(`没有网络，已存在本机，有网络时自动上传${photos ? "；照片请到时重新选" : ""}`, "warning");
  showStatus();
}

function refuse(status) {
  if (status === 413) toast("照片太大，请少选几张再试", "error");
  else if (status === 403) toast("登录状态有变，请刷新页面后再保存，草稿还在", "error");
  else toast("系统暂时没有响应，草稿还在，请稍后再试", "error");
}

async function send(form) {
  const key = form.dataset.draft;
  const fields = fieldsOf(form);
  setBusy(form, true);
  let answer;
  try {
    // Disabled buttons are not collected; their values do not matter here.
    answer = await post(form.action, new FormData(form));
  } catch {
    await keep(form);
    return;
  } finally {
    setBusy(form, false);
  }
  const { response, doc } = answer;
  if (response.status >= 400 && response.status !== 422) {
    refuse(response.status);
  } else if (confirmedKeys(doc).includes(key)) {
    forget(key);
    store.drop("queue", queueName(key, fields));
    showPage(doc, response.url);
  } else if (response.redirected) {
    location.assign(response.url); // the log-in page, most likely; the draft waits
  } else {
    showPage(doc, location.href);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-offline-queue][data-draft]")) return;
  event.preventDefault();
  send(form);
});

async function showStatus() {
  const waiting = await store.list("queue");
  const stuck = waiting.find((entry) => entry.value.refused);
  for (const element of document.querySelectorAll("[data-queue-status]")) {
    element.hidden = waiting.length === 0;
    const text = element.querySelector("[data-queue-text]") ?? element;
    text.textContent = stuck
      ? "有 1 条没有存上，请打开看一下"
      : `${waiting.length} 条未上传，有网络时自动上传`;
    if (stuck && element.href !== undefined) element.href = stuck.value.page;
  }
}

async function resend(entry) {
  const { key, fields, url } = entry.value;
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  body.append("csrfmiddlewaretoken", csrfToken());
  const { response, doc } = await post(url, body);
  if (confirmedKeys(doc).includes(key)) {
    store.drop("queue", entry.name);
    forget(key);
    return response.url;
  }
  const toLogin = response.redirected && new URL(response.url).pathname.startsWith("/accounts/");
  const passing = response.status >= 500 || [403, 408, 429].includes(response.status);
  if (!toLogin && !passing) {
    await store.put("queue", entry.name, { ...entry.value, refused: true });
  }
  return null;
}

let flushing = false;

async function flush() {
  if (flushing || !meta("user-key") || !navigator.onLine) return;
  flushing = true;
  let sent = 0;
  let openForm = null;
  try {
    for (const entry of await store.list("queue")) {
      if (entry.value.refused) continue;
      const url = await resend(entry);
      if (!url) continue;
      sent += 1;
      const form = [...document.querySelectorAll("form[data-draft]")].find((f) => f.dataset.draft === entry.value.key);
      if (form) openForm = url;
    }
  } catch {
    // still no network; the next page or the next 'online' tries again
  } finally {
    flushing = false;
  }
  if (sent) toast(`已补传 ${sent} 条记录`, "success");
  if (openForm) location.assign(openForm);
  else showStatus();
}

function online() {
  document.querySelectorAll("[data-net-state]").forEach((element) => (element.hidden = navigator.onLine));
  if (navigator.onLine) flush();
}

window.addEventListener("online", online);
window.addEventListener("offline", online);
window.addEventListener("pageshow", () => {
  online();
  showStatus();
});
document.addEventListener("aixin:content", showStatus);
