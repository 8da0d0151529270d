// Forms with data-offline-queue (and data-draft, and a hidden client_uuid): sent by fetch, so that a dead network loses
// nothing. What could not be sent waits on the device and is sent again when there is a network; the server knows a
// repeated client_uuid and stores it once. [data-queue-status] says how many are waiting.
import { csrfToken, make, meta } from "./dom.js";
import { fieldsOf, forget, forgetSent, save, setState } from "./drafts.js";
import { setBusy } from "./guard.js";
import { keptNote } from "./kept.js";
import { showFirst } from "./problems.js";
import { confirmed, flush as sendWaiting, post } from "./sending.js";
import * as store from "./store.js";
import { toast } from "./toasts.js";

export const UNSENT = "/visits/unsent/";

let swapped = false;

// The page that Back leads to was replaced, not kept: fetch it again.
window.addEventListener("popstate", () => swapped && location.reload());

function showPage(html, url, isRefused = false) {
  const doc = new DOMParser().parseFromString(html, "text/html");
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
  if (isRefused && showFirst(document)) return;
  const main = document.querySelector("main");
  main?.setAttribute("tabindex", main.getAttribute("tabindex") ?? "-1");
  main?.focus();
}

const uuidOf = (fields) => fields.find(([name]) => name === "client_uuid")?.[1];
const queueName = (key, fields) => `${key.split(":")[0]}:${uuidOf(fields) ?? key}`;
const photosName = (uuid) => `${store.userKey()}:${uuid}:photos`;

/** What is said of an entry on the page of what waits. */
function labelOf(form) {
  const children = [...form.querySelectorAll("input[name=children]:checked")].map((box) => box.closest("label")?.textContent.trim());
  return [form.dataset.queueLabel ?? "记录", ...children].join(" ");
}

function showKept(form, key) {
  const lost = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
  const note = keptNote({ key, again: form.dataset.again, lost });
  (form.closest("[data-kept-place]") ?? form).replaceWith(note);
  note.focus();
  note.scrollIntoView({ block: "center" });
}

/** Stores what could not be sent, and puts a note in the place of the form: nothing is left that could be sent twice. */
async function keep(form) {
  const fields = fieldsOf(form);
  const key = form.dataset.draft;
  await save(form);
  const entry = { key, fields, url: form.action, page: location.href, label: labelOf(form) };
  if (!(await store.put("queue", queueName(key, fields), entry))) {
    toast("没有网络，这台设备也存不下，请不要关闭此页", "error");
    return;
  }
  forget(key);
  setState(form, "", "");
  showKept(form, key);
  askForSync();
  showStatus();
}

/** Where the browser can, it wakes the service worker when the network is back, though no page is open. */
async function askForSync() {
  try {
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.sync?.register("aixin-queue");
  } catch {
    // not allowed here: the next page sends it
  }
}

function refuse(status) {
  if (status === 413) toast("照片太大，请少选几张再试", "error");
  else if (status === 403) toast("登录状态有变，请刷新页面后再保存，草稿还在", "error");
  else toast("系统暂时没有响应，草稿还在，请稍后再试", "error");
}

/** Photos on the device go after their visit, by the queue. */
async function queuePhotos(form) {
  const uuid = uuidOf(fieldsOf(form));
  const waiting = uuid ? await store.names("photo", `${uuid}:`) : [];
  if (waiting.length) await store.put("queue", photosName(uuid), { photos: uuid, label: `${labelOf(form)} 的照片` });
  return uuid;
}

async function send(form) {
  const key = form.dataset.draft;
  const fields = fieldsOf(form);
  setBusy(form, true);
  let answer;
  let uuid;
  try {
    uuid = await queuePhotos(form);
    // Disabled buttons are not collected; their values do not matter here.
    answer = await post(form.action, new FormData(form), csrfToken());
  } catch {
    await keep(form);
    return;
  } finally {
    setBusy(form, false);
  }
  const { response, html } = answer;
  if (response.status >= 400 && response.status !== 422) {
    refuse(response.status);
  } else if (confirmed(html, key)) {
    forget(key);
    await store.drop("queue", queueName(key, fields));
    showPage(html, response.url);
    flush();
  } else if (response.redirected) {
    location.assign(response.url); // the log-in page, most likely; the draft waits
  } else {
    await store.drop("queue", photosName(uuid));
    showPage(html, location.href, true);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-offline-queue][data-draft]")) return;
  event.preventDefault();
  send(form);
});

export async function showStatus() {
  const elements = document.querySelectorAll("[data-queue-status]");
  const waiting = elements.length ? await store.list("queue") : [];
  const stuck = waiting.filter((entry) => entry.value.refused).length;
  for (const element of elements) {
    element.hidden = waiting.length === 0;
    const text = element.querySelector("[data-queue-text]") ?? element;
    text.textContent = `未同步 ${waiting.length} 条，${stuck ? `其中 ${stuck} 条要您看一下` : "有网络时自动上传"}`;
    if (element.href !== undefined) element.href = UNSENT;
  }
}

/** Whether this page still shows what was sent: the note that it waits, or its very form; not the next form of that child. */
const isShown = ({ key, uuid }) =>
  [...document.querySelectorAll("[data-draft], [data-kept]")].some(
    (place) => place.dataset.kept === key || (place.dataset.draft === key && place.elements.client_uuid?.value === uuid),
  );

export async function flush() {
  if (!meta("user-key") || !navigator.onLine) return;
  let sent = [];
  try {
    sent = await sendWaiting(csrfToken());
  } catch {
    // still no network; the next page or the next 'online' tries again
  }
  await tellSent(sent);
}

/** What this page or the service worker has just sent. */
async function tellSent(sent) {
  await forgetSent();
  const forms = sent.filter(({ key }) => key);
  if (forms.length) toast(`已补传 ${forms.length} 条记录`, "success");
  else if (sent.length) toast("照片已上传", "success");
  const open = forms.find(isShown);
  if (open) location.assign(open.url);
  else showStatus();
  document.dispatchEvent(new CustomEvent("aixin:sent"));
}

navigator.serviceWorker?.addEventListener("message", ({ data }) => data.sent && tellSent(data.sent));

function showNetState() {
  const kept = Number(meta("kept-at"));
  document.querySelectorAll("[data-net-state]").forEach((element) => {
    element.hidden = navigator.onLine && !kept;
    if (!kept) return;
    const at = new Date(kept);
    const time = `${at.getMonth() + 1}月${at.getDate()}日 ${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
    element.replaceChildren(make("span", {}, `没有网络，这是${time}存下的内容`));
  });
}

function online() {
  showNetState();
  if (navigator.onLine) flush();
}

window.addEventListener("online", online);
window.addEventListener("offline", online);
window.addEventListener("pageshow", () => {
  online();
  showStatus();
});
document.addEventListener("aixin:content", () => {
  showNetState();
  showStatus();
});
