// A form is sent once: its buttons go quiet until the page changes, comes back or the request ends.
// Forms that answer with a file carry data-no-guard.
const busy = new WeakSet();

function buttons(form) {
  return [...form.elements].filter((element) => element.matches("button:not([type=button]), input[type=submit]"));
}

export function setBusy(form, on) {
  if (on) busy.add(form);
  else busy.delete(form);
  form.toggleAttribute("aria-busy", on);
  for (const button of buttons(form)) {
    if (on && !button.disabled) {
      button.dataset.guarded = "1";
      button.disabled = true;
    } else if (!on && button.dataset.guarded) {
      delete button.dataset.guarded;
      button.disabled = false;
    }
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (busy.has(form)) {
    event.preventDefault();
    return;
  }
  if (event.defaultPrevented || form.method === "dialog" || form.target === "_blank" || "noGuard" in form.dataset) return;
  busy.add(form);
  // After the browser has collected the fields, so that the pressed button's value is sent too.
  setTimeout(() => busy.has(form) && setBusy(form, true));
});

window.addEventListener("pageshow", () => {
  for (const form of document.forms) setBusy(form, false);
});
