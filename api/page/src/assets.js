/** The list of assets: search, filters, the worst first, and as many rows as asked for. */

import { h, put } from "./dom.js";
import { count } from "./format.js";
import { localised, say } from "./language.js";
import { filterAssets, ORDER } from "./selection.js";
import { degree, mark, SEVERITIES, severityName } from "./severity.js";
import { state, update, watch } from "./state.js";

/** @typedef {import("./types.js").Asset} Asset */

const N_SHOWN = 100;
const TYPING_MS = 30;

export function drawAssetList() {
  const total = h("span", { class: "badge", "aria-live": "polite" });
  const list = h("div", { class: "assets-list" });
  const types = h("select", { id: "asset-type", "aria-label": say("type"), onchange: choose("type") });
  let nShown = N_SHOWN;
  const showMore = () => { nShown += N_SHOWN; show(); };
  const show = () => {
    const found = filterAssets();
    total.textContent = state.assets === null ? "" : say("count", { n: count(found.length), total: count(state.assets.length) });
    put(list, ...rows(found, nShown, showMore));
  };
  const showTypes = () => put(types, h("option", { value: "" }, say("all_types")), ...typeOptions());
  watch(["assets"], showTypes);
  watch(["filter"], () => { nShown = N_SHOWN; });
  watch(["assets", "filter"], show);
  watch(["assetId"], () => markSelected(list));
  showTypes();
  show();
  return h("section", { class: "card assets", "aria-labelledby": "assets-title" },
    h("div", { class: "card-head" }, h("h2", { id: "assets-title" }, say("assets")), total),
    h("div", { class: "filters", role: "search" }, searchField(), types, stateChoice()), list);
}

/** @param {Asset[]} found @param {number} nShown @param {() => void} showMore */
function rows(found, nShown, showMore) {
  if (state.assets === null) return Array.from({ length: 8 }, () => h("div", { class: "line waiting", "aria-hidden": "true" }));
  if (state.assets.length === 0) return [h("p", { class: "empty" }, say("assets_none"))];
  if (found.length === 0) return [noMatch()];
  const nMore = Math.min(N_SHOWN, found.length - nShown);
  const more = h("button", { type: "button", class: "quiet more", onclick: showMore }, say("more", { n: nMore }));
  return [h("ul", {}, ...found.slice(0, nShown).map((asset) => h("li", {}, row(asset)))), ...(nMore > 0 ? [more] : [])];
}

function noMatch() {
  const clear = () => {
    for (const field of document.querySelectorAll(".filters input, .filters select")) /** @type {HTMLInputElement} */ (field).value = "";
    update({ filter: { text: "", type: "", state: "" } });
  };
  return h("div", { class: "empty" }, h("p", {}, say("assets_no_match")),
    h("button", { type: "button", class: "quiet", onclick: clear }, say("clear_filters")));
}

/** @param {Asset} asset */
function row(asset) {
  return h("button", {
    type: "button", class: "line", "data-asset": asset.asset_id, onclick: () => update({ assetId: asset.asset_id }),
    "aria-current": asset.asset_id === state.assetId ? "true" : null,
  },
  mark(asset.worst_severity),
  h("span", { class: "words" }, h("span", { class: "name" }, asset.name), h("span", { class: "meta" }, `${localised(asset, "type_name")} · `, h("b", { class: degree(asset.worst_severity) }, severityName(asset.worst_severity)))));
}

/** @param {Element} list */
function markSelected(list) {
  for (const line of list.querySelectorAll("[data-asset]")) {
    if (line.getAttribute("data-asset") === String(state.assetId)) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
}

function searchField() {
  let timer = 0;
  const type = (/** @type {Event} */ event) => {
    const text = /** @type {HTMLInputElement} */ (event.target).value;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => update({ filter: { ...state.filter, text } }), TYPING_MS);
  };
  return h("input", {
    id: "asset-search", type: "search", placeholder: say("search"), "aria-label": say("search"), oninput: type,
    value: state.filter.text, autocomplete: "off",
  });
}

/** @param {"type" | "state"} name */
function choose(name) {
  return (/** @type {Event} */ event) =>
    update({ filter: { ...state.filter, [name]: /** @type {HTMLSelectElement} */ (event.target).value } });
}

function typeOptions() {
  const nameByType = new Map((state.assets ?? []).map((asset) => [asset.type, localised(asset, "type_name")]));
  return [...nameByType].sort((one, other) => ORDER.compare(one[1], other[1])).map(([type, name]) =>
    h("option", { value: type, selected: type === state.filter.type }, name));
}

function stateChoice() {
  const options = [...SEVERITIES].reverse().map((one) =>
    h("option", { value: one, selected: one === state.filter.state }, severityName(one)));
  return h("select", { id: "asset-state", "aria-label": say("state"), onchange: choose("state") },
    h("option", { value: "" }, say("all_states")), ...options);
}
