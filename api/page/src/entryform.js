/** The form of one entry: filled in, looked at (what changes, which KPIs are told again), then saved. */

import { change } from "./api.js";
import { attempt } from "./attempt.js";
import { describeChange } from "./changeview.js";
import { h, put } from "./dom.js";
import { makeControls } from "./entryfield.js";
import { count } from "./format.js";
import { localised, say } from "./language.js";

/** @typedef {import("./types.js").Kind} Kind */
/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./api.js").Fault} Fault */
/** @typedef {{kind: Kind, entry: Entry | null, territory: string, zone: string, onEnd: (isSaved: boolean) => void}} Task */

/** Draw the form of a new entry, or of one that stands. @param {Task} task */
export function drawEntryForm({ kind, entry, territory, zone, onEnd }) {
  const { controls, mark, read } = makeControls(kind.fields, entry, { territory, zone });
  const alert = h("p", { class: "fault", role: "alert" });
  const ends = h("input", { type: "checkbox", checked: true });
  const canEnd = entry === null && kind.alike.length > 0 && kind.begins !== "" && kind.kind !== "rounds-done";
  const shown = h("div", {});
  const title = say(entry ? "entry_changed" : "entry_new", { name: localised(kind, "name") });
  const heading = h("h3", { tabindex: "-1" }, title);
  const fill = fillUnit(kind, controls);

  /** @param {Fault[]} faults */
  const showFaults = (faults) => {
    const rest = faults.filter((fault) => !mark(fault.field, localised(fault, "sentence")) || fault.field === "");
    alert.textContent = [say("entry_faults", { n: count(faults.length) }), ...rest.map((fault) => localised(fault, "sentence"))].join(" ");
    const first = /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid=true]"));
    first?.focus();
  };
  const clear = () => {
    alert.textContent = "";
    for (const invalid of form.querySelectorAll("[aria-invalid=true]")) invalid.removeAttribute("aria-invalid");
    for (const fault of form.querySelectorAll(".fault")) fault.textContent = "";
  };
  /** @param {Event} event */
  const look = async (event) => {
    event.preventDefault();
    clear();
    await attempt(async () => {
      const wish = { kind, id: entry?.id ?? null, territory, fields: toSend(read(), entry), ends_standing: canEnd && ends.checked };
      const found = await post(wish, { preview: "true" });
      form.hidden = true;
      put(shown, describeChange({ kind, change: found, zone, save: (cause) => post(wish, { cause }), onEnd, back }));
    }, showFaults);
  };
  const back = () => {
    put(shown);
    form.hidden = false;
    heading.focus();
  };
  const form = h("form", { novalidate: true, onsubmit: look },
    heading,
    h("div", { class: "entry-fields" }, ...[...controls.values()].map((control) => control.element)),
    canEnd && h("label", { class: "choice" }, ends, say("entry_ends_standing")),
    alert,
    h("div", { class: "tools" },
      h("button", { class: "main" }, say("entry_preview")),
      h("button", { type: "button", class: "quiet", onclick: () => onEnd(false) }, say("entry_cancel"))));
  form.addEventListener("change", fill);
  return { element: h("div", { class: "entry-form" }, form, shown), focus: () => heading.focus() };
}

/** Take an entry away, after a look at what that changes. @param {Task} task */
export async function drawRemoval({ kind, entry, territory, zone, onEnd }) {
  const wish = { kind, id: entry?.id ?? null, territory, fields: null, ends_standing: false };
  const found = await post(wish, { preview: "true" });
  return describeChange({ kind, change: found, zone, save: (cause) => post(wish, { cause }), onEnd, back: () => onEnd(false) });
}

/** @param {{kind: Kind, id: number | null, territory: string, fields: object | null, ends_standing: boolean}} wish
 * @param {Record<string, string>} parameters @returns {Promise<import("./types.js").Change>}
 */
function post(wish, parameters) {
  const path = `territories/${wish.territory}/reference/${wish.kind.kind}`;
  if (wish.id === null) {
    return change("POST", path, { ...(wish.ends_standing ? { ends_standing: "true" } : {}), preview: parameters.preview }, wish.fields ?? {});
  }
  return change(wish.fields ? "PATCH" : "DELETE", `${path}/${wish.id}`, parameters, wish.fields ?? undefined);
}

/** Of a new entry what is filled in; of one that stands what differs. @param {Record<string, unknown>} values @param {Entry | null} entry */
function toSend(values, entry) {
  const kept = Object.entries(values).filter(([name, value]) =>
    entry === null ? value !== null : JSON.stringify(value) !== JSON.stringify(comparable(entry[name], value)));
  return Object.fromEntries(kept);
}

/** Instants may be written in two ways. @param {any} stood @param {unknown} value */
function comparable(stood, value) {
  if (stood === "" && value === null) return null;
  const isInstant = typeof stood === "string" && typeof value === "string" && value.endsWith("Z");
  return isInstant && Date.parse(stood) === Date.parse(value) ? value : stood;
}

/** A choice may bring its unit, which is then filled in where none is. @param {Kind} kind @param {Map<string, import("./entryfield.js").Control>} controls */
function fillUnit(kind, controls) {
  const unit = /** @type {HTMLInputElement | null | undefined} */ (controls.get("unit")?.element.querySelector("input"));
  return (/** @type {Event} */ event) => {
    const select = /** @type {HTMLSelectElement} */ (event.target);
    const chosen = kind.fields.flatMap((field) => field.choices).find((choice) => choice.value === select.value && choice.unit);
    if (unit && select instanceof HTMLSelectElement && chosen) unit.value = chosen.unit;
  };
}
