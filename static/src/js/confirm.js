// Asks once before a form with data-confirm="…" (on the form or on the button pressed) is sent, and for hx-confirm.
// data-confirm-label names the button.
import { on, submitForm } from "./dom.js";

const confirmed = new WeakSet();

export function ask(question, label = "确定") {
  const dialog = document.getElementById("confirm-dialog");
  if (!dialog?.showModal) return Promise.resolve(window.confirm(question));
  dialog.querySelector("[data-confirm-text]").textContent = question;
  dialog.querySelector("[data-confirm-yes]").textContent = label;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (confirmed.has(form)) {
      confirmed.delete(form);
      return;
    }
    const source = event.submitter?.dataset.confirm ? event.submitter : form;
    const question = source.dataset.confirm;
    if (!question) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(question.replace("{n}", form.dataset.bulkCount ?? ""), source.dataset.confirmLabel).then((yes) => {
      if (!yes) return;
      confirmed.add(form);
      submitForm(form, event.submitter);
    });
  },
  true,
);

document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  ask(event.detail.question, event.detail.elt.dataset.confirmLabel).then((yes) => {
    if (yes) event.detail.issueRequest(true);
  });
});

on("click", "[data-confirm-yes]", (_event, button) => button.closest("dialog").close("yes"));
on("click", "[data-dialog-close]", (_event, button) => button.closest("dialog").close());
on("click", "[data-dialog-open]", (_event, button) => document.getElementById(button.dataset.dialogOpen)?.showModal());
