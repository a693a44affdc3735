/** Writes of work orders: the version that was seen goes along, and a key, so that one sent twice is done once. */

import { h } from "./dom.js";
import { say } from "./language.js";

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

/** `crypto.randomUUID` is kept from pages without TLS. */
function newKey() {
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
