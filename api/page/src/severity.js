/** How serious: each degree has a colour, a shape and a word, so that colour never stands alone. */

import { s } from "./dom.js";
import { say } from "./language.js";

/** @typedef {import("./types.js").Severity} Severity */
/** @typedef {import("./types.js").WorkOrder} WorkOrder */
/** @typedef {import("./types.js").Alert} Alert */

/** From the least serious. @type {Severity[]} */
export const SEVERITIES = ["ok", "info", "warning", "urgent", "critical"];

/** Outlines in a 16 by 16 square. @type {Record<Severity, string>} */
export const SHAPES = {
  ok: "M8 3.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z",
  info: "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12z",
  warning: "M8 1.8L15 14H1z",
  urgent: "M8 .8L15.2 8L8 15.2L.8 8z",
  critical: "M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z",
};

/** @param {Severity | null} severity @returns {Severity} */
export function degree(severity) {
  return severity ?? "ok";
}

/** @param {Severity | null} severity */
export function rank(severity) {
  return SEVERITIES.indexOf(degree(severity));
}

/** The most severe first, then what was planned or opened first. @param {WorkOrder[]} orders */
export function sortOrders(orders) {
  const since = (/** @type {WorkOrder} */ one) => one.planned_at ?? one.opened_at;
  return [...orders].sort((one, other) => rank(other.severity) - rank(one.severity) || since(one).localeCompare(since(other)));
}

/** What nobody looks after first, then the most severe, then the latest. @param {Alert[]} alerts */
export function sortAlerts(alerts) {
  const isTaken = (/** @type {Alert} */ one) => Number(one.acknowledged_at !== null);
  return [...alerts].sort((one, other) => isTaken(one) - isTaken(other) || rank(other.severity) - rank(one.severity) || other.alert_id - one.alert_id);
}

/** @param {Severity | null} severity */
export function severityName(severity) {
  return say(/** @type {import("./language.js").Sentence} */ (`severity_${degree(severity)}`));
}

/** Draw the mark of a degree. @param {Severity | null} severity */
export function mark(severity) {
  const shape = s("path", { d: SHAPES[degree(severity)] });
  return s("svg", { class: `mark ${degree(severity)}`, viewBox: "0 0 16 16", "aria-hidden": "true" }, shape);
}
