/** The values of a curve as a table and as one sentence, for those who do not see it. */

import { time } from "./curvedata.js";
import { h } from "./dom.js";
import { rounded } from "./forecast.js";
import { amount, count, instant } from "./format.js";
import { localised, say } from "./language.js";

/** @typedef {import("./types.js").Series} Series */
/** @typedef {import("./types.js").Measurement} Measurement */
/** @typedef {import("./types.js").Forecast} Forecast */

const N_ROWS = 100;
const TO_THE_SECOND = /** @type {const} */ ({ dateStyle: "short", timeStyle: "medium" });

/** Write a value as words where it is a state. @param {number | null | undefined} value @param {Series} series */
export function valueText(value, series) {
  if (value === null || value === undefined) return "–";
  const code = series.codes?.find((one) => one.code === value);
  return code ? localised(code, "name") : amount(value, series.unit);
}

/** What is forecast stands above what was measured, and says so.
 * @param {Measurement[]} rows in order of time @param {Forecast[]} ahead in order of time @param {Series} series @param {string} zone
 */
export function curveTable(rows, ahead, series, zone) {
  const isRaw = rows.length === 0 || rows[0].observed_at !== undefined;
  const heads = isRaw ? [say("time"), say("value")] : [say("time"), say("mean"), say("minimum"), say("maximum")];
  const shown = rows.slice(-N_ROWS).reverse();
  const cells = (/** @type {Measurement} */ row) => (isRaw ? [row.value] : [row.mean, row.min, row.max]);
  const line = (/** @type {Measurement} */ row) => h("tr", {}, h("th", { scope: "row" }, instant(time(row), zone, TO_THE_SECOND)),
    ...cells(row).map((value) => h("td", {}, valueText(value, series))));
  const told = (/** @type {Forecast} */ one) => h("tr", { class: "ahead" },
    h("th", { scope: "row" }, `${instant(one.for_at, zone, TO_THE_SECOND)} (${say("forecast_short")})`),
    ...(isRaw ? [forecastText(one, series)] : [one.value, one.low, one.high].map((value) => valueText(rounded(value, series.unit), series))).map((text) => h("td", {}, text)));
  return h("table", {},
    h("caption", {}, `${localised(series, "quantity_name")}. `, rows.length > N_ROWS && say("curve_table_limit", { n: N_ROWS })),
    h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, ...[...ahead].reverse().map(told), ...shown.map(line)));
}

/** Write a forecast with its interval. @param {{value: number, low: number, high: number}} one @param {Series} series */
export function forecastText({ value, low, high }, series) {
  const [middle, least, most] = [value, low, high].map((one) => valueText(rounded(one, series.unit), series));
  return say("forecast_interval", { value: middle, low: least, high: most });
}

/** Say a curve in a sentence, and what is forecast in another.
 * @param {import("./curvedata.js").Columns} data @param {Forecast[]} ahead @param {Series} series @param {string} zone
 */
export function describe(data, ahead, series, zone) {
  const [times, values] = data;
  const known = values.filter((value) => value !== null);
  const least = (data[2] ?? known).reduce((one, other) => Math.min(one ?? Infinity, other ?? Infinity), Infinity);
  const greatest = (data[3] ?? known).reduce((one, other) => Math.max(one ?? -Infinity, other ?? -Infinity), -Infinity);
  const told = ahead.map((one) => `${instant(one.for_at, zone)} : ${forecastText(one, series)}`).join(" ; ");
  const measured = say("curve_label", {
    name: localised(series, "quantity_name"), n: count(times.length), from: instant(times[0] * 1000, zone),
    to: instant(times[times.length - 1] * 1000, zone), last: valueText(known[known.length - 1], series),
    min: valueText(least, series), max: valueText(greatest, series),
  });
  return ahead.length === 0 ? measured : `${measured} ${say("curve_ahead", { told })}`;
}
