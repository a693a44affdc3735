/** Work orders of one asset, those that are done too: fetched when somebody opens the list. */

import { ask } from "./api.js";
import { h, put } from "./dom.js";
import { say } from "./language.js";
import { meet } from "./refresh.js";
import { drawHistory } from "./workhistory.js";
import { titleOf } from "./workorders.js";

/** @typedef {import("./types.js").WorkOrder} WorkOrder */
/** @typedef {import("./language.js").Sentence} Sentence */

const N_SHOWN = 20;

/** @param {import("./types.js").Asset} asset */
export function drawAssetOrders(asset) {
  const list = h("ul", {});
  const open = (/** @type {Event} */ event) => {
    if (/** @type {HTMLDetailsElement} */ (event.currentTarget).open && !list.firstChild) fill(asset.asset_id, list).catch(meet);
  };
  return h("details", { class: "asset-orders", ontoggle: open }, h("summary", {}, say("work_of_asset")), list);
}

/** @param {number} assetId @param {HTMLElement} list */
async function fill(assetId, list) {
  const { items } = await ask("work-orders", { asset_id: assetId, state: "all", limit: N_SHOWN });
  put(list, ...items.map(drawOrder), items.length === 0 && h("li", { class: "hint" }, say("work_none_ever")));
}

/** @param {WorkOrder} order */
function drawOrder(order) {
  const facts = [say("work_number", { n: order.work_order_id }), say(/** @type {Sentence} */ (`work_${order.state}`)), order.technician];
  return h("li", {}, h("strong", {}, titleOf(order)), h("p", { class: "meta" }, facts.filter(Boolean).join(" · ")), drawHistory(order));
}
