/** The work order that waits for an asset among what to repair first: said under its line, and closed there. */

import { h, put } from "./dom.js";
import { say } from "./language.js";
import { waitingFor } from "./queue.js";
import { state } from "./state.js";
import { drawClosing } from "./workclose.js";
import { keyOf } from "./workorders.js";

/** @typedef {import("./types.js").MaintenanceLine} Line */
/** @typedef {import("./types.js").WorkOrder} WorkOrder */
/** @typedef {import("./language.js").Sentence} Sentence */

/** `show` takes up what became of the order; a form that somebody fills in stays as long as the order does. @param {Line} line */
export function drawRankOrder(line) {
  const element = h("div", { class: "rank-order" });
  let drawn = "none";
  const show = () => {
    const order = orderOf(line);
    const key = order ? keyOf(order) : "";
    if (key === drawn) return;
    drawn = key;
    const hadFocus = element.contains(document.activeElement);
    element.hidden = order === null;
    put(element, ...(order ? describe(order) : []));
    if (hadFocus) element.closest("li")?.querySelector("summary")?.focus({ preventScroll: true });
  };
  show();
  return { element, show };
}

/** Of the incident first: the asset may have others. @param {Line} line */
function orderOf(line) {
  const orders = state.workOrders ?? [];
  return orders.find((one) => line.incident_id !== null && one.incident_id === line.incident_id)
    ?? orders.find((one) => one.asset_id === line.asset_id) ?? null;
}

/** @param {WorkOrder} order */
function describe(order) {
  const isSaid = waitingFor(`work-orders/${order.work_order_id}`).length > 0;
  const standing = say(isSaid ? "queue_unsent" : /** @type {Sentence} */ (`work_${order.state}`));
  return [
    h("p", { class: "meta" }, [say("work_number", { n: order.work_order_id }), standing, order.technician].filter(Boolean).join(" · ")),
    state.canWrite && !isSaid && h("div", { class: "work-acts" }, drawClosing(order)),
  ];
}
