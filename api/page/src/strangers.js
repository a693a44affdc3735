/** Devices that nobody registered: what each sends, and accepting or ignoring them. */

import { acceptOne, acceptSeveral, ignoreSeveral } from "./acceptance.js";
import { h, put } from "./dom.js";
import { ago, amount, count } from "./format.js";
import { localised, say } from "./language.js";
import { readable } from "./rejections.js";
import { sourceName } from "./sources.js";
import { state, timeZone, watch } from "./state.js";

/** @typedef {import("./types.js").Stranger} Stranger */
/** @typedef {import("./types.js").SampleValue} SampleValue */
/** @typedef {{element: HTMLElement, box: HTMLInputElement, show: (stranger: Stranger) => void}} Row */

export function drawStrangers() {
  /** What is chosen or typed in stays while the list is refreshed. @type {Map<number, Row>} */
  const rows = new Map();
  const total = h("span", { class: "badge" });
  const result = h("p", { class: "result", role: "status", tabindex: "-1" });
  const tools = h("div", {});
  const list = h("ul", {});
  const card = h("details", { class: "card fold strangers" }, h("summary", {}, h("h2", {}, say("strangers")), total),
    h("p", { class: "hint" }, say("strangers_intro")), tools, result, list);
  const tell = (/** @type {string} */ text) => {
    result.textContent = text;
    result.focus();
  };
  const show = () => {
    const strangers = state.strangers?.items ?? [];
    card.hidden = strangers.length === 0 && result.textContent === "";
    total.textContent = count(strangers.length) + (state.strangers?.next ? "+" : "");
    const known = new Set(strangers.map((stranger) => stranger.device_id));
    for (const id of rows.keys()) if (!known.has(id)) rows.delete(id);
    for (const stranger of strangers) {
      if (!rows.has(stranger.device_id)) rows.set(stranger.device_id, makeRow(stranger, tell));
      rows.get(stranger.device_id)?.show(stranger);
    }
    keepInOrder(list, [...rows.values()].map((row) => row.element));
  };
  const showTools = () => put(tools, ...(state.canWrite ? makeTools(rows, tell) : [h("p", { class: "hint" }, say("strangers_read_only"))]));
  watch(["strangers", "territories", "canWrite"], show);
  watch(["canWrite"], showTools);
  showTools();
  show();
  return card;
}

/** Put elements in without taking out those that stand right: one that is taken out loses the focus.
 * @param {HTMLElement} list @param {HTMLElement[]} elements
 */
function keepInOrder(list, elements) {
  for (const old of [...list.children]) if (!elements.includes(/** @type {HTMLElement} */ (old))) old.remove();
  elements.forEach((element, index) => list.children[index] === element || list.insertBefore(element, list.children[index] ?? null));
}

/** @param {Map<number, Row>} rows @param {(text: string) => void} tell */
function makeTools(rows, tell) {
  const chosen = () => [...rows].filter(([, row]) => row.box.checked).map(([id]) => id);
  const chooseAll = (/** @type {Event} */ event) => {
    for (const row of rows.values()) row.box.checked = /** @type {HTMLInputElement} */ (event.target).checked;
  };
  /** @param {(ids: number[], tell: (text: string) => void) => Promise<void>} change */
  const act = (change) => () => {
    const ids = chosen();
    if (ids.length === 0) tell(say("strangers_none_chosen"));
    else change(ids, tell);
  };
  return [h("div", { class: "tools" },
    h("label", { class: "choice" }, h("input", { type: "checkbox", onchange: chooseAll }), say("strangers_all")),
    h("button", { type: "button", class: "main", onclick: act(acceptSeveral) }, say("strangers_accept")),
    h("button", { type: "button", class: "quiet", onclick: act(ignoreSeveral) }, say("strangers_ignore")))];
}

/** @param {Stranger} first @param {(text: string) => void} tell @returns {Row} */
function makeRow(first, tell) {
  const box = h("input", { type: "checkbox" });
  const name = h("strong", {}, first.external_id);
  const facts = h("div", {});
  const place = h("div", {});
  const element = h("li", { "data-device": first.device_id }, h("label", { class: "choice" }, box, name), facts, place);
  const show = (/** @type {Stranger} */ stranger) => {
    box.hidden = !state.canWrite;
    put(facts, ...describe(stranger));
    if (!state.canWrite) put(place);
    else if (!place.firstChild) put(place, makeForm(stranger, tell));
  };
  return { element, box, show };
}

/** @param {Stranger} stranger */
function describe(stranger) {
  const zone = timeZone(stranger.territory);
  const { model, source, gateway, last_heard_at: last } = stranger;
  const facts = [
    state.territories.length > 1 && (state.territories.find((one) => one.territory === stranger.territory)?.name ?? stranger.territory),
    model && say("stranger_model", { model }),
    source && say("stranger_source", { source: sourceName(source) }),
    gateway && say("stranger_gateway", { gateway }),
    say("stranger_first", { at: ago(stranger.first_heard_at, zone) }),
    last && say("stranger_last", { at: ago(last, zone) }),
    say("stranger_messages", { n: count(stranger.n_messages) }),
  ];
  return [
    h("p", { class: "meta" }, facts.filter(Boolean).join(" · ")),
    stranger.values.length > 0 && h("p", {}, stranger.values.map(sampleValue).join(" · ")),
    ...stranger.refused.map((part) => h("p", { class: "meta" }, localised(part, "sentence"))),
    h("p", { class: "sample" }, h("code", {}, stranger.topic ?? ""), " ", h("code", {}, readable(stranger.payload_base64 ?? ""))),
  ];
}

/** @param {SampleValue} value */
function sampleValue(value) {
  const channel = value.channel ? ` (${value.channel})` : "";
  const said = value.state_fr === null ? amount(value.value, value.unit) : localised(value, "state");
  return `${localised(value, "quantity_name")}${channel}\u00a0: ${said}`;
}

/** @param {Stranger} stranger @param {(text: string) => void} tell */
function makeForm(stranger, tell) {
  const id = `stranger-${stranger.device_id}`;
  const name = h("input", { id: `${id}-name`, value: stranger.external_id, maxlength: 200, autocomplete: "off" });
  const asset = h("input", { id: `${id}-asset`, list: `${id}-assets`, maxlength: 200, autocomplete: "off" });
  const assets = h("datalist", { id: `${id}-assets` });
  const places = () => (state.assets ?? []).filter((one) => one.territory === stranger.territory);
  const accept = (/** @type {Event} */ event) => {
    event.preventDefault();
    const slug = asset.value.trim();
    if (slug && !places().some((one) => one.slug === slug)) tell(say("stranger_asset_unknown"));
    else acceptOne(stranger.device_id, { name: name.value.trim() || stranger.external_id, ...(slug ? { asset: slug } : {}) }, tell);
  };
  const fill = () => put(assets, ...places().map((one) => h("option", { value: one.slug }, one.name)));
  return h("details", { class: "take", ontoggle: fill }, h("summary", {}, say("stranger_take")),
    h("form", { onsubmit: accept },
      h("div", {}, h("label", { for: name.id }, say("stranger_name")), name),
      h("div", {}, h("label", { for: asset.id }, say("stranger_asset")), asset, assets),
      h("button", { class: "main" }, say("stranger_accept"))));
}
