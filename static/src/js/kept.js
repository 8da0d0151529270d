// What stands in the place of a form whose content now waits on this phone.
import { icon, make } from "./dom.js";

/** `key` is the form's; `again` names the way to an empty one; `lost` says that photos could not be kept with it. */
export function keptNote({ key, again, lost }) {
  const said = make("div", {}, make("strong", {}, "已存在手机里，有网会自动送出"), make("p", {}, "不用再写一遍，关了页面也在。"));
  if (lost) said.append(make("p", {}, "照片没有存下，有网后请在走访记录里补上。"));
  const waiting = make("a", { class: "row-card", "data-queue-status": "", hidden: "" });
  waiting.append(icon("cloud-slash"), make("span", { "data-queue-text": "" }), icon("chevron-right"));
  const acts = make("div", { class: "btn-pair" });
  if (again) acts.append(make("a", { class: "btn btn-lg", href: location.href }, icon("pencil-square"), again));
  acts.append(make("a", { class: "btn btn-lg", href: "/" }, icon("house"), "回首页"));
  const note = make("section", { class: "card-box kept-note", role: "status", tabindex: "-1", "data-kept": key });
  note.append(make("div", { class: "alert alert-success" }, icon("check-circle"), said), waiting, acts);
  return note;
}
