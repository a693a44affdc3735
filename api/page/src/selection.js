/** Which assets are shown, and in which order: found once for each change, since list, map and legend all ask. */

import { language, localised } from "./language.js";
import { degree, rank } from "./severity.js";
import { state } from "./state.js";

/** @typedef {import("./types.js").Asset} Asset */

export const ORDER = new Intl.Collator("fr", { numeric: true, sensitivity: "base" });
/** Looking letters up is dear, and a refresh brings the same texts again. @type {Map<string, string>} */
const foldedByText = new Map();
/** @type {{assets: Asset[] | null, sorted: Asset[]}} */
let ordered = { assets: null, sorted: [] };
/** @type {{key: unknown[], found: Asset[]}} */
let last = { key: [], found: [] };

/** Assets that match the filters, the worst first, then by name. */
export function filterAssets() {
  const key = [state.assets, state.filter, language()];
  if (key.some((one, index) => one !== last.key[index])) last = { key, found: find() };
  return last.found;
}

function find() {
  const { text, type, state: wanted } = state.filter;
  const words = fold(text).split(/\s+/).filter(Boolean);
  return sortAssets().filter((asset) =>
    (!type || asset.type === type) && (!wanted || degree(asset.worst_severity) === wanted)
    && (words.length === 0 || isNamed(asset, words)));
}

/** A refresh brings nearly the same order again: sorting what is sorted already compares each name once. */
function sortAssets() {
  const { assets } = state;
  if (assets === ordered.assets) return ordered.sorted;
  const place = new Map(ordered.sorted.map((asset, index) => [asset.asset_id, index]));
  const before = [...(assets ?? [])].sort((one, other) => (place.get(one.asset_id) ?? 0) - (place.get(other.asset_id) ?? 0));
  const sorted = before.sort((one, other) => rank(other.worst_severity) - rank(one.worst_severity) || ORDER.compare(one.name, other.name));
  ordered = { assets, sorted };
  return sorted;
}

/** @param {Asset} asset @param {string[]} words */
function isNamed(asset, words) {
  const text = `${asset.name} ${asset.slug} ${localised(asset, "type_name")}`;
  let folded = foldedByText.get(text);
  if (folded === undefined) foldedByText.set(text, folded = fold(text));
  return words.every((word) => folded.includes(word));
}

/** Let « Eglise » find « église ». @param {string} text */
function fold(text) {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
}
