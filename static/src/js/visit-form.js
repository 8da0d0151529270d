// 记一次: 三项都没有变化 at one tap, a sentence instead of 无变化 where nothing was ever told, the time at one tap; and a form
// that comes from the cache gets an identity and a day of its own.
import { all, meta, on } from "./dom.js";
import { newUuid } from "./photos.js";

on("click", "[data-all-unchanged]", (_event, button) => {
  const boxes = button.form.querySelectorAll(".said-parts input[value=UNCHANGED]");
  boxes.forEach((box) => (box.checked = true));
  boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
});

/** The parts of which nothing was ever told of one of the children ticked. */
function untoldOf(form) {
  const known = JSON.parse(form.querySelector("#untold-parts")?.dataset.json || "{}");
  const ticked = [...form.querySelectorAll("input[name=children]:checked")];
  return new Set(ticked.flatMap((box) => known[box.value] ?? []));
}

function showParts(form) {
  const untold = untoldOf(form);
  for (const part of form.querySelectorAll("[data-part]")) {
    const asks = untold.has(part.dataset.part);
    const words = part.querySelector("[data-untold]");
    part.querySelector("[data-told]").hidden = asks;
    // What was typed stays in sight.
    words.hidden = !asks && !words.querySelector("input").value && !words.querySelector(".invalid-feedback");
    if (asks) part.querySelectorAll("input[type=radio]").forEach((radio) => (radio.checked = false));
  }
  const button = form.querySelector("[data-all-unchanged]");
  if (button) button.hidden = untold.size > 0;
}

on("change", ".visit-form input[name=children]", (_event, box) => showParts(box.form));
// Restored field by field: the last one of a draft leaves it right.
on("aixin:restored", ".visit-form input", (_event, input) => showParts(input.form));

function showMinutes(field) {
  const { value } = field;
  for (const button of field.form.querySelectorAll("[data-minutes]")) {
    button.setAttribute("aria-pressed", String(button.dataset.minutes === value));
  }
}

on("click", "[data-minutes]", (_event, button) => {
  const field = button.form.elements.minutes;
  field.value = field.value === button.dataset.minutes ? "" : button.dataset.minutes;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
on("input", ".visit-form input[name=minutes]", (_event, field) => showMinutes(field));
on("aixin:restored", ".visit-form input[name=minutes]", (_event, field) => showMinutes(field));

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
  all(root, "[data-minute-choices]").forEach((choices) => {
    choices.hidden = false;
    showMinutes(choices.closest("form").elements.minutes);
  });
  all(root, "form.visit-form").forEach((form) => form.querySelector("[data-part]") && showParts(form));
  if (meta("kept-at")) all(root, "form[data-fresh]:not([data-draft-ready])").forEach(renew);
}
