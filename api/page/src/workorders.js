/** Work orders that wait, the most severe first: each is planned, started, closed in its own line. */

import { h, put } from "./dom.js";
import { count, instant } from "./format.js";
import { localised, say } from "./language.js";
import { waitingFor } from "./queue.js";
import { sentenceOf } from "./queueview.js";
import { mark, severityName, sortOrders } from "./severity.js";
import { forgetShelf } from "./shelf.js";
import { showAsset, state, timeZone, watch } from "./state.js";
import { drawClosing } from "./workclose.js";
import { drawHistory } from "./workhistory.js";
import { drawPlanning } from "./workplan.js";

/** @typedef {import("./types.js").WorkOrder} WorkOrder */
/** @typedef {import("./language.js").Sentence} Sentence */

const N_SHOWN = 100;

export function drawWorkOrders() {
  const total = h("span", { class: "badge" });
  const list = h("ul", {});
  const empty = h("p", { class: "hint" });
  /** Lines that are drawn, so that a form somebody fills in outlives a refresh. @type {Map<string, HTMLElement>} */
  let drawn = new Map();
  const show = () => {
    const orders = sortOrders(state.workOrders ?? []).slice(0, N_SHOWN);
    const lines = new Map(orders.map((order) => [keyOf(order), drawn.get(keyOf(order)) ?? drawLine(order)]));
    const elements = [...lines.values()];
    const isSame = elements.length === list.children.length && elements.every((one, index) => one === list.children[index]);
    if (!isSame) replaceLines(list, elements);
    drawn = lines;
    total.textContent = state.workOrders === null ? "" : count(state.workOrders.length);
    put(empty, ...tellList());
    empty.hidden = elements.length > 0 && state.away === null;
  };
  watch(["workOrders", "canWrite", "territories", "queue", "away"], show);
  show();
  return h("section", { class: "card work-orders", "aria-labelledby": "work-title" },
    h("div", { class: "card-head" }, h("h2", { id: "work-title" }, say("work_orders")), total), empty, list);
}

/** What is to be said above the lines: nothing yet, none, or since when the list is what it is. */
function tellList() {
  if (state.workOrders === null) return [say("loading")];
  const { away } = state;
  if (away === null) return [say("work_none")];
  const told = h("span", {}, say("work_kept", { at: instant(away.at, timeZone(undefined)) }));
  return [told, " ", h("button", { type: "button", class: "quiet", onclick: forgetShelf }, say("work_forget"))];
}

/** The focus stays where it was, or goes to the line that took the place of its own. @param {HTMLElement} list @param {HTMLElement[]} lines */
function replaceLines(list, lines) {
  const active = /** @type {HTMLElement | null} */ (list.contains(document.activeElement) ? document.activeElement : null);
  const number = /** @type {HTMLElement | null | undefined} */ (active?.closest("[data-order]"))?.dataset.order;
  list.replaceChildren(...lines);
  if (active?.isConnected) active.focus({ preventScroll: true });
  else if (number) lines.find((line) => line.dataset.order === number)?.focus({ preventScroll: true });
}

/** Another key is another drawing. @param {WorkOrder} order */
export const keyOf = (order) => `${order.work_order_id} ${order.version} ${state.canWrite} ${state.away !== null} ${keptFor(order).map((kept) => kept.id)}`;

/** @param {WorkOrder} order */
const keptFor = (order) => waitingFor(`work-orders/${order.work_order_id}`);

/** What it is about, as a person said it or as Vigie did. @param {WorkOrder} order */
export function titleOf(order) {
  return order.title || localised(order, "sentence");
}

/** @param {WorkOrder} order */
function drawLine(order) {
  const zone = timeZone(order.territory);
  const facts = [
    say("work_number", { n: order.work_order_id }), say(/** @type {Sentence} */ (`work_${order.state}`)), order.technician,
    order.planned_at && say("work_planned_for", { at: instant(order.planned_at, zone) }),
  ].filter(Boolean).join(" · ");
  const open = () => showAsset(order.asset_id);
  const kept = keptFor(order);
  const isOver = kept.some(({ about }) => about.act === "close" || about.act === "cancel");
  const asset = order.asset_id && (state.away ? h("p", {}, order.asset_name) : h("button", { type: "button", class: "link", onclick: open }, order.asset_name));
  return h("li", { "data-order": order.work_order_id, tabindex: "-1" },
    h("div", { class: "work-what" }, mark(order.severity),
      h("div", { class: "words" }, h("strong", {}, titleOf(order)),
        h("p", { class: "meta" }, h("b", { class: order.severity }, severityName(order.severity)), ` · ${facts}`),
        order.note && h("p", { class: "meta" }, order.note),
        ...kept.map((one) => h("p", { class: "kept" }, sentenceOf(one), " · ", say("queue_unsent"))), asset)),
    h("div", { class: "work-acts" }, state.canWrite && !isOver && [drawClosing(order), drawPlanning(order)], drawHistory(order)));
}
