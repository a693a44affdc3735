/** A new device takes the place of the one on an asset: its label is scanned or typed. */

import { change, RequestFailed } from "./api.js";
import { attempt } from "./attempt.js";
import { h, put } from "./dom.js";
import { say } from "./language.js";
import { refreshNow } from "./refresh.js";
import { tellFaults } from "./refusal.js";
import { canScan, scan } from "./scan.js";
import { state } from "./state.js";
import { seen, whoField } from "./workwrite.js";

/** @param {import("./types.js").Asset} asset */
export function drawSwap(asset) {
  if (!state.canWrite) return null;
  const label = h("input", { required: true, maxlength: 500, autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  const which = h("select", {});
  const whichLabel = h("label", { hidden: true }, say("swap_which"), which);
  const isNew = h("input", { type: "checkbox" });
  const result = h("p", { class: "result", role: "status" });
  const who = whoField();
  const write = seen(null);
  const save = (/** @type {Event} */ event) => {
    event.preventDefault();
    result.textContent = "";
    attempt(async () => {
      const wish = { label: label.value.trim(), replaces: Number(which.value) || null, is_asset_new: isNew.checked, ...who.read() };
      const done = await write((headers, body) => change("POST", `assets/${asset.asset_id}/device`, {}, body, headers), wish).catch((error) => {
        showChoice(error);
        throw error;
      });
      result.textContent = say(done.replaced_external_id ? "swap_done" : "swap_placed", { id: done.external_id, old: done.replaced_external_id ?? "" });
      label.value = "";
      put(which);
      whichLabel.hidden = true;
      refreshNow();
    }, (faults) => { result.textContent = say("refused", { detail: tellFaults(faults) }); });
  };
  /** Of several devices the server asks which one goes. @param {unknown} error */
  const showChoice = (error) => {
    const devices = error instanceof RequestFailed ? error.devices : [];
    if (devices.length === 0) return;
    put(which, ...devices.map((one) => h("option", { value: one.device_id }, one.external_id)));
    whichLabel.hidden = false;
  };
  return h("details", { class: "swap" }, h("summary", {}, say("swap")),
    h("form", { onsubmit: save },
      h("label", {}, say("swap_label"), label), drawScanner(label, result), whichLabel,
      h("label", { class: "choice" }, isNew, say("swap_asset_new")), who.element,
      h("button", { type: "submit", class: "main" }, say("swap_save")), result));
}

/** A button that opens the camera, and closes it again. @param {HTMLInputElement} label @param {HTMLElement} result */
function drawScanner(label, result) {
  if (!canScan()) return h("p", { class: "hint" }, say("swap_no_camera"));
  const video = h("video", { playsinline: true, muted: true, hidden: true, "aria-label": say("swap_view") });
  /** @type {AbortController | null} */
  let looking = null;
  const toggle = async () => {
    if (looking) return looking.abort();
    looking = new AbortController();
    [video.hidden, button.textContent, result.textContent] = [false, say("swap_scan_stop"), ""];
    const watch = window.setInterval(() => video.isConnected || looking?.abort(), 500);
    try {
      const text = await scan(video, looking.signal);
      if (text !== null) label.value = text;
    } catch (error) {
      result.textContent = say("swap_camera_refused", { detail: error instanceof Error ? error.message : String(error) });
    } finally {
      window.clearInterval(watch);
      looking = null;
      [video.hidden, button.textContent] = [true, say("swap_scan")];
      label.focus();
    }
  };
  const button = h("button", { type: "button", class: "quiet", onclick: toggle }, say("swap_scan"));
  return h("div", { class: "scanner" }, button, video);
}
