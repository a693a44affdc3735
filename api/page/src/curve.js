/** A live curve of one series with its usual range, what was found on it, and the same values as a table. */

import { ask } from "./api.js";
import { columns, gapless, merge, windowOf, withForecast } from "./curvedata.js";
import { curveTable, describe } from "./curvetable.js";
import { h, put, scrollable } from "./dom.js";
import { ago, amount, instant } from "./format.js";
import { localised, say } from "./language.js";
import { isOfValues, makePlot } from "./plot.js";
import { meet } from "./refresh.js";

/** @typedef {import("./types.js").Series} Series */
/** @typedef {import("./types.js").Finding} Finding */
/** @typedef {import("./types.js").Measurement} Measurement */
/** @typedef {import("./types.js").Forecast} Forecast */
/** @typedef {import("./curvedata.js").Span} Span */

const MOST = 10_000;
const QUIET_MS = 3_600_000;
/** The span chosen last, kept from one curve to the next. @type {Span} */
let chosenSpan = "day";

/** Draw a curve that stays until closed.
 * @param {HTMLElement} place
 * @param {Series} series
 * @param {Finding[]} findings of this series
 * @param {string} zone
 * @param {() => Forecast[]} tellAhead what is forecast of this series by now
 */
export function drawCurve(place, series, findings, zone, tellAhead) {
  const plotPlace = h("div", { class: "plot" });
  const readout = h("p", { class: "readout", "aria-hidden": "true" });
  const table = h("details", { class: "curve-table" }, h("summary", {}, say("curve_table")), scrollable(say("curve_table")));
  const view = { plotPlace, readout, table, series, findings, zone, tellAhead };
  let shown = /** @type {ReturnType<typeof showCurve> | null} */ (null);
  const show = () => {
    shown?.close();
    shown = showCurve(view, chosenSpan);
  };
  put(place, h("div", { class: "curve-head" }, readout, spanChoice(show)), plotPlace, table);
  show();
  return { refresh: () => shown?.refresh(), close: () => shown?.close() };
}

/** @typedef {{plotPlace: HTMLElement, readout: HTMLElement, table: HTMLElement, series: Series, findings: Finding[], zone: string, tellAhead: () => Forecast[]}} View */

/** @param {View} view @param {Span} span */
function showCurve(view, span) {
  const round = new AbortController();
  /** @type {Measurement[]} */
  let rows = [];
  let plot = /** @type {ReturnType<typeof makePlot> | null} */ (null);
  const load = async () => {
    const asked = windowOf(view.series, span);
    const from = rows.length ? (rows[rows.length - 1].observed_at ?? rows[rows.length - 1].bucket) : asked.from;
    const { items } = await ask("measurements", {
      series_id: view.series.series_id, from, to: asked.to, bucket: asked.bucket, limit: MOST,
    }, round.signal);
    if (round.signal.aborted) return;
    rows = merge(rows, items, asked.from);
    plot = showRows(view, asked, rows, plot);
  };
  put(view.plotPlace, h("p", { class: "empty" }, say("loading")));
  const refresh = () => load().catch((error) => round.signal.aborted || meet(error));
  refresh();
  return { refresh, close: () => { round.abort(); plot?.destroy(); } };
}

/**
 * @param {View} view @param {import("./curvedata.js").Window} asked @param {Measurement[]} rows
 * @param {ReturnType<typeof makePlot> | null} plot the one drawn before
 */
function showRows(view, asked, rows, plot) {
  const data = columns(rows);
  const ahead = asked.isLive && view.series.kind !== "state" ? view.tellAhead() : [];
  put(view.readout, readoutText(view, asked));
  put(/** @type {Element} */ (view.table.lastElementChild), curveTable(rows, ahead, view.series, view.zone));
  if (rows.length === 0) {
    plot?.destroy();
    put(view.plotPlace, h("p", { class: "empty" }, say("curve_none")));
    return null;
  }
  if (!plot) {
    put(view.plotPlace);
    plot = makePlot(view.plotPlace, view, data.length > 2);
  }
  plot.show(withForecast(view.series.kind === "state" ? data : gapless(data), ahead), asked);
  view.plotPlace.setAttribute("role", "img");
  view.plotPlace.setAttribute("aria-label", describe(data, ahead, view.series, view.zone));
  return plot;
}

/** @param {View} view @param {import("./curvedata.js").Window} asked */
function readoutText({ series, zone, findings }, asked) {
  const usual = findings.find((finding) => finding.ended_at === null)?.evidence;
  const band = usual && isOfValues(usual)
    ? h("span", { class: "usual" }, say("expected", { low: amount(usual.expected_low, series.unit), high: amount(usual.expected_high, series.unit) })) : null;
  const when = asked.isLive ? liveness(series, zone) : h("span", {}, say("curve_past", { at: instant(asked.to, zone) }));
  return h("span", {}, h("strong", {}, localised(series, "quantity_name")), " ", when, band);
}

/** Live is what still speaks. @param {Series} series @param {string} zone */
function liveness({ last_observed_at: last }, zone) {
  if (last === null || Date.now() - Date.parse(last) < QUIET_MS) return h("span", { class: "live" }, say("live"));
  return h("span", {}, say("last_seen", { at: ago(last, zone) }));
}

/** @param {() => void} show */
function spanChoice(show) {
  const spans = /** @type {const} */ (["day", "week", "month", "year"]);
  const choose = (/** @type {Event} */ event) => {
    chosenSpan = /** @type {Span} */ (/** @type {HTMLElement} */ (event.currentTarget).dataset.span);
    for (const button of group.children) button.setAttribute("aria-pressed", String(button.getAttribute("data-span") === chosenSpan));
    show();
  };
  const group = h("div", { class: "segments", role: "group", "aria-label": say("span") }, ...spans.map((span) =>
    h("button", { type: "button", "data-span": span, "aria-pressed": String(span === chosenSpan), onclick: choose }, say(`span_${span}`))));
  return group;
}
