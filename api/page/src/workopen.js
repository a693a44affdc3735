/** Opening a work order from an incident: one click, or what stands already. */

import { change } from "./api.js";
import { attempt } from "./attempt.js";
import { h, put } from "./dom.js";
import { localised, say } from "./language.js";
import { refreshNow } from "./refresh.js";
import { state } from "./state.js";
import { seen } from "./workwrite.js";

/** @typedef {import("./language.js").Sentence} Sentence */

/** @param {number | null} incidentId null: not grouped yet */
export function drawOpening(incidentId) {
  if (!state.canWrite || incidentId === null) return null;
  const place = h("div", { class: "work-open" });
  const result = h("p", { class: "result", role: "status" });
  const write = seen(null);
  const open = () => attempt(async () => {
    const order = await write((headers, body) => change("POST", "work-orders", {}, body, headers), { incident_id: incidentId });
    update(say("work_opened", { n: order.work_order_id }));
    refreshNow();
  }, (faults) => { result.textContent = say("failed", { detail: faults.map((one) => localised(one, "sentence")).join(" ") }); });
  const update = (/** @type {string} */ text) => {
    put(place, result);
    result.textContent = text;
  };
  const standing = state.workOrders?.find((order) => order.incident_id === incidentId);
  if (standing) put(place, h("p", { class: "meta" }, `${say("work_number", { n: standing.work_order_id })} · ${say(/** @type {Sentence} */ (`work_${standing.state}`))}`));
  else put(place, h("button", { type: "button", class: "quiet", onclick: open }, say("work_open_new")), result);
  return place;
}
