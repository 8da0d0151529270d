// A table that fits lets the page scroll under its sticky header; one that is too wide scrolls in its own frame.
import { all } from "./dom.js";

function measure(wrap) {
  const table = wrap.querySelector("table");
  if (!table) return;
  const fits = table.scrollWidth <= wrap.clientWidth + 1;
  wrap.classList.toggle("fits", fits);
  if (fits) wrap.removeAttribute("tabindex");
  else wrap.setAttribute("tabindex", "0");
}

const observer = new ResizeObserver((entries) => entries.forEach((entry) => measure(entry.target)));

export function scan(root) {
  all(root, ".table-wrap").forEach((wrap) => {
    measure(wrap);
    observer.observe(wrap);
  });
}
