/** Messages that were refused and are kept, by cause, with a sample of each: what a technician mends first. */

import { h, put } from "./dom.js";
import { count, instant } from "./format.js";
import { localised, say } from "./language.js";
import { state, timeZone, watch } from "./state.js";

/** @typedef {import("./types.js").Cause} Cause */

const LONGEST_SAMPLE = 300;

export function drawRejections() {
  const total = h("span", { class: "badge" });
  const list = h("ul", {});
  const card = h("details", { class: "card fold rejections" }, h("summary", {}, h("h2", {}, say("rejections")), total), list);
  const show = () => {
    const causes = state.causes ?? [];
    card.hidden = causes.length === 0;
    total.textContent = count(causes.reduce((sum, cause) => sum + cause.n_messages, 0));
    put(list, ...causes.map((cause) => h("li", { "data-reason": cause.reason }, ...describe(cause))));
  };
  watch(["causes", "territories"], show);
  show();
  return card;
}

/** @param {Cause} cause */
function describe(cause) {
  const facts = [
    say("rejections_count", { messages: count(cause.n_messages), devices: count(cause.n_devices) }),
    say("rejections_last", { at: instant(cause.last_at, timeZone(cause.territory)) }),
    cause.decoder_version ?? say("unknown"),
    ...(cause.can_be_mended ? [] : [say("rejections_final")]),
  ];
  return [
    h("p", { class: "sentence" }, localised(cause, "sentence")),
    h("p", { class: "meta" }, facts.join(" · ")),
    h("p", { class: "sample" }, h("code", {}, cause.topic), " ", h("code", {}, readable(cause.payload_base64))),
  ];
}

/** Write bytes as text where they are text, else as hexadecimal digits. @param {string} base64 */
export function readable(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const shown = bytes.slice(0, LONGEST_SAMPLE);
  const more = bytes.length > shown.length ? "…" : "";
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(shown, { stream: more !== "" }) + more;
  } catch {
    return [...shown].map((byte) => byte.toString(16).padStart(2, "0")).join(" ") + more;
  }
}
