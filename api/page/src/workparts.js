/** The parts that want a key. They come in files of their own, so that figures that all may see need not wait for them. */

import { drawAlerts } from "./alerts.js";
import { drawAssetList } from "./assets.js";
import { drawAssetPanel } from "./asset.js";
import { drawBatches } from "./batches.js";
import { h } from "./dom.js";
import { drawIncidents } from "./incidents.js";
import { drawMaintenance } from "./maintenance.js";
import { drawMap } from "./map.js";
import { drawPrecision } from "./precision.js";
import { drawReference } from "./reference.js";
import { drawRejections } from "./rejections.js";
import { drawRounds } from "./rounds.js";
import { drawSources } from "./sources.js";
import { drawStrangers } from "./strangers.js";
import { drawWorkOrders } from "./workorders.js";

/** What this browser keeps for times without a server. */
export function keptParts() {
  return [drawAlerts(), drawWorkOrders()];
}

/** What is worked with, the parts between which open data stand, and the way to undo what they hold open. */
export function workParts() {
  const map = drawMap();
  const panel = drawAssetPanel();
  const side = h("div", { class: "side" }, panel.element, drawIncidents());
  const first = h("div", { class: "work" }, drawAssetList(), map.element, side);
  const above = [first, ...keptParts(), drawMaintenance(), drawRounds(), drawPrecision(), drawReference(), drawBatches()];
  return { above, below: [drawStrangers(), drawRejections(), drawSources()], closers: [map.close, panel.close] };
}
