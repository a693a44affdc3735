/** A finding as a card, which leads to its asset. */

import { h } from "./dom.js";
import { instant, number } from "./format.js";
import { localised, say } from "./language.js";
import { mark, rank, severityName } from "./severity.js";
import { findAsset, showAsset, timeZone } from "./state.js";

/** @typedef {import("./types.js").Finding} Finding */

/** Those that go on and are not silenced first, then the most severe, then the strangest. @param {Finding[]} findings */
export function sortFindings(findings) {
  const isOver = (/** @type {Finding} */ one) => Number(one.ended_at !== null || one.is_silenced);
  return [...findings].sort((one, other) =>
    isOver(one) - isOver(other) || rank(other.severity) - rank(one.severity) || other.score - one.score);
}

/** @param {Finding} finding */
export function findingCard(finding) {
  const since = say("since", { at: instant(finding.started_at, timeZone(finding.territory)) });
  const body = [
    mark(finding.severity),
    h("span", { class: "words" },
      h("span", { class: "sentence" }, localised(finding, "sentence")),
      h("span", { class: "meta" }, h("b", { class: finding.severity }, severityName(finding.severity)),
        ` · ${since} · ${say("score", { score: number(finding.score) })}`, finding.ended_at !== null && ` · ${say("closed")}`)),
  ];
  if (!findAsset(finding.asset_id)) return h("div", { class: "finding" }, ...body);
  const open = () => showAsset(finding.asset_id);
  return h("button", { type: "button", class: "finding", "data-finding": finding.finding_id, onclick: open }, ...body);
}
