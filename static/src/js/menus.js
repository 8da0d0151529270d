// <details class="menu"> as a drop-down: one open at a time, kept inside the window, closed by Escape and by a click
// elsewhere; arrow keys walk through its items.
import { on } from "./dom.js";

const GAP = 4;

function place(menu) {
  const panel = menu.querySelector(".menu-panel");
  if (!panel) return;
  panel.classList.add("is-placed");
  const anchor = menu.querySelector("summary").getBoundingClientRect();
  const width = panel.offsetWidth;
  const height = panel.offsetHeight;
  const wanted = menu.classList.contains("chip-menu") || menu.dataset.align === "left" ? anchor.left : anchor.right - width;
  const left = Math.max(8, Math.min(wanted, window.innerWidth - width - 8));
  const below = anchor.bottom + GAP;
  const top = below + height > window.innerHeight - 8 && anchor.top > height + GAP ? anchor.top - height - GAP : below;
  panel.style.left = `${left}px`;
  panel.style.top = `${top}px`;
}

function openMenus() {
  return document.querySelectorAll("details.menu[open]");
}

function close(menu, refocus = false) {
  menu.open = false;
  if (refocus) menu.querySelector("summary").focus();
}

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!(menu instanceof HTMLDetailsElement) || !menu.matches(".menu") || !menu.open) return;
    openMenus().forEach((other) => other !== menu && !other.contains(menu) && close(other));
    place(menu);
  },
  true,
);

// Those that the page came with open.
openMenus().forEach(place);

document.addEventListener("click", (event) => {
  openMenus().forEach((menu) => !menu.contains(event.target) && close(menu));
});

on("focusin", "body", (event) => {
  openMenus().forEach((menu) => !menu.contains(event.target) && close(menu));
});

window.addEventListener("resize", () => openMenus().forEach(place));
document.addEventListener(
  "scroll",
  (event) => {
    openMenus().forEach((menu) => {
      if (!(event.target instanceof Element && menu.contains(event.target))) place(menu);
    });
  },
  { capture: true, passive: true },
);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    event.stopPropagation();
    close(menu, true);
  }
  const items = [...menu.querySelectorAll(".menu-panel .menu-item")];
  if (!items.length || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1;
  const next = items.indexOf(document.activeElement) + step;
  items[(next + items.length) % items.length].focus();
});
