// "/" goes to the search field; filters marked data-autosubmit send themselves; rows with data-href open on a click.
import { on, submitForm } from "./dom.js";

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
  const field = document.querySelector("[data-search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

on("change", "[data-autosubmit]", (_event, element) => submitForm(element.form ?? element));
// Whoever goes back sees a choice that fits the page, not the one by which she left it.
addEventListener("pageshow", () => {
  for (const option of document.querySelectorAll("select[data-autosubmit] option")) option.selected = option.defaultSelected;
});

on("click", "tr[data-href]", (event, row) => {
  if (event.target.closest("a, button, input, label, summary, select, .menu-panel") || getSelection().toString()) return;
  if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
});

on("click", "[data-print]", () => window.print());
// On paper nobody can unfold a folded table.
const FOLDED = "main details.chart-table:not([open])";
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll(FOLDED)) {
    folded.open = true;
    folded.dataset.unfolded = "1";
  }
});
addEventListener("afterprint", () => {
  for (const unfolded of document.querySelectorAll("details[data-unfolded]")) {
    unfolded.open = false;
    delete unfolded.dataset.unfolded;
  }
});
on("click", "[data-back]", (event) => {
  if (history.length > 1 && document.referrer.startsWith(location.origin)) {
    event.preventDefault();
    history.back();
  }
});
