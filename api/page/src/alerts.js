/** Alerts that go on: how serious, since when, who is on call and was told, what to do, and who looks after it. */

import { ask } from "./api.js";
import { attempt } from "./attempt.js";
import { h, put } from "./dom.js";
import { count, instant } from "./format.js";
import { localised, say } from "./language.js";
import { drawMuting, drawPauses, pauseOf } from "./mute.js";
import { waitingFor } from "./queue.js";
import { sentenceOf } from "./queueview.js";
import { meet, refreshNow } from "./refresh.js";
import { mark, severityName, sortAlerts } from "./severity.js";
import { state, timeZone, watch } from "./state.js";
import { newKey, whoField, writeOrKeep } from "./workwrite.js";

/** @typedef {import("./types.js").Alert} Alert */
/** @typedef {import("./types.js").AlertMessage} AlertMessage */
/** @typedef {import("./language.js").Sentence} Sentence */

const N_SHOWN = 100;

export function drawAlerts() {
  const total = h("span", { class: "badge" });
  const duty = h("p", { class: "hint" });
  const list = h("ul", {});
  const empty = h("p", { class: "hint" });
  const muted = h("div", { class: "muted", hidden: true });
  /** Lines that are drawn, so that a form somebody fills in outlives a refresh. @type {Map<string, HTMLElement>} */
  let drawn = new Map();
  const show = () => {
    const alerts = sortAlerts(state.alerts ?? []).slice(0, N_SHOWN);
    drawn = new Map(alerts.map((alert) => [keyOf(alert), drawn.get(keyOf(alert)) ?? drawLine(alert)]));
    const lines = [...drawn.values()];
    const isSame = lines.length === list.children.length && lines.every((one, index) => one === list.children[index]);
    if (!isSame) list.replaceChildren(...lines);
    total.textContent = state.alerts === null ? "" : count(alerts.filter((alert) => alert.acknowledged_at === null).length);
    empty.textContent = state.alerts === null ? say("loading") : say("alerts_none");
    empty.hidden = lines.length > 0;
    put(duty, ...state.onCall.map(tellDuty));
    duty.hidden = state.onCall.length === 0;
    drawPauses(muted);
  };
  watch(["alerts", "pauses", "alertKinds", "onCall", "canWrite", "territories", "queue", "away"], show);
  show();
  return h("section", { class: "card alerts", "aria-labelledby": "alerts-title" },
    h("div", { class: "card-head" }, h("h2", { id: "alerts-title" }, say("alerts")), total), duty, muted, empty, list);
}

/** @param {Alert} alert */
function keyOf(alert) {
  const told = [alert.severity, alert.acknowledged_by, alert.n_delivered, alert.n_waiting, alert.n_failed];
  return JSON.stringify([alert.alert_id, ...told, state.canWrite, state.canSee, state.alertKinds.length, keptFor(alert).length, state.away !== null, pauseOf(alert)?.until_at]);
}

/** @param {Alert} alert */
const keptFor = (alert) => waitingFor(`alerts/${alert.alert_id}`);

/** @param {import("./types.js").OnCall} one */
function tellDuty({ rota, on_call: name, next, until, territory }) {
  const at = instant(until, timeZone(territory));
  return h("span", { class: "duty" }, say(name === next ? "on_call_alone" : "on_call", { rota, name, at, next }));
}

/** @param {Alert} alert */
function drawLine(alert) {
  const zone = timeZone(alert.territory);
  const kind = state.alertKinds.find((one) => one.kind === alert.kind);
  const name = kind ? localised(kind, "name") : alert.kind;
  const kept = keptFor(alert);
  const pause = pauseOf(alert);
  const taken = alert.acknowledged_at && say("alert_taken", { who: alert.acknowledged_by ?? "", at: instant(alert.acknowledged_at, zone) });
  return h("li", { "data-alert": alert.alert_id },
    h("div", { class: "work-what" }, mark(alert.severity),
      h("div", { class: "words" }, h("strong", {}, localised(alert, "sentence") || name),
        h("p", { class: "meta" }, h("b", { class: alert.severity }, severityName(alert.severity)),
          ` · ${name} · ${say("since", { at: instant(alert.opened_at, zone) })}`),
        h("p", { class: "meta" }, tellSent(alert)),
        taken && h("p", {}, taken),
        pause && h("p", {}, say("muted_line", { at: instant(pause.until_at, zone) })),
        ...kept.map((one) => h("p", { class: "kept" }, sentenceOf(one), " · ", say("queue_unsent"))))),
    h("div", { class: "work-acts" },
      state.canWrite && !taken && kept.length === 0 && drawTaking(alert, name),
      state.canWrite && !state.away && !pause && kind && drawMuting(alert, kind),
      kind && drawRunbook(kind), state.canSee && !state.away && drawTold(alert)));
}

/** How many messages went out. @param {Alert} alert */
function tellSent({ n_delivered: sent, n_waiting: waiting, n_failed: failed }) {
  const parts = [say("alert_sent", { n: count(sent) }), waiting > 0 && say("alert_waiting", { n: count(waiting) }), failed > 0 && say("alert_failed", { n: count(failed) })];
  return parts.filter(Boolean).join(" · ");
}

/** Say that one looks after it: nobody else is told. @param {Alert} alert @param {string} name */
function drawTaking(alert, name) {
  const who = whoField();
  who.element.querySelector("input")?.setAttribute("required", "");
  const result = h("p", { class: "result", role: "alert" });
  const path = `alerts/${alert.alert_id}/acknowledge`;
  /** @type {import("./types.js").About} */
  const about = { act: "acknowledge", number: alert.alert_id, name, territory: alert.territory };
  const key = newKey();
  const take = (/** @type {Event} */ event) => {
    event.preventDefault();
    attempt(async () => {
      const done = await writeOrKeep({ method: "POST", path, body: who.read(), headers: { "Idempotency-Key": key }, about });
      if (done) refreshNow();
    }, (faults) => { result.textContent = say("failed", { detail: faults.map((one) => one.sentence_en).join(" ") }); });
  };
  return h("details", { class: "alert-take" },
    h("summary", {}, say("alert_take"), h("span", { class: "hidden" }, ` : ${say("alert_number", { n: alert.alert_id })}`)),
    h("form", { onsubmit: take }, who.element, h("button", { type: "submit", class: "main" }, say("alert_take_save")), result));
}

/** @param {import("./types.js").AlertKind} kind */
function drawRunbook(kind) {
  const steps = /** @type {string[]} */ (/** @type {any} */ (kind)[`steps_${document.documentElement.lang}`]);
  return h("details", { class: "runbook" }, h("summary", {}, say("runbook"), h("span", { class: "hidden" }, ` : ${localised(kind, "name")}`)),
    h("ol", {}, ...steps.map((step) => h("li", {}, step))));
}

/** Who was told, asked for when it is opened. @param {Alert} alert */
function drawTold(alert) {
  const list = h("ul", {});
  const load = async () => {
    const { items } = await ask(`alerts/${alert.alert_id}/messages`, {});
    put(list, ...(items.length === 0 ? [h("li", {}, say("alert_told_none"))] : items.map((/** @type {AlertMessage} */ one) => h("li", { class: one.state }, tellMessage(one, alert)))));
  };
  const details = h("details", { class: "told" },
    h("summary", {}, say("alert_told"), h("span", { class: "hidden" }, ` : ${say("alert_number", { n: alert.alert_id })}`)), list);
  details.addEventListener("toggle", () => { if (details.open) load().catch(meet); });
  return details;
}

/** @param {AlertMessage} message @param {Alert} alert */
function tellMessage({ channel, way, state: fate, settled_at: settled, release_at: release, n_attempts: n }, alert) {
  const at = instant(settled ?? release, timeZone(alert.territory));
  return `${channel} (${say(/** @type {Sentence} */ (`way_${way}`))}) : ${say(/** @type {Sentence} */ (`message_${fate}`), { at, n: count(n) })}`;
}
