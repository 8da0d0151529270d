// Rows of a form set. data-formset="prefix" on the table, data-formset-blank="prefix" on the template of a row (outside
// the form), data-formset-add="prefix" on the hidden button that adds one; [data-formset-number] shows a row's number.
import { on } from "./dom.js";

const NAMED = ["name", "id", "for", "aria-describedby"];

function blankRow(prefix, number) {
  const blank = document.querySelector(`[data-formset-blank="${prefix}"]`);
  const row = blank.content.firstElementChild.cloneNode(true);
  for (const element of row.querySelectorAll("*")) {
    for (const name of NAMED) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace("__prefix__", String(number)));
    }
  }
  const shown = row.querySelector("[data-formset-number]");
  if (shown) shown.textContent = String(number + 1);
  return row;
}

on("click", "[data-formset-add]", (_event, button) => {
  const prefix = button.dataset.formsetAdd;
  const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
  const most = Number(document.getElementById(`id_${prefix}-MAX_NUM_FORMS`).value);
  const number = Number(total.value);
  if (number >= most) return;
  const row = blankRow(prefix, number);
  document.querySelector(`[data-formset="${prefix}"] tbody`).append(row);
  total.value = String(number + 1);
  row.querySelector("input, select").focus();
});

export function scan(root) {
  for (const button of root.querySelectorAll("[data-formset-add]")) button.hidden = false;
}
