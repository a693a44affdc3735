/** What is muted by hand: until when, by whom and why, ended by one click; and the form that mutes an alert's asset or kind. */

import { change } from "./api.js";
import { attempt } from "./attempt.js";
import { h, keepFocus, put } from "./dom.js";
import { instant } from "./format.js";
import { localised, say } from "./language.js";
import { refreshNow } from "./refresh.js";
import { tellFaults } from "./refusal.js";
import { state, timeZone } from "./state.js";
import { seen, whoField } from "./workwrite.js";
import { minutesUntil } from "./zonedtime.js";

/** @typedef {import("./types.js").Alert} Alert */
/** @typedef {import("./types.js").AlertKind} AlertKind */
/** @typedef {import("./types.js").AlertPause} AlertPause */

const MINUTES = /** @type {const} */ ([60, 480, 1440]);
const MORNING_HOUR = 7;

/** The pause that was asked for at an alert, or holds for its kind in its territory. @param {Alert} alert */
export function pauseOf(alert) {
  return state.pauses.find((one) => one.alert_id === alert.alert_id || (one.kind === alert.kind && one.territory === alert.territory)) ?? null;
}

/** Draw what is muted. @param {HTMLElement} place */
export function drawPauses(place) {
  place.hidden = state.pauses.length === 0;
  keepFocus(place, "data-pause", () => put(place, h("h3", {}, say("muted")), h("ul", {}, ...state.pauses.map(drawPause))));
}

/** @param {AlertPause} pause */
function drawPause(pause) {
  const what = tellWhat(pause);
  const result = h("p", { class: "result", role: "alert" });
  const end = () => attempt(async () => {
    await change("DELETE", `alert-pauses/${pause.pause_id}`, {}, undefined);
    await refreshNow();
    focusOn(".alerts summary"); // the button is gone
  }, (faults) => { result.textContent = say("refused", { detail: tellFaults(faults) }); });
  const button = h("button", { type: "button", class: "quiet", "data-pause": pause.pause_id, onclick: end }, say("unmute"),
    h("span", { class: "hidden" }, ` : ${what}`));
  const told = say("muted_by", { at: instant(pause.until_at, timeZone(pause.territory)), who: pause.who, reason: pause.reason });
  return h("li", {}, h("div", { class: "words" }, h("strong", {}, what), h("p", { class: "meta" }, told)),
    h("div", { class: "work-acts" }, state.canWrite && button, result));
}

/** @param {AlertPause} pause */
function tellWhat({ asset_name: asset, kind, territory }) {
  if (kind === null) return say("muted_asset", { name: asset ?? "" });
  const found = state.alertKinds.find((one) => one.kind === kind);
  const place = state.territories.length > 1 ? ` · ${state.territories.find((one) => one.territory === territory)?.name ?? territory}` : "";
  return `${found ? localised(found, "name") : kind}${place}`;
}

/** @param {Alert} alert @param {AlertKind} kind */
export function drawMuting(alert, kind) {
  const summary = h("summary", {}, say("mute"), h("span", { class: "hidden" }, ` : ${say("alert_number", { n: alert.alert_id })}`));
  return h("details", { class: "alert-mute" }, summary, kind.is_safety ? h("p", { class: "hint" }, say("mute_never")) : drawForm(alert, kind));
}

/** One click on how long says it all, once there is a reason. @param {Alert} alert @param {AlertKind} kind */
function drawForm(alert, kind) {
  const scope = h("select", {}, alert.incident_id !== null && h("option", { value: "asset" }, say("mute_asset")),
    h("option", { value: "kind" }, say("mute_kind", { name: localised(kind, "name") })));
  const reason = h("input", { required: true, maxlength: 500 });
  const who = whoField();
  const result = h("p", { class: "result", role: "alert" });
  const write = seen(null);
  const save = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const chosen = Number(/** @type {HTMLButtonElement | null} */ (event.submitter)?.value) || MINUTES[0];
    const for_min = chosen > 0 ? chosen : minutesUntil(Date.now(), MORNING_HOUR, timeZone(alert.territory));
    const wish = { alert_id: alert.alert_id, scope: scope.value, for_min, reason: reason.value.trim(), ...who.read() };
    attempt(async () => {
      const { pause_id: id } = await write((headers, body) => change("POST", "alert-pauses", {}, body, headers), wish);
      result.textContent = say("muted_done");
      await refreshNow();
      focusOn(`[data-pause="${id}"]`); // the form is gone
    }, (faults) => { result.textContent = say("refused", { detail: tellFaults(faults) }); });
  };
  const buttons = MINUTES.map((n) => h("button", { type: "submit", class: "quiet", value: n }, say(`mute_${n}`)));
  return h("form", { onsubmit: save }, h("label", {}, say("mute_what"), scope), h("label", {}, say("mute_reason"), reason), who.element,
    h("p", { class: "hint" }, say("mute_rule")),
    h("div", { class: "acts", role: "group", "aria-label": say("mute_for") }, h("span", { "aria-hidden": "true" }, say("mute_for")), ...buttons,
      h("button", { type: "submit", class: "quiet", value: -1 }, say("mute_morning"))), result);
}

/** @param {string} selector */
function focusOn(selector) {
  /** @type {HTMLElement | null} */ (document.querySelector(selector))?.focus();
}
