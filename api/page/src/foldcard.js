/** A card that stays shut until it is asked for: filled when it opens, and again when territory or rights change. */

import { h } from "./dom.js";
import { say } from "./language.js";
import { makeLoader } from "./loader.js";
import { watch } from "./state.js";

/** `load` fills the body and may speak in the status line above it; `show` does so again where the card is open.
 * @param {"batches" | "open_data" | "precision" | "reference" | "rounds"} name of its sentences and its class
 * @param {(body: HTMLElement, result: HTMLElement) => Promise<void>} load
 * @param {boolean} [isOpen]
 */
export function drawFoldCard(name, load, isOpen = false) {
  const body = h("div", { class: "fold-card-body" });
  const result = h("p", { class: "result", role: "status", tabindex: "-1" });
  const card = h("details", { class: `card fold fold-card ${name}`, open: isOpen }, h("summary", {}, h("h2", {}, say(name))),
    h("p", { class: "hint" }, say(`${name}_intro`)), result, body);
  const show = makeLoader(async () => { if (card.open) await load(body, result); });
  card.addEventListener("toggle", show);
  watch(["territory", "canWrite"], show);
  return { card, show };
}
