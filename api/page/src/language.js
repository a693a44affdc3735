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

/** Say a sentence with its places filled: `{n}` is the value itself, `{n:thing|things}` the word that goes with that number.
 * @param {Sentence} name
 * @param {Record<string, string | number>} [values]
 */
export function say(name, values = {}) {
  const text = SENTENCES[current][name].replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (_, place, one, several) => {
    const value = String(values[place] ?? "");
    if (one === undefined) return value;
    return isSingular(value) ? one : several;
  });
  return typeset(text);
}

/** In French nothing is singular too. @param {string} number */
function isSingular(number) {
  return number === "1" || (current === "fr" && number === "0");
}

/** Keep French signs on the line of the word they go with. @param {string} text */
function typeset(text) {
  if (current !== "fr") return text;
  return text.replace(/ ([:;?!»%€])/g, "\u00a0$1").replace(/« /g, "«\u00a0").replace(/(\d) h (\d)/g, "$1\u00a0h\u00a0$2").replace(/n° (\d)/g, "n°\u00a0$1");
}

/** Name a waste stream; one that has no name here is written as it is. @param {string} stream */
export function streamName(stream) {
  return /** @type {Record<string, string>} */ (SENTENCES[current])[`stream_${stream}`] ?? stream;
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
  return typeset(String(/** @type {Record<string, unknown>} */ (item)[`${field}_${current}`] ?? ""));
}
