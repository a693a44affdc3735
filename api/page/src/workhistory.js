/** What was done about a work order, and its photos: fetched when somebody opens it. */

import { ask, askFile } from "./api.js";
import { h, put } from "./dom.js";
import { instant } from "./format.js";
import { say } from "./language.js";
import { meet } from "./refresh.js";
import { timeZone } from "./state.js";

/** @typedef {import("./types.js").WorkOrder} WorkOrder */
/** @typedef {import("./language.js").Sentence} Sentence */
/** @typedef {{version: number, at: string, action: string, who: string}} Change */
/** @typedef {{photo_id: number, who: string, added_at: string, width_px: number, height_px: number}} Photo */

/** @param {WorkOrder} order */
export function drawHistory(order) {
  const body = h("div", {});
  const open = (/** @type {Event} */ event) => {
    if (/** @type {HTMLDetailsElement} */ (event.currentTarget).open) fill(order, body).catch(meet);
  };
  return h("details", { class: "work-history", ontoggle: open },
    h("summary", {}, say("work_history"), h("span", { class: "hidden" }, ` : ${say("work_number", { n: order.work_order_id })}`)), body);
}

/** @param {WorkOrder} order @param {HTMLElement} body */
async function fill(order, body) {
  const path = `work-orders/${order.work_order_id}`;
  if (!body.firstChild) put(body, h("p", { class: "hint" }, say("loading")));
  const [{ items: changes }, { items: photos }] = await Promise.all([ask(`${path}/history`, { limit: 200 }), ask(`${path}/photos`)]);
  const zone = timeZone(order.territory);
  put(body,
    h("ol", {}, ...changes.map((/** @type {Change} */ one) =>
      h("li", { class: "meta" }, say("work_done", { at: instant(one.at, zone), act: say(/** @type {Sentence} */ (`work_act_${one.action}`)), who: one.who })))),
    photos.length > 0 && h("ul", { class: "photos" }, ...photos.map((/** @type {Photo} */ photo) => drawPhoto(path, photo, zone))));
}

/** @param {string} path @param {Photo} photo @param {string} zone */
function drawPhoto(path, photo, zone) {
  const words = say("photo_by", { at: instant(photo.added_at, zone), who: photo.who });
  const image = h("img", { alt: words, width: photo.width_px, height: photo.height_px });
  askFile(`${path}/photos/${photo.photo_id}`).then((file) => {
    image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
    image.src = URL.createObjectURL(file);
  }).catch(meet);
  return h("li", {}, image, h("span", { class: "meta" }, words));
}
