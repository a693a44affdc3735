/** KPI tiles: the newest value of each, its interval, how complete it is, how it went before. */

import { h, put, s } from "./dom.js";
import { figure, kpiAmount, number, percent, period } from "./format.js";
import { localised, say } from "./language.js";
import { openProof } from "./proof.js";
import { state, timeZone, watch } from "./state.js";

/** @typedef {import("./types.js").Kpi} Kpi */

const N_BEFORE = 30;
const DAYS_ALIKE = 2;
const N_AT_FIRST = 10;
const N_ON_TELEPHONE = 4; // what is to be looked at stands below them
/** What a mayor asks for first; the others follow by name. */
const FIRST = [
  "lighting_saving_ratio", "lighting_energy_saved", "lighting_cost_saved", "lighting_bill_reduction",
  "lighting_emissions_avoided", "street_light_availability",
  "rounds_avoided_ratio", "rounds_avoided", "building_energy_per_degree_day",
];

let isWhole = false; // kept while the page is drawn anew in the other language

/** @param {"kpis" | "public_title"} title */
export function drawKpis(title) {
  const tiles = h("div", { class: "tiles" });
  const narrow = matchMedia("(max-width: 700px)");
  const more = h("button", { type: "button", class: "quiet", onclick: () => { isWhole = !isWhole; show(); } });
  const show = () => {
    const shown = showKpis();
    const nAtFirst = narrow.matches ? N_ON_TELEPHONE : N_AT_FIRST;
    put(tiles, ...shown.slice(0, isWhole ? shown.length : nAtFirst));
    put(more, say(isWhole ? "kpis_fewer" : "kpis_all", { n: number(shown.length) }));
    more.setAttribute("aria-expanded", String(isWhole));
    more.hidden = shown.length <= nAtFirst;
  };
  watch(["kpis", "territories"], show);
  show();
  const head = h("div", { class: "kpis-head" }, h("h2", { id: "kpis-title" }, say(title)), more);
  return h("section", { class: "kpis", "aria-labelledby": "kpis-title" }, head, tiles);
}

function showKpis() {
  if (state.kpis === null) return [0, 1, 2, 3].map(() => h("div", { class: "tile waiting", "aria-hidden": "true" }));
  const groups = group(state.kpis);
  if (groups.length > 0) return groups.map(tile);
  return [h("p", { class: "empty" }, say(state.isConnected ? "kpis_none" : "public_none"))];
}

/** Put the values of one KPI of one territory together, the newest period first.
 * @param {Kpi[]} kpis
 */
export function group(kpis) {
  /** @type {Map<string, Kpi[]>} */
  const groups = new Map();
  for (const kpi of kpis) {
    const days = (Date.parse(kpi.to) - Date.parse(kpi.from)) / 86_400_000;
    const key = `${kpi.territory} ${kpi.kpi} ${days > DAYS_ALIKE ? Math.round(days / 28) : "day"}`;
    const values = groups.get(key);
    if (values) values.push(kpi);
    else groups.set(key, [kpi]);
  }
  for (const values of groups.values()) values.sort((one, other) => Date.parse(other.to) - Date.parse(one.to));
  return [...groups.values()].sort(([one], [other]) =>
    Number(one.value === null) - Number(other.value === null) || rank(one) - rank(other) || localised(one, "name").localeCompare(localised(other, "name")));
}

/** @param {Kpi} kpi */
function rank(kpi) {
  const place = FIRST.indexOf(kpi.kpi);
  return place < 0 ? FIRST.length : place;
}

/** @param {Kpi[]} values the newest first */
function tile(values) {
  const [kpi] = values;
  const zone = timeZone(kpi.territory);
  return h("button", { type: "button", class: "tile", "data-kpi": kpi.kpi, "aria-haspopup": "dialog", onclick: () => openProof(kpi) },
    h("span", { class: "name" }, localised(kpi, "name")),
    h("span", { class: "row" }, kpi.value === null ? withheld() : headline(kpi), spark(values)),
    h("span", { class: "interval" }, interval(kpi)),
    h("span", { class: "foot" }, completeness(kpi), h("span", { class: "period" }, territoryName(kpi), period(kpi, zone))));
}

/** @param {Kpi} kpi */
function headline(kpi) {
  const { digits, mark } = figure(/** @type {number} */ (kpi.value), kpi.unit);
  return h("span", { class: "figure" }, digits, h("small", {}, ` ${mark}`));
}

function withheld() {
  return h("span", { class: "figure withheld" }, say("withheld"));
}

/** An interval of no width tells nothing beside the figure. @param {Kpi} kpi */
function interval(kpi) {
  if (kpi.low === null || kpi.high === null || kpi.low === kpi.high) return "\u00a0";
  return say("interval", { low: figure(kpi.low, kpi.unit).digits, high: kpiAmount(kpi.high, kpi.unit) });
}

/** Name the territory only where several are on the page. @param {Kpi} kpi */
function territoryName(kpi) {
  if (state.territory || state.territories.length === 1) return null;
  const name = state.territories.find((one) => one.territory === kpi.territory)?.name ?? kpi.territory_name ?? kpi.territory;
  return `${name} · `;
}

/** @param {Kpi} kpi */
function completeness(kpi) {
  if (kpi.completeness === null) return null;
  const label = `${say("completeness")} ${percent(kpi.completeness)}`;
  const bar = s("svg", { class: "complete", viewBox: "0 0 40 4", preserveAspectRatio: "none", "aria-hidden": "true" },
    s("rect", { width: 40, height: 4, rx: 2 }), s("rect", { class: "known", width: 40 * kpi.completeness, height: 4, rx: 2 }));
  return h("span", { class: "completeness", title: label }, bar, h("span", { class: "hidden" }, `${say("completeness")} `), percent(kpi.completeness));
}

/** Draw the values before as a small line; none where there are too few. @param {Kpi[]} values */
function spark(values) {
  const known = values.slice(0, N_BEFORE).reverse().flatMap((kpi) => (kpi.value === null ? [] : [kpi.value]));
  if (known.length < 3) return null;
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const points = known.map((value, index) => [(index / (known.length - 1)) * 76 + 2, 26 - ((value - low) / span) * 22]);
  const [x, y] = points[points.length - 1];
  return s("svg", { class: "spark", viewBox: "0 0 82 30", "aria-hidden": "true" },
    s("polyline", { points: points.map((point) => point.map((c) => c.toFixed(1)).join(",")).join(" ") }),
    s("circle", { cx: x, cy: y, r: 2.6 }));
}
