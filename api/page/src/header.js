/** The header: name, territory, language, key. */

import { keepKey, KeyRefused, keepSession } from "./api.js";
import { logOut } from "./session.js";
import { meet } from "./refresh.js";
import { h, put, s } from "./dom.js";
import { language, say, setLanguage } from "./language.js";
import { dropShelf } from "./shelf.js";
import { state, update, watch } from "./state.js";

/** @param {() => void} redraw called after the language changed */
export function drawHeader(redraw) {
  const place = h("div", { class: "place" });
  const show = () => put(place, state.isConnected && territoryChoice());
  const who = h("p", { class: "who" });
  const showWho = () => put(who, state.isConnected && state.who !== null && [h("span", { class: "hidden" }, say("who")), " ", state.who]);
  watch(["territories"], show);
  watch(["who"], showWho);
  show();
  showWho();
  const name = h("div", { class: "brand" }, logo(), h("h1", {}, "Vigie"), h("span", {}, say("tagline")));
  const actions = h("div", { class: "actions" }, languageChoice(redraw), state.isConnected && disconnectButton());
  return h("header", { class: "top" }, h("div", { class: "bar" }, name, place, who, actions));
}

function logo() {
  const lighthouse = s("path", { d: "M16 5v4M9.5 26l3-13h7l3 13M11 20h10M12 13l4-4 4 4" });
  return s("svg", { class: "logo", viewBox: "0 0 32 32", "aria-hidden": "true" },
    s("rect", { width: 32, height: 32, rx: 8 }), lighthouse);
}

function territoryChoice() {
  if (state.territories.length === 0) return null;
  if (state.territories.length === 1) return h("strong", { class: "only" }, state.territories[0].name);
  const options = state.territories.map((one) =>
    h("option", { value: one.territory, selected: one.territory === state.territory }, one.name));
  const choose = (/** @type {Event} */ event) =>
    update({ territory: /** @type {HTMLSelectElement} */ (event.target).value, assetId: null });
  return h("label", {}, h("span", { class: "hidden" }, say("territory")),
    h("select", { id: "territory", onchange: choose }, h("option", { value: "" }, say("all_territories")), ...options));
}

/** @param {() => void} redraw */
function languageChoice(redraw) {
  const buttons = /** @type {const} */ (["fr", "en"]).map((one) =>
    h("button", {
      type: "button", lang: one, "data-language": one, "aria-pressed": String(language() === one),
      "aria-label": one === "fr" ? "Français" : "English",
      onclick: () => {
        setLanguage(one);
        redraw();
        /** @type {HTMLElement | null} */ (document.querySelector(`[data-language=${one}]`))?.focus();
      },
    }, one.toUpperCase()));
  return h("div", { class: "segments", role: "group", "aria-label": say("language") }, ...buttons);
}

function leave() {
  keepKey(null);
  keepSession(null);
  dropShelf();
  update({ isConnected: false, keyProblem: null, loginTrouble: null, who: null, territories: [], territory: "", assetId: null, kpis: null, away: null });
}

function disconnectButton() {
  const disconnect = async () => {
    try {
      await logOut();
    } catch (error) {
      return error instanceof KeyRefused ? leave() : meet(error);
    }
    leave();
  };
  return h("button", { type: "button", class: "quiet", id: "disconnect", onclick: disconnect }, say("disconnect"));
}
