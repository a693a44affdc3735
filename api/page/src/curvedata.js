/** What a curve is made of: the window asked for, rows merged as they come, columns for the plot. Pure. */

/** @typedef {import("./types.js").Series} Series */
/** @typedef {import("./types.js").Measurement} Measurement */
/** @typedef {import("./types.js").Forecast} Forecast */
/** @typedef {"day" | "week" | "month" | "year"} Span */
/** @typedef {{from: string, to: string, bucket: "raw" | "hour" | "day", isLive: boolean}} Window */
/** @typedef {[number[], ...(number | null)[][]]} Columns  epoch [s], value; or epoch, mean, least, greatest */

const DAY_MS = 86_400_000;
const SPANS = /** @type {const} */ ({
  day: [1, "raw"], week: [7, "hour"], month: [30, "hour"], year: [365, "day"],
});
/** A pause longer than so many usual pauses is shown as a gap, not as a line. */
const GAP_PAUSES = 6;

/** The span up to now; or up to the last measurement where that is further back.
 * @param {Series} series @param {Span} span
 * @returns {Window}
 */
export function windowOf(series, span) {
  const [days, bucket] = SPANS[span];
  const now = Date.now();
  const last = series.last_observed_at ? Date.parse(series.last_observed_at) : now;
  const isLive = last > now - days * DAY_MS;
  const end = isLive ? Math.max(now, last) + 1000 : last + 1000;
  return { from: new Date(end - days * DAY_MS).toISOString(), to: new Date(end).toISOString(), bucket, isLive };
}

/** Add rows (the later ones win), drop what lies before the window, keep the order of time.
 * @param {Measurement[]} rows @param {Measurement[]} fresh @param {string} from
 */
export function merge(rows, fresh, from) {
  const rowByTime = new Map([...rows, ...fresh].map((row) => [time(row), row]));
  const start = Date.parse(from);
  return [...rowByTime].filter(([at]) => at >= start).sort(([one], [other]) => one - other).map(([, row]) => row);
}

/** @param {Measurement} row epoch [ms] */
export function time(row) {
  return Date.parse(row.observed_at ?? row.bucket ?? "");
}

/** @param {Measurement[]} rows @returns {Columns} */
export function columns(rows) {
  const times = rows.map((row) => time(row) / 1000);
  if (rows.length === 0 || rows[0].observed_at) return [times, rows.map((row) => row.value ?? null)];
  return [times, rows.map((row) => row.mean ?? null), rows.map((row) => row.min ?? null), rows.map((row) => row.max ?? null)];
}

/** Put what is forecast behind what was measured, in three more columns (middle, low, high) that begin at the last value.
 * @param {Columns} data @param {Forecast[]} ahead in order of time @returns {Columns}
 */
export function withForecast([times, ...values], ahead) {
  const last = values[0].findLastIndex((value) => value !== null);
  const later = ahead.filter((one) => last >= 0 && Date.parse(one.for_at) / 1000 > times[times.length - 1]);
  const past = times.map((_, index) => (index === last && later.length > 0 ? values[0][last] : null));
  const told = /** @type {const} */ (["value", "low", "high"]).map((name) => [...past, ...later.map((one) => one[name])]);
  const nothing = later.map(() => null);
  return [[...times, ...later.map((one) => Date.parse(one.for_at) / 1000)], ...values.map((column) => [...column, ...nothing]), ...told];
}

/** Break the line where measurements are missing. @param {Columns} data @returns {Columns} */
export function gapless(data) {
  const [times, ...values] = data;
  if (times.length < 4) return data;
  const pauses = times.slice(1).map((at, index) => at - times[index]);
  const usual = [...pauses].sort((one, other) => one - other)[Math.floor(pauses.length / 2)];
  /** @type {Columns} */
  const broken = [[], ...values.map(() => /** @type {(number | null)[]} */ ([]))];
  times.forEach((at, index) => {
    if (index > 0 && at - times[index - 1] > GAP_PAUSES * usual) broken.forEach((column, c) => column.push(/** @type {number} */ (c === 0 ? (at + times[index - 1]) / 2 : null)));
    broken.forEach((column, c) => column.push(/** @type {number} */ (data[c][index])));
  });
  return broken;
}
