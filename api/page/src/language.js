/** French by default, English by choice: sentences, and numbers and times as each language writes them. */

import english from "./i18n/en.json";
import french from "./i18n/fr.json";

/** @typedef {keyof typeof french} Sentence */
/** @typedef {"fr" | "en"} Language */

const SENTENCES = { fr: french, en: english };
const PLACE = "vigie-language";

/** @type {Language} */
let current = "fr";

/** Take up the language chosen before. */
export function openLanguage() {
  setLanguage(localStorage.getItem(PLACE) === "en" ? "en" : "fr");
}

/** @returns {Language} */
export function language() {
  return current;
}

/** @param {Language} next */
export function setLanguage(next) {
  current = next;
  localStorage.setItem(PLACE, next);
  document.documentElement.lang = next;
}

/** Say a sentence with its places filled.
 * @param {Sentence} name
 * @param {Record<string, string | number>} [values]
 */
export function say(name, values = {}) {
  return SENTENCES[current][name].replace(/\{(\w+)\}/g, (_, place) => String(values[place] ?? ""));
}

/** Name a kind of finding; one that has no name yet is written as it is. @param {string} kind */
export function kindName(kind) {
  return /** @type {Record<string, string>} */ (SENTENCES[current])[`kind_${kind}`] ?? kind.replaceAll("_", " ");
}

/** Take the field of an item that is in the language chosen, as in `name_fr`, `name_en`.
 * @param {object} item
 * @param {string} field
 * @returns {string}
 */
export function localised(item, field) {
  return String(/** @type {Record<string, unknown>} */ (item)[`${field}_${current}`] ?? "");
}
