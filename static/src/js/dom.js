// Small helpers that the modules share.

/** Calls `scan` with the document now and with every fragment that arrives later. */
export function onContent(scan) {
  const run = () => scan(document);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", run);
  else run();
  document.addEventListener("htmx:afterSettle", (event) => scan(event.target));
  document.addEventListener("aixin:content", (event) => scan(event.target));
}

/** Listens on the document for `type` events at or below elements matching `selector`. */
export function on(type, selector, handler, options) {
  document.addEventListener(
    type,
    (event) => {
      const element = event.target instanceof Element ? event.target.closest(selector) : null;
      if (element) handler(event, element);
    },
    options,
  );
}

/** `root` itself, if it matches, and everything below it that does. */
export function all(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  return root instanceof Element && root.matches(selector) ? [root, ...found] : found;
}

export function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.content ?? "";
}

export function csrfToken() {
  return meta("csrf-token") || document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
}

/** An icon of the sprite, as `{% icon %}` renders it. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${meta("icons-url")}#${name}`);
  svg.append(use);
  return svg;
}

/** Creates an element: `make("p", { class: "hint" }, "text", child)`. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function submitForm(form, submitter) {
  if (form.requestSubmit) {
    form.requestSubmit(submitter?.form === form ? submitter : undefined);
    return;
  }
  const button = submitter ?? form.querySelector("button:not([type=button]), input[type=submit]");
  if (button) button.click();
  else form.submit();
}
