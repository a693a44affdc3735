/** What to repair first: assets ranked by what is to be lost within 30 days; each line opens why, and closes its order. */

import { ask } from "./api.js";
import { h, put } from "./dom.js";
import { count, instant, number, percent } from "./format.js";
import { localised, say } from "./language.js";
import { makeLoader } from "./loader.js";
import { meet } from "./refresh.js";
import { showAsset, state, timeZone, update, watch } from "./state.js";
import { drawRankOrder } from "./rankorder.js";

/** @typedef {import("./types.js").MaintenanceLine} Line */
/** @typedef {import("./types.js").FailureSignal} Signal */

const N_SHOWN = 10;
const YEAR_D = 365.25;

/** Kept while the page is drawn anew in the other language. */
let isOpen = true;

export function drawMaintenance() {
  const list = h("ol", { class: "ranks" });
  const result = h("p", { class: "hint", role: "status" });
  const more = h("button", { type: "button", class: "quiet more", hidden: true }, say("maintenance_more"));
  const type = h("select", { "aria-label": say("maintenance_type") });
  const every = h("input", { type: "checkbox" });
  const card = h("details", { class: "card fold maintenance", open: isOpen }, h("summary", {}, h("h2", {}, say("maintenance"))),
    h("p", { class: "hint" }, say("maintenance_intro")),
    h("div", { class: "tools" }, type, h("label", { class: "choice" }, every, say("maintenance_all"))), result, list, more);
  let asked = 0;
  /** @type {(() => void)[]} */
  let orders = [];
  const show = async (/** @type {string | null} */ cursor = null) => {
    if (!card.open) return;
    const turn = ++asked;
    if (cursor === null) put(type, ...types(type.value));
    const wish = { territory: state.territory, type: type.value, basis: every.checked ? [] : ["signals", "life"], limit: N_SHOWN, cursor };
    const page = await ask("maintenance", wish);
    if (turn !== asked) return;
    if (cursor === null) {
      put(list);
      orders = [];
    }
    for (const line of page.items) {
      const order = drawRankOrder(line);
      orders.push(order.show);
      list.append(rank(line, order.element));
    }
    more.hidden = page.next === null;
    more.onclick = () => show(page.next).catch(meet);
    result.textContent = list.children.length === 0 ? say(every.checked ? "maintenance_none" : "maintenance_none_told") : "";
  };
  const again = makeLoader(show);
  card.addEventListener("toggle", (event) => {
    if (event.target !== card) return;
    isOpen = card.open;
    again();
  });
  for (const control of [type, every]) control.addEventListener("change", again);
  watch(["territory"], again);
  watch(["assets"], () => put(type, ...types(type.value)));
  watch(["workOrders", "canWrite", "queue"], () => orders.forEach((showOrder) => showOrder()));
  return card;
}

/** The types of asset there are, the chosen one kept. @param {string} chosen */
function types(chosen) {
  const names = new Map((state.assets ?? []).map((asset) => [asset.type, localised(asset, "type_name")]));
  const sorted = [...names].sort(([, one], [, other]) => one.localeCompare(other));
  return [["", say("maintenance_types")], ...sorted].map(([value, name]) => h("option", { value, selected: value === chosen }, name));
}

/** @param {Line} line @param {HTMLElement} order */
function rank(line, order) {
  const known = line.within_30 !== null;
  return h("li", { "data-asset": line.asset_id }, h("details", {},
    h("summary", {},
      h("span", { class: "words" }, h("span", { class: "name" }, line.asset_name),
        h("span", { class: "meta" }, known ? say("maintenance_chance", { share: percent(line.within_30 ?? 0) }) : say("maintenance_unknown"),
          line.basis === "prior" && ` · ${say("maintenance_prior")}`)),
      h("b", { class: "loss" }, euros(line.expected_loss_eur))),
    h("p", { class: "why" }, localised(line, "reason")),
    h("dl", { class: "facts" }, ...facts(line)),
    line.signals.length > 0 && h("ul", { class: "signals", "aria-label": say("maintenance_signals") }, ...line.signals.map((one) => signal(one, line))),
    h("p", { class: "acts" }, ...ways(line))), order);
}

/** @param {Line} line */
function facts(line) {
  const chances = [[7, line.within_7], [30, line.within_30], [90, line.within_90]]
    .map(([days, share]) => say("maintenance_within", { days: Number(days), share: share === null ? "–" : percent(Number(share)) }));
  /** @type {[import("./language.js").Sentence, string][]} */
  const rows = [
    ["maintenance_probability", `${chances.join(" · ")} (${say(line.calibration === "fitted" ? "maintenance_fitted" : "maintenance_assumed")})`],
    ["maintenance_left", left(line)],
    ["maintenance_health", line.health === null ? say("maintenance_unwatched") : percent(line.health)],
    ["maintenance_consequence", line.consequence_eur === null ? "–" : say("maintenance_split", { total: euros(line.consequence_eur),
      people: euros(line.people_eur), safety: euros(line.safety_eur), repair: euros(line.repair_eur) })],
    ["maintenance_waiting", line.waiting_eur_per_day === null ? "–" : say("maintenance_a_day", { cost: euros(line.waiting_eur_per_day) })],
    ["maintenance_loss", euros(line.expected_loss_eur)],
  ];
  return rows.flatMap(([name, text]) => [h("dt", {}, say(name)), h("dd", {}, text)]);
}

/** @param {Signal} one @param {Line} line */
function signal(one, line) {
  const how = say(one.is_measured ? "maintenance_measured" : "maintenance_assumed");
  const ahead = one.lead_d === 0 ? say("maintenance_there") : say("maintenance_ahead", { days: number(one.lead_d) });
  return h("li", {}, localised(one, "sentence"),
    h("span", { class: "meta" }, say("since", { at: instant(one.since, timeZone(line.territory)) }), ` · ${say("maintenance_right", { share: percent(one.precision), how })} · ${ahead}`));
}

/** Lead to the asset, and to the incident in its list. @param {Line} line */
function ways(line) {
  const toAsset = () => showAsset(line.asset_id);
  const toIncident = () => {
    update({ assetId: null });
    const card = /** @type {HTMLElement | null} */ (document.querySelector(`[data-incident="${line.incident_id}"]`));
    card?.focus();
    card?.scrollIntoView({ block: "center" });
  };
  return [
    h("button", { type: "button", class: "quiet", onclick: toAsset }, say("maintenance_asset")),
    line.incident_id !== null && h("button", { type: "button", class: "quiet", onclick: toIncident }, say("maintenance_incident")),
  ];
}

/** @param {Line} line */
function left(line) {
  if (line.left_d === null || line.left_low_d === null) return say("maintenance_left_unknown");
  const [middle, low] = [span(line.left_d), span(line.left_low_d)];
  if (line.left_high_d === null) return say("maintenance_at_least", { middle, low });
  return say("maintenance_interval", { middle, low, high: span(line.left_high_d) });
}

/** @param {number} days */
function span(days) {
  return days < 2 * YEAR_D ? say("maintenance_days", { n: count(Math.round(days)) }) : say("maintenance_years", { n: count(Math.round(days / YEAR_D)) });
}

/** @param {number | null} eur */
function euros(eur) {
  if (eur === null) return "–";
  return `${count(eur < 10 ? Math.round(eur * 100) / 100 : Math.round(eur))} €`;
}
