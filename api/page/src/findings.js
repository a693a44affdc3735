/** Open findings, the most severe first; each leads to its asset. */

import { h, put } from "./dom.js";
import { count, instant, number } from "./format.js";
import { localised, say } from "./language.js";
import { mark, rank, severityName } from "./severity.js";
import { findAsset, state, timeZone, update, watch } from "./state.js";

/** @typedef {import("./types.js").Finding} Finding */

const N_SHOWN = 50;

export function drawFindings() {
  const total = h("span", { class: "badge" });
  const list = h("div", { class: "findings-list" });
  let nShown = N_SHOWN;
  const show = () => {
    total.textContent = state.findings === null ? "" : count(state.findings.length);
    put(list, ...showFindings(nShown, () => { nShown += N_SHOWN; show(); }));
  };
  watch(["findings", "territories", "assets"], show);
  show();
  return h("section", { class: "card findings", "aria-labelledby": "findings-title" },
    h("div", { class: "card-head" }, h("h2", { id: "findings-title" }, say("findings")), total), list);
}

/** @param {number} nShown @param {() => void} showMore */
function showFindings(nShown, showMore) {
  if (state.findings === null) return [h("p", { class: "empty" }, say("loading"))];
  if (state.findings.length === 0) {
    return [h("div", { class: "empty calm" }, mark("ok"), h("p", {}, h("strong", {}, say("findings_none")), h("br"), say("findings_none_hint")))];
  }
  const sorted = sortFindings(state.findings);
  const nMore = Math.min(N_SHOWN, sorted.length - nShown);
  return [
    h("ul", {}, ...sorted.slice(0, nShown).map((finding) => h("li", {}, findingCard(finding)))),
    nMore > 0 && h("button", { type: "button", class: "quiet more", onclick: showMore }, say("more", { n: nMore })),
  ].filter((part) => part !== false);
}

/** The most severe first, then the strangest. @param {Finding[]} findings */
export function sortFindings(findings) {
  return [...findings].sort((one, other) => rank(other.severity) - rank(one.severity) || other.score - one.score);
}

/** @param {Finding} finding */
function findingCard(finding) {
  const body = [
    mark(finding.severity),
    h("span", { class: "words" },
      h("span", { class: "sentence" }, localised(finding, "sentence")),
      h("span", { class: "meta" }, h("b", { class: finding.severity }, severityName(finding.severity)),
        ` · ${say("since", { at: instant(finding.started_at, timeZone(finding.territory)) })} · ${say("score", { score: number(finding.score) })}`)),
  ];
  if (!findAsset(finding.asset_id)) return h("div", { class: "finding" }, ...body);
  const open = () => update({ assetId: finding.asset_id });
  return h("button", { type: "button", class: "finding", "data-finding": finding.finding_id, onclick: open }, ...body);
}
