// <button class="copy" data-copy="text" aria-label="复制编号">
import { on } from "./dom.js";
import { toast } from "./toasts.js";

async function write(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy refused");
}

on("click", "[data-copy]", async (_event, button) => {
  try {
    await write(button.dataset.copy);
    button.classList.add("is-done");
    setTimeout(() => button.classList.remove("is-done"), 2000);
    toast("已复制", "success");
  } catch {
    toast("没有复制成功，请选中后按 Ctrl+C", "warning");
  }
});
