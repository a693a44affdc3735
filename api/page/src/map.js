/** The map: assets by place and state on a plain ground (or on tiles where an address is configured). */

import L from "leaflet";
import { h, put } from "./dom.js";
import { count } from "./format.js";
import { say } from "./language.js";
import { AssetLayer } from "./maplayer.js";
import { addTiles } from "./maptiles.js";
import { filterAssets } from "./selection.js";
import { degree, mark, SEVERITIES, severityName } from "./severity.js";
import { findAsset, state, update, watch } from "./state.js";

/** @typedef {import("./types.js").Asset} Asset */

const NEAR_ZOOM = 17;
const MIDDLE_OF_REGION = L.latLng(47.24, 5.3);

export function drawMap() {
  const ground = h("div", { class: "ground", role: "application", "aria-label": say("map_label") });
  const legend = h("ul", { class: "legend" });
  const fitButton = h("button", { type: "button", class: "quiet fit" }, say("map_fit"));
  const credit = h("p", { class: "credit", hidden: true });
  const element = h("section", { class: "card map", "aria-label": say("map") }, ground, legend, credit, fitButton);
  const layer = new AssetLayer((asset) => update({ assetId: asset.asset_id }));
  let isOpen = true;
  // Leaflet measures its element, which must therefore be on the page.
  document.getElementById("app")?.addEventListener("drawn", () => isOpen && open({ ground, legend, credit, fitButton }, layer), { once: true });
  return { element, close: () => { isOpen = false; layer.map?.remove(); } };
}

/** @typedef {{ground: HTMLElement, legend: HTMLElement, credit: HTMLElement, fitButton: HTMLElement}} Parts */

/** @param {Parts} parts @param {AssetLayer} layer */
function open({ ground, legend, credit, fitButton }, layer) {
  const map = makeMap(ground, credit);
  layer.addTo(map);
  let isFitted = false;
  const fit = () => fitAll(map, layer);
  const show = () => {
    if (!ground.isConnected) return;
    layer.setAssets(filterAssets());
    layer.select(state.assetId);
    showLegend(legend);
    if (!isFitted && state.assets?.length) isFitted = fit();
  };
  watch(["assets", "filter"], show);
  watch(["territory"], () => { isFitted = false; });
  watch(["assetId"], () => ground.isConnected && showSelected(map, layer));
  fitButton.addEventListener("click", fit);
  new ResizeObserver(() => ground.isConnected && map.invalidateSize()).observe(ground);
  show();
  showSelected(map, layer);
}

/** @param {HTMLElement} ground @param {HTMLElement} credit */
function makeMap(ground, credit) {
  const map = L.map(ground, {
    zoomAnimation: false, fadeAnimation: false, zoomControl: false, attributionControl: false, minZoom: 3, maxZoom: 21,
    zoomSnap: 0.5, wheelPxPerZoomLevel: 90, center: MIDDLE_OF_REGION, zoom: 8,
    inertia: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  L.control.zoom({ position: "topright", zoomInTitle: say("zoom_in"), zoomOutTitle: say("zoom_out") }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  addTiles(map, credit);
  return map;
}

/** @param {L.Map} map @param {AssetLayer} layer */
function fitAll(map, layer) {
  const bounds = layer.bounds();
  if (bounds) map.fitBounds(bounds, { padding: [40, 40], maxZoom: NEAR_ZOOM, animate: false });
  return bounds !== null;
}

/** @param {L.Map} map @param {AssetLayer} layer */
function showSelected(map, layer) {
  const asset = findAsset(state.assetId);
  layer.select(asset?.asset_id ?? null);
  if (!asset || asset.latitude === null || asset.longitude === null) return;
  const place = L.latLng(asset.latitude, asset.longitude);
  if (!map.getBounds().pad(-0.1).contains(place)) map.panTo(place, { animate: false });
}

/** Say what the marks mean and how many there are of each. @param {HTMLElement} legend */
function showLegend(legend) {
  const assets = filterAssets();
  const nWithout = assets.filter((asset) => asset.latitude === null || asset.longitude === null).length;
  const lines = [...SEVERITIES].reverse().flatMap((severity) => {
    const n = assets.filter((asset) => degree(asset.worst_severity) === severity).length;
    return n > 0 ? [h("li", {}, mark(severity), severityName(severity), h("span", {}, count(n)))] : [];
  });
  put(legend, ...lines, nWithout > 0 && h("li", {}, say("not_placed", { n: count(nWithout) })));
}
