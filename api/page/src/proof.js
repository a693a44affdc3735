/** The proof of a KPI in a dialog: how it was found, out of what, how sure. */

import { h } from "./dom.js";
import { amount, instant, number, percent, period, withheldReason } from "./format.js";
import { localised, say } from "./language.js";
import { timeZone } from "./state.js";

/** @typedef {import("./types.js").Kpi} Kpi */

/** @param {Kpi} kpi */
export function openProof(kpi) {
  const dialog = h("dialog", { class: "proof", "aria-labelledby": "proof-title", onclose: () => dialog.remove() });
  const close = () => dialog.close();
  dialog.append(
    h("div", { class: "dialog-head" },
      h("div", {}, h("p", { class: "over" }, say("proof")), h("h2", { id: "proof-title" }, localised(kpi, "name"))),
      h("button", { type: "button", class: "icon", "aria-label": say("close"), onclick: close }, "✕")),
    headline(kpi),
    h("dl", {}, ...rows(kpi)));
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {Kpi} kpi */
function headline(kpi) {
  if (kpi.value === null) return h("p", { class: "reason" }, withheldReason(kpi.withheld ?? ""));
  return h("p", { class: "headline" }, amount(kpi.value, kpi.unit));
}

/** @param {Kpi} kpi */
function rows(kpi) {
  const zone = timeZone(kpi.territory);
  const range = kpi.low === null || kpi.high === null ? say("unknown")
    : say("interval", { low: number(kpi.low), high: amount(kpi.high, kpi.unit) });
  const inputs = Object.entries(kpi.proof ?? {});
  return [
    ...row(say("range"), range),
    ...row(say("period"), `${period(kpi, zone)} (${clock(kpi.from, zone)} – ${clock(kpi.to, zone)})`),
    ...row(say("completeness"), kpi.completeness === null ? say("unknown") : percent(kpi.completeness)),
    ...row(say("baseline"), kpi.baseline === null ? say("none") : amount(kpi.baseline, kpi.unit)),
    ...row(say("method"), kpi.method),
    ...row(say("method_version"), kpi.method_version),
    ...(inputs.length ? row(say("inputs"), h("ul", { class: "inputs" }, ...inputs.map(input))) : []),
    ...(kpi.inputs_hash ? row(say("inputs_hash"), h("code", {}, kpi.inputs_hash)) : []),
    ...row(say("computed_at"), instant(kpi.computed_at, zone)),
  ];
}

/** @param {string} at @param {string} zone */
function clock(at, zone) {
  return instant(at, zone, { dateStyle: "short", timeStyle: "short" });
}

/** @param {[string, unknown]} entry */
function input([name, value]) {
  const shown = typeof value === "number" ? number(value) : typeof value === "string" ? value : JSON.stringify(value);
  return h("li", {}, h("code", {}, name), ` ${shown}`);
}

/** @param {string} term @param {import("./dom.js").Child} value */
function row(term, value) {
  return [h("dt", {}, term), h("dd", {}, value)];
}
