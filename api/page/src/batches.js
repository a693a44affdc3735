/** Batches of new sensors: what was found of them by now, and beginning to watch another. */

import { ask, askAll, KeyRefused, RequestFailed, send } from "./api.js";
import { h, put, scrollable } from "./dom.js";
import { drawFoldCard } from "./foldcard.js";
import { count, instant } from "./format.js";
import { localised, say } from "./language.js";
import { meet } from "./refresh.js";
import { state, timeZone } from "./state.js";

/** @typedef {import("./types.js").Acceptance} Acceptance */
/** @typedef {import("./types.js").CheckResult} CheckResult */
/** @typedef {import("./language.js").Sentence} Sentence */

const CHECKS = ["position", "unit", "rhythm", "completeness", "battery", "plausibility", "peers", "clock"];

export function drawBatches() {
  return drawFoldCard("batches", load).card;
}

/** @param {HTMLElement} body @param {HTMLElement} result */
async function load(body, result) {
  const { territory } = state;
  const { items } = await ask("acceptances", { territory, limit: 50 });
  if (territory !== state.territory) return;
  put(body, state.canWrite && drawStart(body, result),
    items.length === 0 ? h("p", { class: "hint" }, say("batches_none")) : h("ul", {}, ...items.map(batch)));
}

/** @param {Acceptance} one */
function batch(one) {
  const zone = timeZone(one.territory);
  const nUnknown = one.n_devices - one.n_pass - one.n_fail;
  const end = one.finished_at ? say("batch_finished", { at: instant(one.finished_at, zone) }) : say("batch_due", { at: instant(one.due_at, zone) });
  const place = h("div", {});
  const more = h("details", { "data-batch": one.acceptance_id }, h("summary", {}, say("batch_results")), place);
  more.addEventListener("toggle", () => more.open && showResults(place, one).catch(meet));
  return h("li", {}, h("strong", {}, one.name),
    h("span", { class: "meta" }, `${say("batch_counts", { n: count(one.n_devices), pass: count(one.n_pass), fail: count(one.n_fail), unknown: count(nUnknown) })} · ${end}`), more);
}

/** @param {HTMLElement} place @param {Acceptance} one */
async function showResults(place, one) {
  const results = await askAll(`acceptances/${one.acceptance_id}/results`, { limit: 1000 }, { most: 5000 });
  const lines = results.filter((/** @type {CheckResult} */ line) => line.result !== "pass");
  if (results.length === 0) return put(place, h("p", { class: "hint" }, say("batch_not_yet")));
  if (lines.length === 0) return put(place, h("p", { class: "hint" }, say("batch_all_good")));
  const rows = lines.map((/** @type {CheckResult} */ line) => h("tr", { "data-result": line.result },
    h("th", { scope: "row" }, line.external_id), h("td", {}, say(/** @type {Sentence} */ (`check_${line.topic}`))),
    h("td", {}, say(/** @type {Sentence} */ (`result_${line.result}`))), h("td", {}, localised(line, "sentence"))));
  const heads = ["batch_device", "batch_check", "batch_result", "batch_why"].map((name) => h("th", { scope: "col" }, say(/** @type {Sentence} */ (name))));
  put(place, scrollable(say("batch_results"),
    h("table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows))));
}

/** @param {HTMLElement} body @param {HTMLElement} result */
function drawStart(body, result) {
  const territory = state.territory || (state.territories.length === 1 ? state.territories[0].territory : "");
  if (territory === "") return h("p", { class: "hint" }, say("reference_one_territory"));
  const name = h("input", { autocomplete: "off", required: true, maxlength: 200 });
  const days = h("input", { type: "number", min: 1, max: 90, value: 14, required: true });
  const devices = h("textarea", { rows: 3, spellcheck: "false", required: true });
  const boxes = CHECKS.map((check) => h("input", { type: "checkbox", value: check }));
  const start = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const ids = devices.value.split(/[\s,;]+/).filter(Boolean);
    const leftOut = boxes.flatMap((box) => (box.checked ? [box.value] : []));
    try {
      const begun = await send("acceptances", { territory, name: name.value.trim(), devices: ids, n_days: Number(days.value), left_out: leftOut });
      await load(body, result);
      result.textContent = say("batch_begun", { n: count(begun.n_devices) });
      result.focus();
    } catch (error) {
      if (error instanceof RequestFailed && !(error instanceof KeyRefused)) result.textContent = say("failed", { detail: error.message });
      else meet(error);
    }
  };
  return h("details", { class: "begin" }, h("summary", {}, say("batch_start")),
    h("form", { onsubmit: start },
      h("label", {}, say("batch_name"), name), h("label", {}, say("batch_days"), days),
      h("label", {}, say("batch_devices"), devices),
      h("fieldset", { class: "entry-group" }, h("legend", {}, say("batch_left_out")),
        ...boxes.map((box, index) => h("label", { class: "choice" }, box, say(/** @type {Sentence} */ (`check_${CHECKS[index]}`))))),
      h("button", { type: "submit", class: "main" }, say("batch_begin"))));
}
