/** The page as a whole: which parts there are with a key and without. */

import { drawAlerts } from "./alerts.js";
import { drawAssetList } from "./assets.js";
import { drawAssetPanel } from "./asset.js";
import { drawBanner } from "./banner.js";
import { drawBatches } from "./batches.js";
import { drawConnect } from "./connect.js";
import { h, put } from "./dom.js";
import { drawFooter } from "./footer.js";
import { drawHeader } from "./header.js";
import { drawIncidents } from "./incidents.js";
import { drawKpis } from "./kpis.js";
import { say } from "./language.js";
import { drawMaintenance } from "./maintenance.js";
import { drawMap } from "./map.js";
import { drawOpenData } from "./opendata.js";
import { drawQueue } from "./queueview.js";
import { drawReference } from "./reference.js";
import { drawPrecision } from "./precision.js";
import { drawRejections } from "./rejections.js";
import { drawRounds } from "./rounds.js";
import { drawSources } from "./sources.js";
import { forgetDrawn, state, watchAlways } from "./state.js";
import { drawWorkOrders } from "./workorders.js";
import { drawStrangers } from "./strangers.js";

/** The way to undo what the parts hold open (map, curve timers) before all is drawn again. @type {(() => void)[]} */
let closers = [];

/** Draw everything, and again when the language or the key changes. */
export function drawPage() {
  watchAlways(["isConnected"], redraw);
  watchAlways(["away"], () => state.isConnected || redraw());
  redraw();
}

/** Draw all parts afresh. */
export function redraw() {
  for (const close of closers) close();
  closers = [];
  forgetDrawn();
  document.title = say("title");
  const app = /** @type {HTMLElement} */ (document.getElementById("app"));
  const skip = h("a", { class: "skip", href: "#main", onclick: skipToContent }, say("skip"));
  const main = h("main", { id: "main", tabindex: "-1" }, ...(state.isConnected ? workParts() : publicParts()));
  put(app, skip, drawHeader(redraw), drawBanner(), main, drawFooter());
  app.dispatchEvent(new Event("drawn"));
}

/** @param {Event} event */
function skipToContent(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function publicParts() {
  const kept = state.away ? [drawAlerts(), drawWorkOrders()] : [];
  return [drawQueue(), ...kept, h("div", { class: "public" }, drawKpis("public_title"), drawConnect()), drawOpenData()];
}

function workParts() {
  const map = drawMap();
  const panel = drawAssetPanel();
  closers.push(map.close, panel.close);
  const side = h("div", { class: "side" }, panel.element, drawIncidents());
  const work = h("div", { class: "work" }, drawAssetList(), map.element, side);
  return [drawQueue(), drawKpis("kpis"), work, drawAlerts(), drawWorkOrders(), drawMaintenance(), drawRounds(), drawPrecision(), drawReference(), drawBatches(), drawOpenData(), drawStrangers(), drawRejections(), drawSources()];
}
