import { all, icon, make, on } from "./dom.js";

const ICONS = { success: "check-circle", warning: "exclamation-triangle", error: "exclamation-circle", info: "info-circle" };
const STAY_MS = 8000;

/** Good news goes by itself, unless someone is reading it; warnings and errors stay until closed. */
function autoHide(element) {
  if (!element.matches(".toast-success, .toast-info") || element.dataset.timed) return;
  element.dataset.timed = "1";
  let timer = setTimeout(() => element.remove(), STAY_MS);
  const hold = () => clearTimeout(timer);
  const resume = () => {
    clearTimeout(timer);
    timer = setTimeout(() => element.remove(), STAY_MS / 2);
  };
  element.addEventListener("mouseenter", hold);
  element.addEventListener("focusin", hold);
  element.addEventListener("mouseleave", resume);
  element.addEventListener("focusout", resume);
}

export function toast(text, level = "info") {
  const area = document.getElementById("toasts");
  if (!area) return;
  const close = make("button", { type: "button", class: "toast-close", "aria-label": "关闭提示" }, icon("x-lg"));
  const element = make("div", { class: `toast toast-${level}` }, icon(ICONS[level]), make("p", {}, text), close);
  area.classList.toggle("toasts-over", area.getBoundingClientRect().bottom < 0);
  area.append(element);
  autoHide(element);
}

export function scan(root) {
  all(root, ".toast").forEach(autoHide);
}

on("click", ".toast-close", (_event, button) => button.closest(".toast").remove());
