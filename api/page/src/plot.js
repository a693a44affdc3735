/** The plot itself: line, spread of buckets, forecast with its interval, usual range, marks of findings, and a value under the pointer. */

import uPlot from "uplot";
import { forecastText, valueText } from "./curvetable.js";
import { h, put } from "./dom.js";
import { instant, locale, number, sign } from "./format.js";
import { localised } from "./language.js";

/** @typedef {import("./types.js").Series} Series */
/** @typedef {import("./types.js").Finding} Finding */
/** @typedef {{series: Series, findings: Finding[], zone: string}} Subject */

const HEIGHT_PX = 240;
const LEAST_AXIS_PX = 52;
const AXIS_PAD_PX = 14;
const AHEAD_PART = 0.02; // of the width, behind the last forecast
const DIGIT_PX = 7.5; // at 12 px

/** Make a plot in a place; `show` gives it data and a window.
 * @param {HTMLElement} place
 * @param {Subject} subject
 * @param {boolean} hasSpread data are buckets with least and greatest; behind them come three columns of what is forecast
 */
export function makePlot(place, subject, hasSpread) {
  const tip = h("div", { class: "plot-tip", hidden: true });
  const range = { from: 0, to: 0, now: 0 };
  const plot = new uPlot(options(place, subject, hasSpread, range, tip), [[], []], place);
  plot.over.append(tip);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const redraw = () => plot.redraw();
  dark.addEventListener("change", redraw);
  const size = new ResizeObserver(() => place.clientWidth > 0 && plot.setSize({ width: place.clientWidth, height: HEIGHT_PX }));
  size.observe(place);
  return {
    /** @param {import("./curvedata.js").Columns} data @param {import("./curvedata.js").Window} asked */
    show(data, asked) {
      const [from, now] = [Date.parse(asked.from) / 1000, Date.parse(asked.to) / 1000];
      const last = data[0][data[0].length - 1];
      Object.assign(range, { from, now, to: last > now ? last + AHEAD_PART * (last - from) : now });
      plot.setData(/** @type {uPlot.AlignedData} */ (data));
    },
    destroy() {
      size.disconnect();
      dark.removeEventListener("change", redraw);
      plot.destroy();
    },
  };
}

/** @param {HTMLElement} place @param {Subject} subject @param {boolean} hasSpread @param {{from: number, to: number, now: number}} range @param {HTMLElement} tip @returns {uPlot.Options} */
function options(place, subject, hasSpread, range, tip) {
  const line = { stroke: () => ink(place, "--accent"), width: 1.8, paths: linePaths(subject.series) };
  const edge = { stroke: "transparent", points: { show: false } };
  const ahead = { stroke: () => ink(place, "--accent"), width: 1.8, dash: [6, 5], points: { show: true, size: 5 } };
  const spread = hasSpread ? [{ series: /** @type {[number, number]} */ ([3, 2]), fill: () => ink(place, "--accent-wash") }] : [];
  const first = hasSpread ? 4 : 2;
  return {
    width: Math.max(place.clientWidth, 240), height: HEIGHT_PX, padding: [12, 12, 0, 0], legend: { show: false },
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), subject.zone),
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: { x: { range: () => [range.from, range.to] }, y: { range: (_, low, high) => yRange(subject, low, high) } },
    series: [{}, line, ...(hasSpread ? [edge, edge] : []), ahead, edge, edge],
    bands: [...spread, { series: [first + 2, first + 1], fill: () => ink(place, "--accent-wash") }],
    axes: [timeAxis(place, subject.zone), valueAxis(place, subject.series)],
    hooks: { drawClear: [(plot) => { drawFound(plot, place, subject); drawNow(plot, place, range); }], setCursor: [(plot) => showTip(plot, tip, subject)] },
  };
}

/** States hold until the next one. @param {Series} series */
function linePaths(series) {
  return series.kind === "state" ? uPlot.paths.stepped?.({ align: 1 }) : uPlot.paths.linear?.();
}

/** @param {Element} place @param {string} name */
function ink(place, name) {
  return getComputedStyle(place).getPropertyValue(name).trim();
}

/** Room above and below, and for the usual range; states show all their codes.
 * @param {Subject} subject @param {number | null} low @param {number | null} high
 * @returns {[number, number]}
 */
function yRange(subject, low, high) {
  const { codes } = subject.series;
  if (codes?.length) return [Math.min(...codes.map((one) => one.code)) - 0.3, Math.max(...codes.map((one) => one.code)) + 0.3];
  const usual = subject.findings.flatMap(usualRange).flatMap(({ from, to }) => [from, to]);
  const known = [low, high, ...usual].filter((one) => one !== null);
  if (known.length === 0) return [0, 1];
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const room = (most - least || Math.abs(most) || 1) * 0.08;
  return [least >= 0 && least - room < 0 ? 0 : least - room, most + room];
}

/** Whether what a finding calls usual is a range of the values themselves, and not of their days.
 * @param {Record<string, unknown>} evidence
 * @returns {evidence is { expected_low: number, expected_high: number }}
 */
export function isOfValues(evidence) {
  const { expected_low: low, expected_high: high, aspect } = evidence;
  return typeof low === "number" && typeof high === "number" && (aspect === "value" || aspect === "hour");
}

/** @param {Finding} finding */
function usualRange({ evidence, ended_at: endedAt }) {
  if (endedAt !== null || !isOfValues(evidence)) return [];
  return [{ from: evidence.expected_low, to: evidence.expected_high }];
}

/** @param {HTMLElement} place @param {string} zone @returns {uPlot.Axis} */
function timeAxis(place, zone) {
  return {
    ...axisInk(place), space: 64,
    values: (_, splits, __, ___, step) => {
      const rule = /** @type {Intl.DateTimeFormatOptions} */ (step >= 86_400 ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit" });
      const format = new Intl.DateTimeFormat(locale(), { ...rule, timeZone: zone });
      return splits.map((at) => format.format(at * 1000));
    },
  };
}

/** @param {HTMLElement} place @param {Series} series @returns {uPlot.Axis} */
function valueAxis(place, series) {
  const axis = { ...axisInk(place), label: sign(series.unit) || undefined, labelSize: 18, labelFont: "12px system-ui, sans-serif" };
  if (!series.codes?.length) return { ...axis, size: (_, values) => widthOf(values), values: (_, splits) => splits.map(number) };
  const { codes } = series;
  return { ...axis, label: undefined, size: 92, splits: () => codes.map((one) => one.code), values: () => codes.map((one) => localised(one, "name").slice(0, 14)) };
}

/** Room for the longest value beside the axis [px]. @param {string[] | null} values */
function widthOf(values) {
  return Math.max(LEAST_AXIS_PX, ...(values ?? []).map((value) => AXIS_PAD_PX + DIGIT_PX * value.length));
}

/** @param {HTMLElement} place */
function axisInk(place) {
  return {
    stroke: () => ink(place, "--muted"), font: "12px system-ui, sans-serif",
    grid: { stroke: () => ink(place, "--line"), width: 1 }, ticks: { show: false },
  };
}

/** Draw the usual range and the time of findings under the line. @param {uPlot} plot @param {HTMLElement} place @param {Subject} subject */
function drawFound(plot, place, { findings }) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const finding of findings) {
    const left = plot.valToPos(Date.parse(finding.started_at) / 1000, "x", true);
    const right = finding.ended_at ? plot.valToPos(Date.parse(finding.ended_at) / 1000, "x", true) : bbox.left + bbox.width;
    ctx.globalAlpha = 0.14;
    ctx.fillStyle = ink(place, `--${finding.severity}`);
    ctx.fillRect(left, bbox.top, Math.max(3, right - left), bbox.height);
    ctx.globalAlpha = 1;
    ctx.fillRect(left, bbox.top, Math.max(3, right - left), 3 * devicePixelRatio);
    for (const { from, to } of usualRange(finding)) drawUsual(plot, place, from, to);
  }
  ctx.restore();
}

/** Where what was measured ends and the forecast begins. @param {uPlot} plot @param {HTMLElement} place @param {{to: number, now: number}} range */
function drawNow({ ctx, bbox, valToPos }, place, { to, now }) {
  if (to <= now) return;
  const x = valToPos(now, "x", true);
  Object.assign(ctx, { strokeStyle: ink(place, "--muted"), lineWidth: 1 });
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
}

/** @param {uPlot} plot @param {HTMLElement} place @param {number} from @param {number} to */
function drawUsual({ ctx, bbox, valToPos }, place, from, to) {
  const [bottom, top] = [valToPos(from, "y", true), valToPos(to, "y", true)];
  ctx.fillStyle = ink(place, "--usual");
  ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
  Object.assign(ctx, { strokeStyle: ink(place, "--muted"), lineWidth: 1 });
  ctx.setLineDash([4, 4]);
  for (const y of [bottom, top]) {
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.setLineDash([]);
}

/** @param {uPlot} plot @param {HTMLElement} tip @param {Subject} subject */
function showTip(plot, tip, { series, zone }) {
  const index = plot.cursor.idx;
  const text = index === null || index === undefined ? null : textAt(plot.data, index, series);
  tip.hidden = text === null || (plot.cursor.left ?? -1) < 0;
  if (tip.hidden || index === null || index === undefined) return;
  put(tip, h("strong", {}, text), h("span", {}, instant(plot.data[0][index] * 1000, zone)));
  const x = plot.valToPos(plot.data[0][index], "x");
  tip.classList.toggle("left", x > plot.over.clientWidth / 2);
  tip.style.left = `${x}px`;
}

/** What was measured at a place of the data, else what is forecast there. @param {uPlot.AlignedData} data @param {number} index @param {Series} series */
function textAt(data, index, series) {
  const measured = data[1][index];
  if (measured !== null && measured !== undefined) return valueText(measured, series);
  const [value, low, high] = data.slice(-3).map((column) => column[index] ?? null);
  return value === null || low === null || high === null ? null : forecastText({ value, low, high }, series);
}
