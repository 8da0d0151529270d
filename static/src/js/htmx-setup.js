import htmx from "htmx.org";
import { csrfToken } from "./dom.js";
import { toast } from "./toasts.js";

window.htmx = htmx;

// In force before htmx starts at DOMContentLoaded. Nothing inline (the security policy), nothing of a page kept in
// the browser's history store, and a form sent back with 422 is shown.
Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  timeout: 30000,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
});

// A session that has ended answers a fragment with the log-in page: open that instead of swapping it in.
document.addEventListener("htmx:beforeSwap", (event) => {
  const url = event.detail.xhr.responseURL;
  if (url && new URL(url, location.href).pathname.startsWith("/accounts/")) {
    event.detail.shouldSwap = false;
    location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
});

// A refusal that is itself a fragment takes its place on the page.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 429 && event.detail.xhr.getResponseHeader("X-Fragment")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:sendError", () => toast("没有网络，请稍后再试", "error"));
document.addEventListener("htmx:timeout", () => toast("等得太久，请稍后再试", "error"));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 403) toast("您没有这项权限，或登录已过期，请刷新页面", "error");
  else if (status === 404) toast("没有找到，可能已被移走，请刷新页面", "error");
  else if (status === 429) toast("操作太频繁，请稍后再试", "error");
  else toast("系统暂时没有响应，请稍后再试", "error");
});

let pending = 0;

function showProgress(change) {
  pending = Math.max(0, pending + change);
  document.querySelector(".page-progress")?.classList.toggle("is-busy", pending > 0);
}

document.addEventListener("htmx:beforeRequest", () => showProgress(1));
document.addEventListener("htmx:afterRequest", () => showProgress(-1));
