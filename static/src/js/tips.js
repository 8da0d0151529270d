// Definitions of figures (.tip): kept inside the window, put away by Escape without moving the pointer.
import { on } from "./dom.js";

function place(tip) {
  const text = tip.querySelector(".tip-text");
  if (!text) return;
  tip.classList.remove("is-dismissed");
  text.classList.add("is-placed");
  const anchor = tip.getBoundingClientRect();
  const width = text.offsetWidth;
  const height = text.offsetHeight;
  const left = Math.max(8, Math.min(anchor.left + anchor.width / 2 - width / 2, window.innerWidth - width - 8));
  const below = anchor.bottom;
  text.style.left = `${left}px`;
  text.style.top = `${below + height > window.innerHeight - 8 ? anchor.top - height : below}px`;
}

on("mouseover", ".tip", (_event, tip) => place(tip));
on("focusin", ".tip", (_event, tip) => place(tip));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll(".tip:hover, .tip:focus").forEach((tip) => tip.classList.add("is-dismissed"));
});
