// [data-photos]: photos chosen or taken are shrunk here where the browser can read them, kept sealed on the device with the
// form's client_uuid, and sent after the visit, in parts. Where nothing can be kept they go with the form, as files.
import { all, icon, make, on } from "./dom.js";
import * as store from "./store.js";
import { toast } from "./toasts.js";

const LONGEST_SIDE = 1600;
const THUMB_SIDE = 192;
const MOST = 6;
const MOST_BYTES = 10 * 1024 * 1024;

const uuidOf = (form) => form.elements.client_uuid?.value ?? "";

function drawn(image, side) {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const canvas = make("canvas", { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// What a file is, by its first bytes; browsers cannot read HEIC, the server can.
const starts = (head, ...bytes) => bytes.every((byte, index) => head[index] === byte);
const said = (head, from, to) => String.fromCharCode(...head.slice(from, to));
const HEIC = /^(heic|heix|heim|heis|hevc|hevx|mif1|msf1|avif)$/;
const isHeic = (head) => said(head, 4, 8) === "ftyp" && HEIC.test(said(head, 8, 12));
const isCommon = (head) =>
  starts(head, 0xff, 0xd8, 0xff) || starts(head, 0x89, 0x50, 0x4e, 0x47) || (said(head, 0, 4) === "RIFF" && said(head, 8, 12) === "WEBP");

/** The picture of a file, or null where the browser makes none of it; older ones know no options. */
async function decoded(file) {
  const asked = [{ imageOrientation: "from-image" }, undefined];
  for (const options of asked) {
    try {
      return await createImageBitmap(file, options);
    } catch {
      // no picture, or no such option
    }
  }
  return null;
}

/** A browser that reads no picture at all has the first bytes alone to go by. */
async function isPhoto(file) {
  const head = [...new Uint8Array(await file.slice(0, 12).arrayBuffer())];
  return isHeic(head) || (!("createImageBitmap" in window) && isCommon(head));
}

/** The photo to send and its small picture; what the browser cannot read goes as it is; null where the file is none. */
async function shrunk(file) {
  const image = await decoded(file);
  if (!image) return (await isPhoto(file)) ? { bytes: await file.arrayBuffer(), thumb: "" } : null;
  const blob = await new Promise((resolve) => drawn(image, LONGEST_SIDE).toBlob(resolve, "image/jpeg", 0.82));
  const thumb = drawn(image, THUMB_SIDE).toDataURL("image/jpeg", 0.7);
  image.close();
  return { bytes: await blob.arrayBuffer(), thumb };
}

function newUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function shown({ name, value }, number) {
  const picture = value.thumb
    ? make("img", { src: value.thumb, alt: `照片${number}`, width: 96, height: 96 })
    : make("span", { class: "photo-blank" }, "照片已选");
  const button = make("button", { type: "button", class: "photo-remove", "aria-label": `不要照片${number}` }, icon("x-lg"));
  const item = make("li", {}, picture, button);
  button.addEventListener("click", async () => {
    await store.drop("photo", name);
    item.remove();
  });
  return item;
}

async function showAll(form) {
  const strip = form.querySelector("[data-photo-strip]");
  const photos = await store.list("photo", `${uuidOf(form)}:`);
  strip?.replaceChildren(...photos.map((photo, index) => shown(photo, index + 1)));
  return photos.length;
}

/** Says beside the button, at once, which of the files chosen are left out. */
function tellRefused(input, names) {
  const note = input.closest("[data-photos]").querySelector("[data-photo-note]");
  note.hidden = names.length === 0;
  note.textContent = names.length ? `${names.map((name) => `“${name}”`).join("、")}不是照片，没有放进来。请选照片。` : "";
}

/** Those that go with the form, as files, where nothing can be kept on the device. */
function leaveIn(input, files) {
  if (files.length === 0 || !window.DataTransfer) {
    input.value = "";
    return;
  }
  const kept = new DataTransfer();
  files.forEach((file) => kept.items.add(file));
  input.files = kept.files;
}

async function keepOnDevice(form, { bytes, thumb }) {
  const uuid = newUuid();
  const value = { uuid, visit: uuidOf(form), thumb };
  return store.put("photo", `${store.userKey()}:${value.visit}:${uuid}`, value, { bytes });
}

async function take(input) {
  const { form } = input;
  const files = [...input.files];
  const room = MOST - (await showAll(form));
  if (files.length > room) toast(`一次最多${MOST}张照片`, "warning");
  const refused = [];
  const asFiles = [];
  for (const file of files.slice(0, Math.max(0, room))) {
    const photo = await shrunk(file);
    if (!photo) refused.push(file.name);
    else if (photo.bytes.byteLength > MOST_BYTES) toast("这张照片太大，请用手机裁小一些", "error");
    else if (!(await keepOnDevice(form, photo))) asFiles.push(file);
  }
  // What is on the device, and what is no photo, is not left in the form.
  leaveIn(input, asFiles);
  tellRefused(input, refused);
  showAll(form);
}

on("change", "[data-photos] input[type=file]", (_event, input) => take(input));
on("aixin:restored", "form[data-draft] input[name=client_uuid]", (_event, input) => showAll(input.form));

export function scan(root) {
  all(root, "[data-photos]").forEach((field) => showAll(field.closest("form")));
}

/** Photos of a form that is given up. */
export async function discard(form) {
  const names = await store.names("photo", `${uuidOf(form)}:`);
  await Promise.all(names.map((name) => store.drop("photo", name)));
}

export { newUuid };
