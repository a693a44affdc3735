/** How right findings were, by what technicians said of them; alarms against the budget; thresholds that were moved. */

import { ask, askAll, KeyRefused, RequestFailed, send } from "./api.js";
import { h, put, scrollable } from "./dom.js";
import { drawFoldCard } from "./foldcard.js";
import { count, instant, number, percent } from "./format.js";
import { kindName, localised, say } from "./language.js";
import { meet } from "./refresh.js";
import { state } from "./state.js";

/** @typedef {import("./types.js").Precision} Precision */
/** @typedef {import("./types.js").AlarmLoad} AlarmLoad */

export function drawPrecision() {
  return drawFoldCard("precision", load).card;
}

/** @param {HTMLElement} body @param {HTMLElement} result */
async function load(body, result) {
  const { territory } = state;
  const [rows, { items: loads }] = await Promise.all([
    askAll("finding-precisions", { territory, limit: 1000 }, { most: 2000 }),
    ask("alarm-loads", { territory, limit: 1 }),
  ]);
  if (territory !== state.territory) return;
  put(body, h("p", { class: "hint" }, budget(loads[0])), rows.length === 0 ? h("p", { class: "hint" }, say("precision_none")) : table(rows, body, result));
}

/** @param {AlarmLoad | undefined} load */
function budget(load) {
  if (!load) return say("budget_none");
  return say("budget_line", { n: count(load.n_alarms), budget: number(load.budget), day: instant(load.day, "UTC", { dateStyle: "medium" }) });
}

/** @param {Precision[]} rows @param {HTMLElement} body @param {HTMLElement} result */
function table(rows, body, result) {
  const heads = ["finding_kind", "finding_asset_type", "precision_n", "precision_share", "precision_lead", "threshold", ...(state.canWrite ? ["actions"] : [])];
  const lines = rows.map((row) => h("tr", { "data-kind": row.kind },
    h("th", { scope: "row" }, kindName(row.kind)), h("td", {}, typeName(row.asset_type)),
    h("td", {}, say("precision_counts", { findings: count(row.n_findings), confirmed: count(row.n_confirmed), false: count(row.n_false), known: count(row.n_known) })),
    h("td", {}, share(row)), h("td", {}, lead(row)), h("td", {}, factor(row)),
    state.canWrite && h("td", { class: "acts" }, act(row, body, result))));
  const head = heads.map((name) => h("th", { scope: "col" }, say(/** @type {import("./language.js").Sentence} */ (name))));
  return scrollable(say("precision"),
    h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...lines)));
}

/** @param {string} type "" where findings are about no asset */
function typeName(type) {
  const known = state.assets?.find((asset) => asset.type === type);
  return known ? localised(known, "type_name") : type.replaceAll("_", " ") || "–";
}

/** @param {Precision} row */
function share(row) {
  if (row.precision === null || row.low === null || row.high === null) return say("precision_unknown");
  return say("precision_interval", { share: percent(row.precision), low: percent(row.low), high: percent(row.high) });
}

/** @param {Precision} row */
function lead(row) {
  if (row.lead_h === null || row.warned_h === null) return "–";
  return say("precision_lead_line", { begun: number(row.lead_h), told: number(row.warned_h), n: count(row.n_lead) });
}

/** @param {Precision} row */
function factor(row) {
  return `× ${number(row.factor)}${row.is_held ? ` (${say("threshold_held")})` : ""}`;
}

/** A moved threshold is set back to the model's own and held there; one that is held is given back to the daily rule.
 * @param {Precision} row @param {HTMLElement} body @param {HTMLElement} result
 */
function act(row, body, result) {
  if (row.factor === 1 && !row.is_held) return null;
  const change = async () => {
    const wish = { kind: row.kind, asset_type: row.asset_type, factor: row.is_held ? null : 1 };
    try {
      await send(`territories/${row.territory}/thresholds`, wish);
      await load(body, result);
      result.textContent = say(row.is_held ? "threshold_released" : "threshold_set_back");
      result.focus();
    } catch (error) {
      if (error instanceof RequestFailed && !(error instanceof KeyRefused)) result.textContent = say("failed", { detail: error.message });
      else meet(error);
    }
  };
  return h("button", { type: "button", class: "quiet", onclick: change }, say(row.is_held ? "threshold_release" : "threshold_back"));
}
