// Left navigation on narrow screens: a drawer behind a button.
import { on, onContent } from "./dom.js";

let opener = null;

function setOpen(open) {
  const drawer = document.getElementById("sidenav");
  if (!drawer) return;
  drawer.classList.toggle("is-open", open);
  document.querySelector(".drawer-backdrop")?.classList.toggle("is-open", open);
  document.querySelectorAll("[data-drawer-open]").forEach((button) => button.setAttribute("aria-expanded", String(open)));
  if (open) drawer.querySelector("[data-drawer-close]")?.focus();
  else opener?.focus();
}

// The entry one is at stands in sight, however far down the list.
onContent(() => {
  const list = document.querySelector(".sidenav > nav");
  const here = list?.querySelector("[aria-current]");
  const hidden = here ? here.offsetTop + 2 * here.offsetHeight - list.offsetTop - list.clientHeight : 0;
  if (hidden > 0) list.scrollTop = hidden;
});

on("click", "[data-drawer-open]", (_event, button) => {
  opener = button;
  setOpen(true);
});
on("click", "[data-drawer-close], .drawer-backdrop", () => setOpen(false));

document.addEventListener("keydown", (event) => {
  const drawer = document.querySelector("#sidenav.is-open");
  if (!drawer) return;
  if (event.key === "Escape") setOpen(false);
  if (event.key !== "Tab") return;
  const stops = [...drawer.querySelectorAll("a, button")].filter((element) => element.offsetParent);
  const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
  if (document.activeElement === edge) {
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
  }
});
