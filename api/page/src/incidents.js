/** Open incidents, the worst first: findings with one cause are one line, from which they are opened. */

import { ask } from "./api.js";
import { h, keepFocus, put } from "./dom.js";
import { findingCard, sortFindings } from "./findings.js";
import { count, instant } from "./format.js";
import { localised, say } from "./language.js";
import { meet } from "./refresh.js";
import { mark, rank, severityName } from "./severity.js";
import { findAsset, showAsset, state, timeZone, watch } from "./state.js";
import { drawVerdict } from "./verdict.js";
import { drawOpening } from "./workopen.js";

/** @typedef {import("./types.js").Incident} Incident */
/** @typedef {import("./types.js").Finding} Finding */
/** @typedef {{nShown: number, opened: Map<number, Finding[] | null>, show: () => void}} View */

const N_SHOWN = 50;
const N_FINDINGS = 100;

export function drawIncidents() {
  const total = h("span", { class: "badge" });
  const list = h("div", { class: "findings-list" });
  /** @type {View} */
  const view = { nShown: N_SHOWN, opened: new Map(), show };
  function show() {
    total.textContent = state.incidents === null ? "" : count(state.incidents.filter((one) => !one.is_silenced).length);
    keepFocus(list, "data-incident", () => put(list, ...showIncidents(view)));
  }
  watch(["incidents", "territories", "assets"], show);
  show();
  return h("section", { class: "card findings", "aria-labelledby": "findings-title" },
    h("div", { class: "card-head" }, h("h2", { id: "findings-title" }, say("findings")), total), list);
}

/** @param {View} view */
function showIncidents(view) {
  if (state.incidents === null) return [h("p", { class: "empty" }, say("loading"))];
  const nWaiting = state.assets?.filter((asset) => asset.worst_severity).length ?? 0;
  if (state.incidents.length === 0 && nWaiting > 0) {
    return [h("div", { class: "empty" }, h("p", {}, h("strong", {}, say("findings_grouping")), h("br"), say("findings_grouping_hint", { n: count(nWaiting) })))];
  }
  if (state.incidents.length === 0) {
    return [h("div", { class: "empty calm" }, mark("ok"), h("p", {}, h("strong", {}, say("findings_none")), h("br"), say("findings_none_hint")))];
  }
  const sorted = sortIncidents(state.incidents);
  const nMore = Math.min(N_SHOWN, sorted.length - view.nShown);
  const showMore = () => { view.nShown += N_SHOWN; view.show(); };
  return [
    h("ul", {}, ...sorted.slice(0, view.nShown).map((incident) => h("li", { class: incident.is_silenced ? "silenced" : null }, ...incidentCard(incident, view)))),
    nMore > 0 && h("button", { type: "button", class: "quiet more", onclick: showMore }, say("more", { n: nMore })),
  ].filter((part) => part !== false);
}

/** What is silenced comes last; the most severe first, then the widest, then the strangest. @param {Incident[]} incidents */
export function sortIncidents(incidents) {
  return [...incidents].sort((one, other) =>
    Number(one.is_silenced) - Number(other.is_silenced) || rank(other.severity) - rank(one.severity) || other.n_assets - one.n_assets || other.score - one.score);
}

/** One finding is shown by itself and leads to its asset; several are opened under their line.
 * @param {Incident} incident @param {View} view
 */
function incidentCard(incident, view) {
  const isSingle = incident.n_findings === 1;
  const isOpen = view.opened.has(incident.incident_id);
  const since = say("since", { at: instant(incident.started_at, timeZone(incident.territory)) });
  const amount = say("incident_count", { assets: count(incident.n_assets), findings: count(incident.n_findings) });
  const body = [
    mark(incident.severity),
    h("span", { class: "words" },
      h("span", { class: "sentence" }, localised(incident, "sentence")),
      h("span", { class: "meta" }, h("b", { class: incident.severity }, severityName(incident.severity)), ` · ${since}`, !isSingle && ` · ${amount}`)),
  ];
  const open = isSingle ? () => showAsset(incident.asset_id) : () => toggle(incident, view);
  if (isSingle && !findAsset(incident.asset_id)) return [h("div", { class: "finding" }, ...body)];
  const card = h("button", { type: "button", class: "finding", "data-incident": incident.incident_id,
    "aria-expanded": isSingle ? null : String(isOpen), onclick: open }, ...body);
  return isOpen && !isSingle ? [card, members(view.opened.get(incident.incident_id) ?? null, incident), drawOpening(incident.incident_id)] : [card];
}

/** @param {Finding[] | null} findings @param {Incident} incident */
function members(findings, incident) {
  if (findings === null) return h("p", { class: "empty" }, say("loading"));
  const nMore = incident.n_findings - findings.length;
  return h("ul", { class: "members" }, ...sortFindings(findings).map((finding) => h("li", { class: finding.is_silenced ? "silenced" : null }, findingCard(finding), drawVerdict(finding))),
    nMore > 0 && h("li", { class: "meta" }, say("incident_more", { n: count(nMore) })));
}

/** Open the findings of an incident, or close them. @param {Incident} incident @param {View} view */
async function toggle(incident, view) {
  const { incident_id: id } = incident;
  if (view.opened.delete(id)) return view.show();
  view.opened.set(id, null);
  view.show();
  try {
    const { items } = await ask("findings", { incident_id: id, state: "all", limit: N_FINDINGS });
    if (view.opened.has(id)) view.opened.set(id, items);
  } catch (error) {
    view.opened.delete(id);
    meet(error);
  }
  view.show();
}
