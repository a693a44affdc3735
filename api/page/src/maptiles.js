/** Tiles under the assets, where an address is configured; where none comes the ground stays plain, and says so. */

import L from "leaflet";
import { say } from "./language.js";

/** Put tiles on the map; their maker is named as soon as one is shown.
 * @param {L.Map} map @param {HTMLElement} credit
 */
export function addTiles(map, credit) {
  const url = setting("vigie-tiles");
  credit.hidden = url === "";
  if (url === "") return;
  const layer = L.tileLayer(url, { maxZoom: 21, maxNativeZoom: 19, keepBuffer: 1 });
  let [nLoaded, nFailed] = [0, 0];
  const tell = () => {
    credit.textContent = nLoaded > 0 ? setting("vigie-tiles-credit") : nFailed > 0 ? say("tiles_none") : "";
  };
  layer.on("loading", () => { [nLoaded, nFailed] = [0, 0]; });
  layer.on("tileload", () => { nLoaded += 1; tell(); });
  layer.on("tileerror", () => { nFailed += 1; tell(); });
  layer.addTo(map);
}

/** @param {string} name */
function setting(name) {
  return document.querySelector(`meta[name=${name}]`)?.getAttribute("content") ?? "";
}
