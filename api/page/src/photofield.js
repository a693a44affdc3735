/** Photos that go with a closing: taken with the camera or chosen, shown small, each can be taken out again. */

import { h, put } from "./dom.js";
import { count } from "./format.js";
import { say } from "./language.js";
import { NoPhoto, shrink } from "./photo.js";
import { newKey } from "./workwrite.js";

/** A photo keeps its key, so that it is added once however often it is sent. @typedef {{file: Blob, key: string}} Photo */

const MOST = 12;

/** Draw the field; `read` waits for what is still being made smaller. */
export function drawPhotoField() {
  /** @type {Photo[]} */
  let photos = [];
  let work = Promise.resolve();
  const told = h("p", { class: "result", role: "status" });
  const shown = h("ul", { class: "photos" });
  const show = () => put(shown, ...photos.map((photo, index) => preview(photo, index + 1, () => {
    photos = photos.filter((one) => one !== photo);
    show();
  })));
  /** @param {File} file */
  const add = async (file) => {
    if (photos.length >= MOST) return void (told.textContent = say("photo_most", { n: count(MOST) }));
    try {
      photos = [...photos, { file: await shrink(file), key: newKey() }];
      show();
    } catch (error) {
      if (!(error instanceof NoPhoto)) throw error;
      told.textContent = say("photo_unreadable", { name: file.name });
    }
  };
  const take = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.currentTarget);
    const files = [...(input.files ?? [])];
    input.value = ""; // the same one can be chosen again
    told.textContent = "";
    for (const file of files) work = work.then(() => add(file));
  };
  const element = h("div", { class: "photo-field" },
    h("label", {}, say("photo_take"), h("input", { type: "file", accept: "image/*", capture: "environment", onchange: take })),
    h("label", {}, say("photo_choose"), h("input", { type: "file", accept: "image/*", multiple: true, onchange: take })),
    h("p", { class: "hint" }, say("photo_hint")), shown, told);
  const read = async () => {
    await work;
    return photos;
  };
  return { element, read };
}

/** @param {Photo} photo @param {number} number @param {() => void} remove */
function preview(photo, number, remove) {
  const address = URL.createObjectURL(photo.file);
  const image = h("img", { src: address, alt: say("photo_number", { n: number }), onload: () => URL.revokeObjectURL(address) });
  return h("li", {}, image, h("button", { type: "button", class: "quiet", onclick: remove }, say("photo_remove"),
    h("span", { class: "hidden" }, ` ${number}`)));
}
