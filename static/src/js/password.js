// The eye in a password field: <button type="button" data-password="id_password" aria-pressed="false">
import { on } from "./dom.js";

on("click", "[data-password]", (_event, button) => {
  const field = document.getElementById(button.dataset.password);
  const show = field.type === "password";
  field.type = show ? "text" : "password";
  button.setAttribute("aria-pressed", String(show));
  const use = button.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, show ? "#eye" : "#eye-slash"));
});
