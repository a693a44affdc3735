/** A file of assets: what it would change is shown line by line before anything is written. */

import { change } from "./api.js";
import { attempt } from "./attempt.js";
import { h, put, scrollable } from "./dom.js";
import { amount, count } from "./format.js";
import { localised, say } from "./language.js";
import { refreshNow } from "./refresh.js";
import { state } from "./state.js";

/** @typedef {import("./types.js").AssetImport} AssetImport */
/** @typedef {import("./types.js").AssetOutcome} AssetOutcome */

/** @param {string} territory @param {(text: string) => void} tell */
export function drawAssetFile(territory, tell) {
  const file = h("input", { id: "asset-file", type: "file", accept: ".csv,.geojson,.json,.gpkg,.txt", "aria-describedby": "asset-file-hint" });
  const type = h("input", { id: "asset-file-type", list: "asset-file-types", maxlength: 64, autocomplete: "off" });
  const types = [...new Map((state.assets ?? []).map((asset) => [asset.type, localised(asset, "type_name")]))];
  const alert = h("p", { class: "fault", role: "alert" });
  const shown = h("div", {});
  /** @param {Record<string, string>} more @returns {Promise<AssetImport>} */
  const post = (more) => change("POST", `territories/${territory}/assets/import`, { ...more, type: type.value.trim() }, file.files?.[0]);
  /** @param {() => Promise<void>} act */
  const act = (act) => attempt(act, (faults) => {
    alert.textContent = faults.map((fault) => localised(fault, "sentence")).join(" ");
  });
  const save = (/** @type {boolean} */ skips) => act(async () => {
    const done = await post(skips ? { skip_refused: "true" } : {});
    put(shown);
    tell(say("file_saved", { new: count(done.n_new), changed: count(done.n_changed) }));
    refreshNow();
  });
  /** @param {Event} event */
  const look = (event) => {
    event.preventDefault();
    alert.textContent = "";
    put(shown);
    if (!file.files?.length) {
      alert.textContent = say("file_none");
      return file.focus();
    }
    act(async () => put(shown, ...drawPreview(await post({ preview: "true" }), save)));
  };
  return h("div", { class: "entry-form" }, h("form", { novalidate: true, onsubmit: look },
    h("div", { class: "entry-fields" },
      h("div", { class: "entry-field" }, h("label", { for: file.id }, say("file")), file, h("p", { id: "asset-file-hint", class: "hint" }, say("file_hint"))),
      h("div", { class: "entry-field" }, h("label", { for: type.id }, say("file_type")), type,
        h("datalist", { id: "asset-file-types" }, ...types.map(([value, name]) => h("option", { value }, name))))),
    alert, h("div", { class: "tools" }, h("button", { class: "main" }, say("entry_preview")))), shown);
}

/** @param {AssetImport} found @param {(skips: boolean) => void} save */
function drawPreview(found, save) {
  const counts = { new: count(found.n_new), changed: count(found.n_changed), unchanged: count(found.n_unchanged), moved: count(found.n_moved), refused: count(found.n_refused) };
  const columns = Object.entries(found.columns).map(([field, column]) => `${column} → ${field}`).join(", ");
  const skips = h("input", { type: "checkbox" });
  const button = h("button", { type: "button", class: "main", disabled: found.n_refused > 0, onclick: () => save(skips.checked) }, say("file_save"));
  skips.addEventListener("change", () => { button.disabled = !skips.checked; });
  const heading = h("h3", { tabindex: "-1" }, say("change_title"));
  window.setTimeout(() => heading.focus(), 0);
  return [
    heading,
    h("p", {}, say("file_counts", counts)),
    columns && h("p", { class: "meta" }, say("file_columns", { columns })),
    found.ignored.length > 0 && h("p", { class: "meta" }, say("file_ignored", { columns: found.ignored.join(", ") })),
    // Columns are named above already.
    ...found.notes.filter((note) => !note.startsWith("taken:")).map((note) => h("p", { class: "meta" }, note)),
    found.items.length > 0 && drawItems(found.items),
    found.truncated && h("p", { class: "hint" }, say("reference_more", { n: count(found.items.length) })),
    found.n_refused > 0 && h("label", { class: "choice" }, skips, say("file_skip")),
    h("div", { class: "tools" }, button),
  ];
}

/** @param {AssetOutcome[]} items */
function drawItems(items) {
  const heads = [say("file_line"), say("asset"), say("file_fate"), say("file_detail")];
  const rows = items.map((item) => h("tr", {}, h("td", {}, item.line), h("td", {}, item.slug), h("td", {}, say(`file_${item.fate}`)), h("td", {}, detail(item))));
  return scrollable(say("change_title"),
    h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, ...rows)));
}

/** @param {AssetOutcome} item */
function detail(item) {
  const changes = item.fate === "changed" ? item.changes.map(({ field, before, after }) => `${field}\u00a0: ${before ?? "—"} → ${after ?? "—"}`) : [];
  const moved = item.moved_m ? [say("file_moved", { distance: amount(item.moved_m, "m") })] : [];
  return [...(item.reason ? [item.reason] : []), ...moved, ...changes].join(" · ");
}
