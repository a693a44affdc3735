/** One control for each kind of field: a label, what is entered, a hint, and what is wrong with it beside it. */

import { Unreadable } from "./attempt.js";
import { h, put } from "./dom.js";
import { sign } from "./format.js";
import { localised, say } from "./language.js";
import { state } from "./state.js";
import { fromLocal, toLocal } from "./zonedtime.js";

/** @typedef {import("./types.js").Field} Field */
/** What is entered: `read` gives the value as the API takes it, `mark` says what is wrong at a place within it.
 * @typedef {{element: HTMLElement, read: () => unknown, mark: (place: string, sentence: string) => boolean, focus: () => void}} Control
 */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Input */
/** @typedef {{territory: string, zone: string}} Place */

let nControls = 0;

/** @param {Field} field @param {any} value @param {Place} place @returns {Control} */
export function makeControl(field, value, place) {
  if (field.kind === "part") return makePart(field, value, place);
  if (field.kind === "parts") return makeParts(field, value ?? [], place);
  if (field.kind === "weekdays") return makeWeekdays(field, value ?? (field.is_required ? [] : [0, 1, 2, 3, 4, 5, 6]));
  const input = makeInput(field, value, place);
  return wrap(field, input, () => readInput(field, input, place));
}

/** @param {Field} field @param {Input} input @param {() => unknown} read @returns {Control} */
function wrap(field, input, read) {
  input.id = `entry-${++nControls}`;
  const fault = h("p", { id: `${input.id}-fault`, class: "fault" });
  const hintText = [field.unit && say("entry_unit", { unit: sign(field.unit) }), field.kind === "assets" && say("entry_per_line")]
    .filter(Boolean).join(" · ");
  const hint = h("p", { id: `${input.id}-hint`, class: "hint" }, hintText);
  input.setAttribute("aria-describedby", `${hint.id} ${fault.id}`);
  if (field.is_required) input.setAttribute("aria-required", "true");
  const label = h("label", { for: input.id }, localised(field, "name"),
    field.is_required && h("span", { class: "needed", title: say("entry_required") }, "\u00a0*"));
  const element = h("div", { class: "entry-field", "data-field": field.name }, label, input,
    suggestionsByInput.get(input), hintText && hint, fault);
  return {
    element,
    read,
    mark: (_, sentence) => {
      fault.textContent = sentence;
      input.setAttribute("aria-invalid", "true");
      return true;
    },
    focus: () => input.focus(),
  };
}

/** Suggestions stand beside their input. @type {WeakMap<Input, HTMLDataListElement>} */
const suggestionsByInput = new WeakMap();

/** @param {Field} field @param {any} value @param {Place} place @returns {Input} */
function makeInput(field, value, place) {
  if (field.kind === "flag") return h("input", { type: "checkbox", checked: value === true });
  if (field.kind === "assets") return h("textarea", { rows: 4, spellcheck: "false" }, (value ?? []).join("\n"));
  if (field.kind === "choice" || (field.kind === "word" && field.choices.length > 0)) return makeSelect(field, value);
  if (field.kind === "day") return h("input", { type: "date", value: value ?? "" });
  if (field.kind === "hour") return h("input", { type: "time", value: value ?? "" });
  if (field.kind === "instant") return h("input", { type: "datetime-local", value: value ? toLocal(value, place.zone) : "" });
  if (field.kind === "number" || field.kind === "whole") return h("input", { inputmode: "decimal", autocomplete: "off", value: value ?? "" });
  const input = h("input", { autocomplete: "off", maxlength: 200, value: value ?? "" });
  if (field.kind === "asset" || field.choices.length > 0) suggest(input, field, place);
  return input;
}

/** @param {Field} field @param {any} value */
function makeSelect(field, value) {
  const known = field.choices.some((choice) => choice.value === value);
  const other = value && !known ? [h("option", { value, selected: true }, value)] : [];
  const options = field.choices.map((choice) =>
    h("option", { value: choice.value, selected: choice.value === value }, localised(choice, "name")));
  return h("select", {}, h("option", { value: "" }, say("entry_choose")), ...other, ...options);
}

/** @param {HTMLInputElement} input @param {Field} field @param {Place} place */
function suggest(input, field, place) {
  const list = h("datalist", { id: `suggestions-${++nControls}` });
  input.setAttribute("list", list.id);
  suggestionsByInput.set(input, list);
  const fill = () => put(list, ...(field.kind === "asset"
    ? (state.assets ?? []).filter((one) => one.territory === place.territory).map((one) => h("option", { value: one.slug }, one.name))
    : field.choices.map((choice) => h("option", { value: choice.value }, localised(choice, "name")))));
  input.addEventListener("focus", fill, { once: true });
}

/** Give what was entered, null where nothing was. @param {Field} field @param {Input} input @param {Place} place */
function readInput(field, input, place) {
  if (field.kind === "flag") return /** @type {HTMLInputElement} */ (input).checked;
  const text = input.value.trim();
  if (field.kind === "assets") return text.split(/[\s,;]+/).filter(Boolean);
  if (text === "") return null;
  if (field.kind === "instant") return fromLocal(text, place.zone);
  if (field.kind !== "number" && field.kind !== "whole") return text;
  const value = Number(text.replace(/[\s\u00a0\u202f]/g, "").replace(",", "."));
  if (!Number.isFinite(value)) throw new Unreadable(say("entry_number"));
  return value;
}

/** @param {Field} field @param {number[]} value @returns {Control} */
function makeWeekdays(field, value) {
  const names = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", timeZone: "UTC" });
  const boxes = [0, 1, 2, 3, 4, 5, 6].map((day) => h("input", { type: "checkbox", checked: value.includes(day) }));
  const labels = boxes.map((box, day) => h("label", { class: "choice" }, box, names.format(Date.UTC(2024, 0, 1 + day))));
  const { element, fault } = group(field, h("div", { class: "days" }, ...labels));
  return {
    element,
    read: () => boxes.flatMap((box, day) => (box.checked ? [day] : [])),
    mark: (_, sentence) => {
      fault.textContent = sentence;
      return true;
    },
    focus: () => boxes[0].focus(),
  };
}

/** @param {Field} field @param {...(Node | null)} children */
function group(field, ...children) {
  const fault = h("p", { id: `entry-${++nControls}-fault`, class: "fault" });
  const element = h("fieldset", { class: "entry-group", "data-field": field.name, "aria-describedby": fault.id },
    h("legend", {}, localised(field, "name")), ...children, fault);
  return { element, fault };
}

/** @param {Field[]} fields @param {Record<string, any> | null} value @param {Place} place */
export function makeControls(fields, value, place) {
  const controls = new Map(fields.map((field) => [field.name, makeControl(field, value?.[field.name], place)]));
  /** @param {string} at @param {string} sentence */
  const mark = (at, sentence) => {
    const [name, ...rest] = at.split(".");
    return controls.get(name)?.mark(rest.join("."), sentence) ?? false;
  };
  /** Read all; what cannot be read is marked. @returns {Record<string, unknown>} */
  const read = () => {
    /** @type {Record<string, unknown>} */
    const values = {};
    let isUnreadable = false;
    for (const [name, control] of controls) {
      try {
        values[name] = control.read();
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        if (error.message) control.mark("", error.message);
        isUnreadable = true;
      }
    }
    if (isUnreadable) throw new Unreadable();
    return values;
  };
  return { controls, mark, read };
}

/** An entry within the entry, which may be left out. @param {Field} field @param {any} value @param {Place} place @returns {Control} */
function makePart(field, value, place) {
  const inner = makeControls(field.parts, value ?? defaults(field), place);
  const box = h("input", { type: "checkbox", checked: Boolean(value) });
  const body = h("div", { class: "entry-fields", hidden: !value }, ...[...inner.controls.values()].map((one) => one.element));
  box.addEventListener("change", () => { body.hidden = !box.checked; });
  const { element, fault } = group(field, h("label", { class: "choice" }, box, say("entry_part")), body);
  return {
    element,
    read: () => (box.checked ? given(inner.read()) : null),
    mark: (at, sentence) => (at ? inner.mark(at, sentence) : Boolean((fault.textContent = sentence)) || true),
    focus: () => box.focus(),
  };
}

/** Several entries within the entry. @param {Field} field @param {any[]} values @param {Place} place @returns {Control} */
function makeParts(field, values, place) {
  /** @type {{inner: ReturnType<typeof makeControls>, element: HTMLElement}[]} */
  const rows = [];
  const list = h("ol", { class: "entry-rows" });
  const add = (/** @type {any} */ value) => {
    const inner = makeControls(field.parts, value ?? defaults(field), place);
    const row = { inner, element: h("li", {}) };
    const remove = h("button", { type: "button", class: "quiet", onclick: () => {
      rows.splice(rows.indexOf(row), 1);
      row.element.remove();
      more.focus();
    } }, say("entry_row_remove"));
    put(row.element, h("div", { class: "entry-fields" }, ...[...inner.controls.values()].map((one) => one.element)), remove);
    rows.push(row);
    list.append(row.element);
    return inner;
  };
  const more = h("button", { type: "button", class: "quiet", onclick: () => [...add(null).controls.values()][0]?.focus() }, say("entry_row_add"));
  values.forEach(add);
  const { element, fault } = group(field, list, more);
  return {
    element,
    read: () => rows.map((row) => given(row.inner.read())),
    mark: (at, sentence) => {
      const [index, ...rest] = at.split(".");
      if (rest.length > 0) return rows[Number(index)]?.inner.mark(rest.join("."), sentence) ?? false;
      fault.textContent = sentence;
      return true;
    },
    focus: () => more.focus(),
  };
}

/** What a new part is, where nothing is typed: flags that are usually set. @param {Field} field */
function defaults(field) {
  return Object.fromEntries(field.parts.filter((part) => part.name === "is_eligible").map((part) => [part.name, true]));
}

/** Leave out what is empty. @param {Record<string, unknown>} values */
function given(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
