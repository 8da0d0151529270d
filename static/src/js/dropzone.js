// <label class="dropzone"> around a file input: shows the chosen file's name and size, takes dropped files.
import { all, on } from "./dom.js";

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function show(zone) {
  const input = zone.querySelector("input[type=file]");
  const title = zone.querySelector("[data-dropzone-title]");
  if (!input || !title) return;
  title.dataset.empty ??= title.textContent;
  const files = [...input.files];
  zone.classList.toggle("has-file", files.length > 0);
  if (files.length === 1) title.textContent = `${files[0].name}（${size(files[0].size)}）`;
  else title.textContent = files.length ? `已选 ${files.length} 个文件` : title.dataset.empty;
}

export function scan(root) {
  all(root, ".dropzone").forEach(show);
}

on("change", ".dropzone input[type=file]", (_event, input) => show(input.closest(".dropzone")));
for (const type of ["dragenter", "dragover"]) {
  on(type, ".dropzone", (_event, zone) => zone.classList.add("is-over"));
}
for (const type of ["dragleave", "drop"]) {
  on(type, ".dropzone", (_event, zone) => zone.classList.remove("is-over"));
}
