/** Who does a work order and when; that it was begun, or will not be done. */

import { attempt } from "./attempt.js";
import { h } from "./dom.js";
import { localised, say } from "./language.js";
import { refreshNow } from "./refresh.js";
import { timeZone } from "./state.js";
import { aboutOrder, seen, writeOrKeep } from "./workwrite.js";
import { fromLocal, toLocal } from "./zonedtime.js";

/** @typedef {import("./types.js").WorkOrder} WorkOrder */

/** @param {WorkOrder} order */
export function drawPlanning(order) {
  const zone = timeZone(order.territory);
  const result = h("p", { class: "result", role: "alert" });
  const technician = h("input", { autocomplete: "off", maxlength: 100, value: order.technician ?? "" });
  const planned = h("input", { type: "datetime-local", value: order.planned_at ? toLocal(order.planned_at, zone) : "" });
  const write = seen(order);
  const edit = (/** @type {"plan" | "start" | "cancel"} */ act, /** @type {object} */ wanted) => attempt(async () => {
    const path = `work-orders/${order.work_order_id}`;
    const about = aboutOrder(act, order);
    const changed = await write((headers, body) => writeOrKeep({ method: "PATCH", path, body, headers, about }), wanted);
    if (changed) refreshNow();
  }, (faults) => { result.textContent = say("failed", { detail: faults.map((one) => localised(one, "sentence")).join(" ") }); });
  const save = (/** @type {Event} */ event) => {
    event.preventDefault();
    edit("plan", {
      technician: technician.value.trim() || null,
      planned_at: planned.value ? fromLocal(planned.value, zone) : null,
    });
  };
  const start = () => edit("start", { move: "start" });
  const cancel = () => edit("cancel", { move: "cancel" });
  return h("details", { class: "work-plan" },
    h("summary", {}, say("work_plan"), h("span", { class: "hidden" }, ` : ${say("work_number", { n: order.work_order_id })}`)),
    h("form", { onsubmit: save },
      h("div", { class: "work-more" }, h("label", {}, say("work_technician"), technician), h("label", {}, say("work_planned_at"), planned)),
      h("div", { class: "acts" },
        h("button", { type: "submit", class: "main" }, say("verdict_save")),
        order.state !== "started" && h("button", { type: "button", class: "quiet", onclick: start }, say("work_start")),
        h("button", { type: "button", class: "quiet", onclick: cancel }, say("work_cancel"))), result));
}
