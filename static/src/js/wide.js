// A sheet that scrolls sideways in its own frame: data-wide on the frame around a .table-wrap. A bar below says how many
// columns are out of sight and leads to them. The header of a .wide-wrap, as tall as it is, follows the page down.
import { all, on } from "./dom.js";

const seen = new Set();
const SLACK = 4;

function columnsBeyond(wrap) {
  // Merged cells make rows shorter: the one with the most cells tells the columns.
  const rows = [...wrap.querySelectorAll("tr")].map((row) => [...row.children]);
  const cells = rows.reduce((most, row) => (row.length > most.length ? row : most), []);
  const end = wrap.getBoundingClientRect().right + SLACK;
  return cells.filter((cell) => cell.getBoundingClientRect().right > end).length;
}

function tell(frame, wrap) {
  const more = columnsBeyond(wrap);
  const isMoved = wrap.scrollLeft > SLACK;
  frame.classList.toggle("has-more", more > 0);
  frame.classList.toggle("is-moved", isMoved);
  const bar = frame.querySelector("[data-wide-bar]");
  bar.hidden = more === 0 && !isMoved;
  bar.querySelector("[data-wide-more]").textContent = more ? `向右还有 ${more} 列` : "回到最左边";
}

function hold(wrap) {
  const head = wrap.querySelector("thead");
  const box = wrap.getBoundingClientRect();
  const below = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) - 16 || 0;
  const most = wrap.clientHeight - head.offsetHeight * 2;
  const moved = Math.max(0, Math.min(below - box.top, most));
  head.style.transform = moved ? `translateY(${moved}px)` : "";
}

function look(frame) {
  const wrap = frame.querySelector(".table-wrap");
  tell(frame, wrap);
  if (wrap.classList.contains("wide-wrap")) hold(wrap);
}

let waiting = false;
function lookSoon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    seen.forEach((frame) => (frame.isConnected ? look(frame) : seen.delete(frame)));
  });
}

on("click", "[data-wide-go]", (_event, button) => {
  const frame = button.closest("[data-wide]");
  const wrap = frame.querySelector(".table-wrap");
  const step = frame.classList.contains("has-more") ? wrap.clientWidth / 2 : -wrap.scrollLeft;
  wrap.scrollBy({ left: step, behavior: "smooth" });
});

document.addEventListener("scroll", lookSoon, { passive: true, capture: true });
window.addEventListener("resize", lookSoon);

export function scan(root) {
  all(root, "[data-wide]").forEach((frame) => seen.add(frame));
  lookSoon();
}
