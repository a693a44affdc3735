/** The proof of a KPI in a dialog: how it was found, out of what, how sure. */

import { h, scrollable } from "./dom.js";
import { figure, instant, kpiAmount, number, percent, period, withheldReason } from "./format.js";
import { localised, say } from "./language.js";
import { timeZone } from "./state.js";

/** @typedef {import("./types.js").Kpi} Kpi */

/** @type {Record<string, import("./language.js").Sentence>} */
const CAUSES = {
  "late data": "cause_late_data", "corrected data": "cause_corrected_data", "reference data": "cause_reference_data",
  "method version": "cause_method_version",
};

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
  return h("p", { class: "headline" }, kpiAmount(kpi.value, kpi.unit));
}

/** @param {Kpi} kpi */
function rows(kpi) {
  const zone = timeZone(kpi.territory);
  const range = kpi.low === null || kpi.high === null ? say("unknown")
    : say("interval", { low: figure(kpi.low, kpi.unit).digits, high: kpiAmount(kpi.high, kpi.unit) });
  const inputs = Object.entries(kpi.proof ?? {});
  return [
    ...row(say("range"), range),
    ...row(say("period"), `${period(kpi, zone)} (${clock(kpi.from, zone)} – ${clock(kpi.to, zone)})`),
    ...row(say("completeness"), kpi.completeness === null ? say("unknown") : percent(kpi.completeness)),
    ...row(say("baseline"), kpi.baseline === null ? say("none") : kpiAmount(kpi.baseline, kpi.unit)),
    ...row(say("method"), kpi.method),
    ...row(say("method_version"), kpi.method_version),
    ...(inputs.length ? row(say("inputs"), h("ul", { class: "inputs" }, ...inputs.map(input))) : []),
    ...(kpi.inputs_hash ? row(say("inputs_hash"), h("code", {}, kpi.inputs_hash)) : []),
    ...(kpi.cause ? row(say("restated"), restated(kpi)) : []),
    ...row(say("computed_at"), instant(kpi.computed_at, zone)),
  ];
}

/** Say what stood before, why it does not any more, and on whose account. @param {Kpi} kpi */
function restated(kpi) {
  const causes = (kpi.cause ?? "").split(", ").map((cause) => (CAUSES[cause] ? say(CAUSES[cause]) : cause)).join(", ");
  const old = kpi.replaced_value == null ? say("withheld") : kpiAmount(kpi.replaced_value, kpi.unit);
  return say("restated_from", { old, causes, by: kpi.restated_by ?? say("unknown") });
}

/** @param {string} at @param {string} zone */
function clock(at, zone) {
  return instant(at, zone, { dateStyle: "short", timeStyle: "short" });
}

/** @param {[string, unknown]} entry */
function input([name, value]) {
  return h("li", {}, h("code", {}, name), isTable(value) ? table(value, name) : ` ${shown(value)}`);
}

/** @param {unknown} value */
function shown(value) {
  if (typeof value === "number") return number(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** @param {unknown} value @returns {value is Record<string, unknown>[]} */
function isTable(value) {
  return Array.isArray(value) && value.length > 0 && value.every((one) => one !== null && typeof one === "object" && !Array.isArray(one));
}

/** @param {Record<string, unknown>[]} rows @param {string} label */
function table(rows, label) {
  const names = Object.keys(rows[0]);
  return scrollable(label, h("table", {},
    h("thead", {}, h("tr", {}, ...names.map((name) => h("th", { scope: "col" }, h("code", {}, name))))),
    h("tbody", {}, ...rows.map((one) => h("tr", {}, ...names.map((name) => h("td", {}, shown(one[name]))))))));
}

/** @param {string} term @param {import("./dom.js").Child} value */
function row(term, value) {
  return [h("dt", {}, term), h("dd", {}, value)];
}
