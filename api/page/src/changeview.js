/** What a change does, before it is done: fields that differ, the entry it ends, the KPIs that are told again. */

import { attempt } from "./attempt.js";
import { h, put } from "./dom.js";
import { count, locale, sign } from "./format.js";
import { language, localised, say } from "./language.js";
import { toLocal } from "./zonedtime.js";

/** @typedef {import("./types.js").Kind} Kind */
/** @typedef {import("./types.js").Field} Field */
/** @typedef {import("./types.js").Change} Change */
/** @typedef {{kind: Kind, change: Change, zone: string, save: (cause: string) => Promise<unknown>, onEnd: (isSaved: boolean) => void, back: () => void}} View */

/** @param {View} view */
export function describeChange({ kind, change, zone, save, onEnd, back }) {
  const heading = h("h3", { tabindex: "-1" }, say("change_title"));
  const cause = h("input", { id: "change-cause", maxlength: 500, "aria-describedby": "change-cause-hint", "aria-required": "true" });
  const alert = h("p", { class: "fault", role: "alert" });
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    await attempt(async () => {
      await save(cause.value.trim());
      onEnd(true);
    }, (faults) => {
      alert.textContent = faults.map((fault) => localised(fault, "sentence")).join(" ");
      if (change.needs_cause) cause.focus();
    });
  };
  const form = h("form", { class: "change", novalidate: true, onsubmit: submit },
    heading,
    ...differences(kind, change, zone),
    change.ended && h("p", {}, say("change_ended", { at: written(fieldOf(kind, kind.ends), change.ended[kind.ends], zone) })),
    ...toldAgain(change),
    change.needs_cause && h("div", { class: "entry-field" }, h("label", { for: cause.id }, say("change_cause")), cause,
      h("p", { id: "change-cause-hint", class: "hint" }, say("change_cause_hint"))),
    alert,
    h("div", { class: "tools" },
      h("button", { class: "main" }, say("change_save")),
      h("button", { type: "button", class: "quiet", onclick: back }, say("change_back"))));
  window.setTimeout(() => heading.focus(), 0);
  return form;
}

/** @param {Kind} kind @param {Change} change @param {string} zone */
function differences(kind, { before, after }, zone) {
  if (after === null) return [h("p", {}, say("change_gone"))];
  const lines = kind.fields
    .filter((field) => JSON.stringify(before?.[field.name] ?? null) !== JSON.stringify(after[field.name] ?? null))
    .map((field) => {
      const now = written(field, after[field.name], zone);
      return before === null
        ? h("li", {}, `${localised(field, "name")}\u00a0: ${now}`)
        : h("li", {}, say("change_field", { field: localised(field, "name"), before: written(field, before[field.name], zone), after: now }));
    });
  if (lines.length === 0) return [h("p", {}, say("change_nothing"))];
  return [before === null && h("p", {}, say("change_new")), h("ul", { class: "differences" }, ...lines)].filter((one) => one !== false);
}

/** @param {Change} change */
function toldAgain({ told_again: told }) {
  if (told.length === 0) return [h("p", { class: "told" }, say("change_told_none"))];
  const n = told.reduce((sum, one) => sum + one.n_values, 0);
  const lines = told.map((one) => h("li", {}, `${localised(one, "name")} (${months(one.months)})`));
  return [h("p", { class: "told" }, say("change_told", { n: count(n) })), h("ul", { class: "differences" }, ...lines)];
}

/** @param {string[]} names `2026-03`, in order */
function months(names) {
  const format = new Intl.DateTimeFormat(locale(), { month: "long", year: "numeric", timeZone: "UTC" });
  const [first, last] = [names[0], names[names.length - 1]].map((name) => format.format(Date.parse(`${name}-01T00:00:00Z`)));
  return first === last ? first : say("months", { from: first, to: last });
}

/** @param {Kind} kind @param {string} name @returns {Field | undefined} */
function fieldOf(kind, name) {
  return kind.fields.find((field) => field.name === name);
}

/** Write a field's value as a person does. @param {Field | undefined} field @param {any} value @param {string} zone @returns {string} */
export function written(field, value, zone) {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  if (typeof value === "number") return new Intl.NumberFormat(locale(), { maximumFractionDigits: 6 }).format(value) + (field?.unit ? `\u202f${sign(field.unit)}` : "");
  if (field?.kind === "weekdays") return value.map(weekday).join(", ");
  if (field?.kind === "day") return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" }).format(Date.parse(value));
  if (field?.kind === "instant") return toLocal(value, zone).replace("T", " ");
  if (field?.kind === "unit") return sign(value) || value;
  if (Array.isArray(value)) return value.map((one) => written(field, one, zone)).join(", ");
  if (typeof value === "object") return (field?.parts ?? []).filter((part) => value[part.name] !== null && value[part.name] !== "")
    .map((part) => `${localised(part, "name")}\u00a0: ${written(part, value[part.name], zone)}`).join("\u00a0; ");
  const choice = field?.choices.find((one) => one.value === value);
  return choice ? localised(choice, "name") : String(value);
}

/** @param {number} day Monday 0 */
function weekday(day) {
  return new Intl.DateTimeFormat(language(), { weekday: "short", timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + day));
}
