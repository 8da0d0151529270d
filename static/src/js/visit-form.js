// 记一次: 三项都没有变化 at one tap; and a form that comes from the cache gets an identity and a day of its own.
import { all, meta, on } from "./dom.js";
import { newUuid } from "./photos.js";

on("click", "[data-all-unchanged]", (_event, button) => {
  const boxes = button.form.querySelectorAll(".said-parts input[value=UNCHANGED]");
  boxes.forEach((box) => (box.checked = true));
  boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
});

function today() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** The kept page was made for another day and may be used more than once. */
function renew(form) {
  form.elements.client_uuid.value = newUuid();
  const day = form.elements.date;
  if (!day) return;
  if (day.value === day.dataset.today) day.value = today();
  day.max = day.dataset.today = today();
}

export function scan(root) {
  all(root, "[data-all-unchanged]").forEach((button) => (button.hidden = false));
  if (meta("kept-at")) all(root, "form[data-fresh]:not([data-draft-ready])").forEach(renew);
}
