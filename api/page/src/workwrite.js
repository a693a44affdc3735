/** Writes of work orders: the version that was seen goes along, and a key, so that one sent twice is done once. */

import { change, ConnectionLost } from "./api.js";
import { h } from "./dom.js";
import { say } from "./language.js";
import { keep, orderOf, waitingFor } from "./queue.js";
import { meet, refreshNow } from "./refresh.js";
import { state } from "./state.js";

/** @typedef {import("./types.js").WorkOrder} WorkOrder */
/** @typedef {Record<string, string>} Headers */

const PLACE = "vigie-who";

/** Give a way to write that keeps its key as long as the same is sent again. @param {WorkOrder | null} order */
export function seen(order) {
  let last = { text: "", key: "" };
  /** @param {(headers: Headers, body: object) => Promise<any>} write @param {object} body */
  return (write, body) => {
    const text = JSON.stringify(body);
    if (text !== last.text) last = { text, key: newKey() };
    return write({ "Idempotency-Key": last.key, ...(order ? { "If-Match": `"${order.version}"` } : {}) }, body);
  };
}

/** Write, or keep it until the server answers: behind what already waits about the same, or until there is a key. Gives null for what is kept.
 * @param {import("./queue.js").Wish} wish @returns {Promise<any>}
 */
export async function writeOrKeep(wish) {
  if (!state.isConnected || waitingFor(orderOf(wish.path)).length > 0) {
    await keep(wish);
    refreshNow();
    return null;
  }
  try {
    return await change(wish.method, wish.path, {}, wish.body, wish.headers);
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error;
    await keep(wish);
    meet(error);
    return null;
  }
}

/** Say what a write is about, for the list of what waits.
 * @param {import("./types.js").About["act"]} act @param {WorkOrder} order @param {string} [verdict] @returns {import("./types.js").About}
 */
export function aboutOrder(act, order, verdict) {
  const name = order.title || order.asset_name || "";
  return { act, number: order.work_order_id, name, territory: order.territory, ...(verdict ? { verdict } : {}) };
}

/** `crypto.randomUUID` is kept from pages without TLS. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

/** Who says it, remembered in this tab. */
export function whoField() {
  const input = h("input", { autocomplete: "name", maxlength: 100, value: sessionStorage.getItem(PLACE) ?? "" });
  const read = () => {
    const who = input.value.trim();
    sessionStorage.setItem(PLACE, who);
    return who ? { who } : {};
  };
  return { element: h("label", {}, say("verdict_who"), input), read };
}
