// Ticked rows and the bar that acts on them. The bar is a form (data-bulk, hidden, with an id); the checkboxes belong to
// it through form="its-id"; data-bulk-all="its-id" marks the one in the head. data-bulk-total offers "all n found".
import { on } from "./dom.js";

function boxes(form) {
  return [...form.elements].filter((element) => element.matches("input[type=checkbox][name]"));
}

function refresh(form) {
  const rows = boxes(form);
  const ticked = rows.filter((box) => box.checked);
  const everything = form.elements.select_all;
  if (everything && ticked.length < rows.length) everything.value = "";
  const total = Number(form.dataset.bulkTotal ?? 0);
  const count = everything?.value ? total : ticked.length;
  form.hidden = ticked.length === 0;
  form.dataset.bulkCount = String(count);
  const label = form.querySelector("[data-bulk-label]");
  if (label) label.textContent = `已选 ${count} 条`;
  const more = form.querySelector("[data-bulk-more]");
  if (more) {
    more.hidden = !(ticked.length === rows.length && total > rows.length && !everything?.value);
    more.textContent = `选中全部 ${total} 条`;
  }
  for (const box of rows) box.closest("tr")?.classList.toggle("is-ticked", box.checked);
  const head = document.querySelector(`[data-bulk-all="${form.id}"]`);
  if (head) {
    head.checked = rows.length > 0 && ticked.length === rows.length;
    head.indeterminate = ticked.length > 0 && ticked.length < rows.length;
  }
}

on("change", "[data-bulk-all]", (_event, head) => {
  const form = document.getElementById(head.dataset.bulkAll);
  boxes(form).forEach((box) => (box.checked = head.checked));
  refresh(form);
});

on("change", "input[type=checkbox][form]", (_event, box) => {
  if (box.form?.matches("[data-bulk]")) refresh(box.form);
});

on("click", "[data-bulk-more]", (_event, button) => {
  button.form.elements.select_all.value = "1";
  refresh(button.form);
});

on("click", "[data-bulk-clear]", (_event, button) => {
  boxes(button.form).forEach((box) => (box.checked = false));
  refresh(button.form);
});

window.addEventListener("pageshow", () => document.querySelectorAll("form[data-bulk]").forEach(refresh));
document.addEventListener("htmx:afterSettle", () => document.querySelectorAll("form[data-bulk]").forEach(refresh));
