// A form that came back: its first complaint is brought into sight and its field gets the focus, whatever frame it is in.
// Every frame says in words at the top what is wrong ([data-problems]); these complaints stand beside their fields.
import { all } from "./dom.js";

const COMPLAINT = ".invalid-feedback, .is-invalid";
const FIELD = "input:not([type=hidden]), select, textarea, button";

function fieldOf(complaint) {
  if (complaint.matches(FIELD)) return complaint;
  const place = complaint.closest(".field, fieldset, [id^=div_id_], td, .mb-3, label") ?? complaint.parentElement;
  const fields = [...place.querySelectorAll(FIELD)].filter((field) => !field.closest("[hidden]"));
  return fields.find((field) => field.checked) ?? fields[0] ?? complaint;
}

function unfold(element) {
  for (let box = element.closest("details:not([open])"); box; box = box.parentElement.closest("details:not([open])")) box.open = true;
}

/** Shows and focuses what is to be put right below `root` first; returns whether there is anything. */
export function showFirst(root) {
  const complaint = root.querySelector(COMPLAINT) ?? root.querySelector(".alert-danger, [data-asks]");
  if (!complaint) return false;
  const field = complaint.matches(COMPLAINT) ? fieldOf(complaint) : complaint;
  if (!field.matches(FIELD)) field.setAttribute("tabindex", "-1");
  unfold(field);
  field.focus({ preventScroll: true });
  (field.closest(".field, fieldset") ?? field).scrollIntoView({ block: "center" });
  return true;
}

// A page that is opened may show old faults (a faulty row of an import): only a refused form is led to.
export function scan(root) {
  if (all(root, "[data-problems]").length) showFirst(document);
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.xhr?.status === 422) showFirst(event.target);
});
