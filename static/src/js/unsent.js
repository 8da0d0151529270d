// [data-unsent]: what waits on this phone. Each can be opened, sent again or given up; nothing goes by itself.
import { ask } from "./confirm.js";
import { all, make, meta, on } from "./dom.js";
import { forget } from "./drafts.js";
import { flush } from "./offline.js";
import * as store from "./store.js";
import { toast } from "./toasts.js";

const textOf = (fields) =>
  ["seen", "done", "next_step", "text"].map((name) => fields?.find(([found]) => found === name)?.[1]).filter(Boolean).join("；");

const identity = (fields) => fields?.find(([name]) => name === "client_uuid")?.[1];

function when(at) {
  const date = new Date(at);
  return `${date.getMonth() + 1}月${date.getDate()}日 ${date.getHours()}:${String(date.getMinutes()).padStart(2, "0")}`;
}

async function giveUp(entry) {
  if (!(await ask("删除后找不回来，要删除吗", "删除"))) return;
  const { photos, key, fields } = entry.value;
  const uuid = photos ?? identity(fields);
  for (const name of await store.names("photo", `${uuid}:`)) await store.drop("photo", name);
  await store.drop("queue", entry.name);
  await store.drop("queue", `${store.userKey()}:${uuid}:photos`);
  if (key) forget(key);
  show();
}

async function again(entry) {
  await store.put("queue", entry.name, { ...entry.value, refused: undefined }, { at: entry.at });
  if (navigator.onLine) await flush();
  else toast("还没有网络，有网络时自动上传", "warning");
  show();
}

/** Opens the form with what was written; it goes out of the queue when the server has it. */
async function mend(entry) {
  const { key, fields, page } = entry.value;
  const other = await store.get("draft", key);
  if (other && identity(other.value) !== identity(fields) && !(await ask("这个孩子还有一份没写完的，打开会换掉那一份", "打开"))) return;
  await store.put("draft", key, fields);
  location.assign(page);
}

const button = (label, act, kind = "btn") => {
  const made = make("button", { type: "button", class: kind }, label);
  made.addEventListener("click", act);
  return made;
};

function card(entry) {
  const { label, refused, page, fields } = entry.value;
  const row = make("section", { class: "card-box unsent" }, make("h2", {}, label), make("p", { class: "muted" }, `${when(entry.at)} 写的`));
  const text = textOf(fields);
  if (text) row.append(make("p", {}, text));
  if (refused) row.append(make("div", { class: "alert alert-warning", role: "status" }, make("div", {}, `没有存上：${refused}`)));
  const acts = make("div", { class: "btn-row" });
  if (refused && page) acts.append(button("打开修改", () => mend(entry), "btn btn-primary"));
  if (refused) acts.append(button("再传一次", () => again(entry)));
  acts.append(button("删除", () => giveUp(entry)));
  row.append(acts);
  return row;
}

async function show() {
  const area = document.querySelector("[data-unsent]");
  if (!area) return;
  const waiting = await store.list("queue");
  area.replaceChildren(...waiting.map(card));
  document.querySelector("[data-unsent-empty]").hidden = waiting.length > 0;
  document.querySelector("[data-unsent-send]").hidden = !waiting.some((entry) => !entry.value.refused);
}

on("click", "[data-unsent-send]", async () => {
  if (!navigator.onLine || !meta("user-key")) toast("还没有网络，有网络时自动上传", "warning");
  else await flush();
  show();
});
document.addEventListener("aixin:sent", show);

export function scan(root) {
  if (all(root, "[data-unsent]").length) show();
}
