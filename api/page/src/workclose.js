/** Closing a work order: a verdict is enough; how it was found, parts, time and cost can be said too. */

import { attempt } from "./attempt.js";
import { h } from "./dom.js";
import { say } from "./language.js";
import { drawPhotoField } from "./photofield.js";
import { refreshNow } from "./refresh.js";
import { tellFaults } from "./refusal.js";
import { timeZone } from "./state.js";
import { fromLocal } from "./zonedtime.js";
import { aboutOrder, seen, whoField, writeOrKeep } from "./workwrite.js";

/** @typedef {import("./types.js").WorkOrder} WorkOrder */
/** @typedef {import("./language.js").Sentence} Sentence */

const VERDICTS = ["confirmed", "false_alarm", "known", "other_cause"];

/** @param {WorkOrder} order */
export function drawClosing(order) {
  const result = h("p", { class: "result", role: "alert" });
  const verdicts = VERDICTS.map((word) => h("input", { type: "radio", name: `verdict-${order.work_order_id}`, value: word, required: true }));
  const more = drawMore(order);
  const photos = drawPhotoField();
  const write = seen(order);
  const save = (/** @type {Event} */ event) => {
    event.preventDefault();
    const verdict = verdicts.find((one) => one.checked)?.value;
    attempt(async () => {
      for (const photo of await photos.read()) await sendPhoto(order, photo, more.read().who);
      const path = `work-orders/${order.work_order_id}/close`;
      const about = aboutOrder("close", order, verdict);
      const closed = await write((headers, body) => writeOrKeep({ method: "POST", path, body, headers, about }), { verdict, ...more.read() });
      if (closed) refreshNow();
    }, (faults) => { result.textContent = say("refused", { detail: tellFaults(faults) }); });
  };
  return h("details", { class: "work-close" },
    h("summary", {}, say("work_close"), h("span", { class: "hidden" }, ` : ${say("work_number", { n: order.work_order_id })}`)),
    h("form", { onsubmit: save },
      h("fieldset", { class: "entry-group verdicts" }, h("legend", {}, say(order.sentence_fr ? "work_verdict" : "work_verdict_by_hand")),
        ...verdicts.map((box, index) => h("label", { class: "choice" }, box, say(/** @type {Sentence} */ (`work_verdict_${VERDICTS[index]}`))))),
      photos.element, more.element,
      h("button", { type: "submit", class: "main" }, say("work_close_save")), result));
}

/** Before the closing, so that whoever is told of that finds them there. @param {WorkOrder} order @param {import("./photofield.js").Photo} photo @param {string} [who] */
async function sendPhoto(order, { file, key }, who) {
  const path = `work-orders/${order.work_order_id}/photos${who ? `?who=${encodeURIComponent(who)}` : ""}`;
  await writeOrKeep({ method: "POST", path, body: file, headers: { "Idempotency-Key": key }, about: aboutOrder("photo", order) });
}

/** What can be said beside the verdict. @param {WorkOrder} order */
function drawMore(order) {
  const condition = h("select", {}, ...["", "working", "failed"].map((word) =>
    h("option", { value: word }, say(/** @type {Sentence} */ (word ? `work_condition_${word}` : "work_condition_none")))));
  const failed = h("input", { type: "datetime-local" });
  const failedLabel = h("label", { hidden: true }, say("verdict_failed_at"), failed);
  condition.addEventListener("change", () => { failedLabel.hidden = condition.value !== "failed"; });
  const cause = h("input", { autocomplete: "off", maxlength: 200 });
  const parts = h("textarea", { rows: 2 });
  const minutes = h("input", { type: "number", min: 0, max: 100000, inputmode: "numeric" });
  const cost = h("input", { type: "number", min: 0, step: "0.01", inputmode: "decimal" });
  const note = h("textarea", { rows: 2, maxlength: 2000 });
  const who = whoField();
  const read = () => ({
    condition: condition.value || null,
    failed_at: condition.value === "failed" && failed.value ? fromLocal(failed.value, timeZone(order.territory)) : null,
    cause: cause.value.trim(),
    parts: parts.value.split("\n").map((line) => line.trim()).filter(Boolean).map((name) => ({ name })),
    worked_min: minutes.value === "" ? null : Number(minutes.value),
    cost_eur: cost.value === "" ? null : Number(cost.value),
    result: note.value.trim(),
    ...who.read(),
  });
  const element = h("details", {}, h("summary", {}, say("verdict_more")),
    h("div", { class: "work-more" },
      h("label", {}, say("work_condition"), condition), failedLabel,
      h("label", {}, say("work_cause"), cause), h("label", {}, say("work_parts"), parts),
      h("label", {}, say("work_minutes"), minutes), h("label", {}, say("work_cost"), cost),
      h("label", {}, say("work_result"), note), who.element));
  return { element, read };
}
