/** What the server refuses, in the language of the page: each field by the name that its form gives it. */

import { localised, say } from "./language.js";

/** @typedef {import("./api.js").Fault} Fault */
/** @typedef {import("./language.js").Sentence} Sentence */

/** What forms of work orders call the fields of the API. @type {Record<string, Sentence>} */
const NAMES = {
  cause: "work_cause",
  condition: "work_condition",
  cost_eur: "work_cost",
  failed_at: "verdict_failed_at",
  label: "swap_label",
  parts: "work_parts",
  planned_at: "work_planned_at",
  result: "work_result",
  technician: "work_technician",
  verdict: "verdict",
  who: "verdict_who",
  worked_min: "work_minutes",
};

/** @param {Fault[]} faults */
export function tellFaults(faults) {
  return faults.map((fault) => {
    const name = NAMES[fault.field.split(".")[0]];
    return `${name ? `${say(name)} : ` : ""}${localised(fault, "sentence")}`;
  }).join(" ; ");
}
