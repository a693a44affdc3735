/** What people know and enter: lists with their validity, forms, a look at what changes before it is saved. */

import { ask, askAll } from "./api.js";
import { drawAssetFile } from "./assetfile.js";
import { attempt } from "./attempt.js";
import { written } from "./changeview.js";
import { h, put, scrollable } from "./dom.js";
import { drawEntryForm, drawRemoval } from "./entryform.js";
import { drawFoldCard } from "./foldcard.js";
import { count } from "./format.js";
import { localised, say } from "./language.js";
import { meet } from "./refresh.js";
import { state, timeZone, watch } from "./state.js";

/** @typedef {import("./types.js").Kind} Kind */
/** @typedef {import("./types.js").Entry} Entry */

const MOST_SHOWN = 200;
const FILE = "assets-file";

/** Kept while the page is drawn anew in the other language. @type {Kind[] | null} */
let kinds = null;
let chosen = "tariffs";
let isOpen = false;

export function drawReference() {
  const { card, show } = drawFoldCard("reference", load, isOpen);
  card.addEventListener("toggle", () => { isOpen = card.open; });
  let known = territory();
  watch(["territories"], () => {
    if (territory() !== known) show();
    known = territory();
  });
  return card;
}

/** The one that is chosen, or the only one. */
function territory() {
  return state.territory || (state.territories.length === 1 ? state.territories[0].territory : "");
}

/** @param {HTMLElement} body @param {HTMLElement} result */
async function load(body, result) {
  if (territory() === "") return put(body, h("p", { class: "hint" }, say("reference_one_territory")));
  kinds ??= /** @type {Kind[]} */ ((await ask("reference-kinds")).items);
  const places = { choice: h("div", { class: "tools" }), work: h("div", {}), list: h("div", {}) };
  put(body, places.choice, places.work, places.list);
  if (!state.canEnter) body.prepend(h("p", { class: "hint" }, say("reference_read_only")));
  const tell = (/** @type {string} */ text) => {
    result.textContent = text;
    result.focus();
  };
  showChoice(places, tell);
  await showKind(places, tell);
}

/** @typedef {{choice: HTMLElement, work: HTMLElement, list: HTMLElement}} Places */

/** @param {Places} places @param {(text: string) => void} tell */
function showChoice(places, tell) {
  const options = (kinds ?? []).map((kind) => h("option", { value: kind.kind, selected: kind.kind === chosen }, localised(kind, "name")));
  if (state.canEnter) options.push(h("option", { value: FILE, selected: chosen === FILE }, say("file_kind")));
  const choose = (/** @type {Event} */ event) => {
    chosen = /** @type {HTMLSelectElement} */ (event.target).value;
    showKind(places, tell).catch(meet);
  };
  put(places.choice, h("label", { class: "kind" }, h("span", {}, say("reference_kind")), h("select", { onchange: choose }, ...options)));
}

/** @param {Places} places @param {(text: string) => void} tell */
async function showKind(places, tell) {
  put(places.work);
  put(places.list);
  if (chosen === FILE) return put(places.work, drawAssetFile(territory(), tell));
  const kind = kinds?.find((one) => one.kind === chosen);
  if (!kind) return;
  const asked = territory();
  const entries = await askAll(`territories/${asked}/reference/${kind.kind}`, { limit: 1000 }, { most: 5000 });
  if (asked !== territory() || kind.kind !== chosen) return;
  put(places.list, drawList(kind, entries, places, tell));
}

/** @param {Kind} kind @param {Entry[]} entries @param {Places} places @param {(text: string) => void} tell */
function drawList(kind, entries, places, tell) {
  const zone = timeZone(territory());
  const onEnd = (/** @type {boolean} */ isSaved) => {
    put(places.work);
    if (isSaved) {
      tell(say("change_saved"));
      showKind(places, tell).catch(meet);
    } else add?.focus();
  };
  const task = (/** @type {Entry | null} */ entry) => ({ kind, entry, territory: territory(), zone, onEnd });
  const open = (/** @type {Entry | null} */ entry) => {
    const form = drawEntryForm(task(entry));
    put(places.work, form.element);
    form.focus();
  };
  const remove = (/** @type {Entry} */ entry) => attempt(async () => put(places.work, await drawRemoval(task(entry))),
    (faults) => tell(faults.map((fault) => localised(fault, "sentence")).join(" ")));
  const add = state.canEnter ? h("button", { type: "button", class: "main", onclick: () => open(null) }, say("reference_add")) : null;
  const head = h("div", { class: "tools" }, h("h3", {}, localised(kind, "name")), h("span", { class: "badge" }, count(entries.length)), add);
  if (entries.length === 0) return h("div", {}, head, h("p", { class: "hint" }, say("reference_none")));
  const shown = ordered(kind, entries).slice(0, MOST_SHOWN);
  return h("div", {}, head, drawTable(kind, shown, zone, open, remove),
    entries.length > MOST_SHOWN && h("p", { class: "hint" }, say("reference_more", { n: count(MOST_SHOWN) })));
}

/** @param {Kind} kind @param {Entry[]} entries @param {string} zone @param {(entry: Entry) => void} open @param {(entry: Entry) => void} remove */
function drawTable(kind, entries, zone, open, remove) {
  const fields = kind.fields.filter((field) => !field.kind.startsWith("part") && entries.some((entry) => ![null, ""].includes(entry[field.name])));
  const heads = [...fields.map((field) => localised(field, "name")), ...(kind.begins ? [say("standing")] : []), ...(state.canEnter ? [say("actions")] : [])];
  const rows = entries.map((entry) => h("tr", { "data-entry": entry.id },
    ...fields.map((field) => h("td", {}, shorten(written(field, entry[field.name], zone)))),
    kind.begins && h("td", {}, say(`standing_${standing(kind, entry)}`)),
    state.canEnter && h("td", { class: "acts" },
      h("button", { type: "button", class: "quiet", onclick: () => open(entry) }, say("entry_change")),
      h("button", { type: "button", class: "quiet", onclick: () => remove(entry) }, say("entry_remove")))));
  const table = h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, ...rows));
  return scrollable(say("reference_list", { name: localised(kind, "name") }), table);
}

/** Those of a like together, the newest first. @param {Kind} kind @param {Entry[]} entries */
function ordered(kind, entries) {
  const key = (/** @type {Entry} */ entry) => kind.alike.map((name) => entry[name]).join(" ");
  return [...entries].sort((one, other) => key(one).localeCompare(key(other))
    || String(other[kind.begins] ?? "").localeCompare(String(one[kind.begins] ?? "")));
}

/** @param {Kind} kind @param {Entry} entry @returns {"now" | "later" | "past"} */
function standing(kind, entry) {
  const [begins, ends] = [Date.parse(entry[kind.begins]), entry[kind.ends] ? Date.parse(entry[kind.ends]) : Infinity];
  if (begins > Date.now()) return "later";
  return ends <= Date.now() ? "past" : "now";
}

/** @param {string} text */
function shorten(text) {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
