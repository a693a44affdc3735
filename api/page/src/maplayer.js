/** One canvas over the map that draws all assets, gathered where they are dense. */

import L from "leaflet";
import { gather } from "./clusters.js";
import { h } from "./dom.js";
import { count } from "./format.js";
import { localised, say } from "./language.js";
import { rank, SEVERITIES, severityName, SHAPES } from "./severity.js";

/** @typedef {import("./types.js").Asset} Asset */
/** @typedef {import("./clusters.js").Cluster} Cluster */

const SEPARATE_ZOOM = 17;
const MARGIN = 0.25; // of the map's size, drawn beyond its edges so that dragging shows no hole
const TOUCH_PX = 22;
/** One critical asset among thousands must still be seen on the ring. */
const LEAST_SHARE = 0.09;
const DRAWN_SHAPES = SEVERITIES.map((severity) => new Path2D(SHAPES[severity]));

export class AssetLayer extends L.Layer {
  /** @param {(asset: Asset) => void} choose */
  constructor(choose) {
    super();
    this.choose = choose;
    this.canvas = h("canvas", { class: "assets-canvas", "aria-hidden": "true" });
    this.tip = L.tooltip({ direction: "top", offset: [0, -12], className: "map-tip" });
    /** @type {import("./clusters.js").Point[]} */
    this.points = [];
    /** @type {Map<number, Cluster[]>} */
    this.clustersByZoom = new Map();
    /** @type {number | null} */
    this.selectedId = null;
    /** @type {L.Map | null} */
    this.map = null;
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.redraw = () => this.draw();
  }

  /** @param {L.Map} map */
  onAdd(map) {
    this.map = map;
    map.getPanes().overlayPane.append(this.canvas);
    map.on("moveend viewreset resize zoomend", this.draw, this);
    map.on("click", this.click, this);
    map.on("mousemove", this.hover, this);
    this.dark.addEventListener("change", this.redraw);
    this.draw();
    return this;
  }

  /** @param {L.Map} map */
  onRemove(map) {
    map.off("moveend viewreset resize zoomend", this.draw, this);
    map.off("click", this.click, this);
    map.off("mousemove", this.hover, this);
    this.dark.removeEventListener("change", this.redraw);
    this.canvas.remove();
    this.map = null;
    return this;
  }

  /** @param {Asset[]} assets the worst first */
  setAssets(assets) {
    this.points = assets.flatMap((asset) => {
      if (asset.latitude === null || asset.longitude === null) return [];
      const { x, y } = L.CRS.EPSG3857.latLngToPoint(L.latLng(asset.latitude, asset.longitude), 0);
      return [{ x, y, asset }];
    });
    this.clustersByZoom.clear();
    this.draw();
  }

  /** @param {number | null} assetId */
  select(assetId) {
    this.selectedId = assetId;
    this.draw();
  }

  /** Where all assets lie, or null where none has a place. */
  bounds() {
    if (this.points.length === 0) return null;
    const places = this.points.map(({ asset }) => L.latLng(Number(asset.latitude), Number(asset.longitude)));
    return L.latLngBounds(places);
  }

  /** Clusters at the present zoom, found once per zoom and set of assets. */
  clusters() {
    const zoom = this.map?.getZoom() ?? 0;
    let found = this.clustersByZoom.get(zoom);
    if (!found) {
      found = gather(this.points, 2 ** zoom, zoom >= SEPARATE_ZOOM);
      this.clustersByZoom.set(zoom, found);
    }
    return found;
  }

  draw() {
    if (!this.map) return;
    const size = this.map.getSize();
    const margin = size.multiplyBy(MARGIN);
    const whole = size.add(margin.multiplyBy(2));
    const density = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this.canvas, this.map.containerPointToLayerPoint(margin.multiplyBy(-1)));
    Object.assign(this.canvas, { width: whole.x * density, height: whole.y * density });
    Object.assign(this.canvas.style, { width: `${whole.x}px`, height: `${whole.y}px` });
    const pen = this.canvas.getContext("2d");
    if (!pen || whole.x === 0) return;
    const corner = this.map.getPixelBounds().getTopLeft().subtract(margin);
    pen.scale(density, density);
    const style = getComputedStyle(this.canvas);
    const inks = SEVERITIES.map((severity) => style.getPropertyValue(`--${severity}`).trim());
    const paper = { surface: style.getPropertyValue("--surface").trim(), ink: style.getPropertyValue("--ink").trim(), accent: style.getPropertyValue("--accent").trim(), inks };
    const visible = this.clusters().map((one) => ({ one, x: one.x - corner.x, y: one.y - corner.y }))
      .filter(({ x, y }) => x > -30 && y > -30 && x < whole.x + 30 && y < whole.y + 30);
    for (const { one, x, y } of visible.reverse()) drawCluster(pen, paper, one, x, y, one.assets.some((a) => a.asset_id === this.selectedId));
  }

  /** @param {L.LeafletMouseEvent} event */
  click(event) {
    const found = this.findAt(event.containerPoint);
    if (!found || !this.map) return;
    if (found.assets.length === 1) return this.choose(found.assets[0]);
    const places = found.assets.map((asset) => L.latLng(Number(asset.latitude), Number(asset.longitude)));
    this.map.fitBounds(L.latLngBounds(places), { padding: [60, 60], maxZoom: SEPARATE_ZOOM + 1, animate: false });
  }

  /** @param {L.LeafletMouseEvent} event */
  hover(event) {
    const found = this.findAt(event.containerPoint);
    if (!this.map) return;
    this.map.getContainer().classList.toggle("over-asset", Boolean(found));
    if (!found) return void this.tip.close();
    const at = this.map.unproject(L.point(found.x, found.y));
    this.tip.setLatLng(at).setContent(tipText(found)).openOn(this.map);
  }

  /** @param {L.Point} at pixels from the map's corner */
  findAt(at) {
    const corner = this.map?.getPixelBounds().getTopLeft();
    if (!corner) return undefined;
    const [x, y] = [at.x + corner.x, at.y + corner.y];
    let [nearest, distance] = [/** @type {Cluster | undefined} */ (undefined), TOUCH_PX];
    for (const one of this.clusters()) {
      const away = Math.hypot(one.x - x, one.y - y);
      if (away < distance) [nearest, distance] = [one, away];
    }
    return nearest;
  }
}

/** @param {Cluster} cluster */
function tipText(cluster) {
  const [first] = cluster.assets;
  if (cluster.assets.length === 1) {
    return h("div", {}, h("strong", {}, first.name), h("br"), `${localised(first, "type_name")} · ${severityName(first.worst_severity)}`);
  }
  const parts = SEVERITIES.filter((severity) => cluster.nByRank[rank(severity)]).reverse()
    .map((severity) => h("div", {}, `${count(cluster.nByRank[rank(severity)])} · ${severityName(severity)}`));
  return h("div", {}, h("strong", {}, `${count(cluster.assets.length)} ${say("assets").toLowerCase()}`), ...parts);
}

/** @typedef {{surface: string, ink: string, accent: string, inks: string[]}} Paper */

/**
 * @param {CanvasRenderingContext2D} pen @param {Paper} paper @param {Cluster} cluster
 * @param {number} x @param {number} y @param {boolean} isSelected
 */
function drawCluster(pen, paper, cluster, x, y, isSelected) {
  const n = cluster.assets.length;
  const radius = n === 1 ? 9 : 13 + Math.min(9, Math.log10(n) * 4.5);
  if (isSelected) drawRing(pen, paper.accent, x, y, radius + 5);
  if (n === 1) drawMark(pen, paper, cluster.worst, x, y);
  else drawShares(pen, paper, cluster, x, y, radius);
}

/** @param {CanvasRenderingContext2D} pen @param {string} ink @param {number} x @param {number} y @param {number} radius */
function drawRing(pen, ink, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  Object.assign(pen, { strokeStyle: ink, lineWidth: 3 });
  pen.stroke();
}

/** @param {CanvasRenderingContext2D} pen @param {Paper} paper @param {number} worst @param {number} x @param {number} y */
function drawMark(pen, paper, worst, x, y) {
  const size = worst === 0 ? 1 : 1.15;
  pen.save();
  pen.translate(x - 8 * size, y - 8 * size);
  pen.scale(size, size);
  Object.assign(pen, { fillStyle: paper.inks[worst], strokeStyle: paper.surface, lineWidth: 2.5, lineJoin: "round" });
  pen.stroke(DRAWN_SHAPES[worst]);
  pen.fill(DRAWN_SHAPES[worst]);
  pen.restore();
}

/** A ring of the states' shares about the number of assets.
 * @param {CanvasRenderingContext2D} pen @param {Paper} paper @param {Cluster} cluster
 * @param {number} x @param {number} y @param {number} radius
 */
function drawShares(pen, paper, cluster, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius + 1.5, 0, 2 * Math.PI);
  pen.fillStyle = paper.surface;
  pen.fill();
  const sizes = cluster.nByRank.map((n) => (n === 0 ? 0 : Math.max(n / cluster.assets.length, LEAST_SHARE)));
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  let angle = -Math.PI / 2;
  for (let severity = SEVERITIES.length - 1; severity >= 0; severity -= 1) {
    if (sizes[severity] === 0) continue;
    const end = angle + (sizes[severity] / whole) * 2 * Math.PI;
    pen.beginPath();
    pen.arc(x, y, radius - 1.5, angle, end);
    Object.assign(pen, { strokeStyle: paper.inks[severity], lineWidth: 4 });
    pen.stroke();
    angle = end;
  }
  Object.assign(pen, { fillStyle: paper.ink, font: "600 12px system-ui, sans-serif", textAlign: "center", textBaseline: "middle" });
  pen.fillText(shortCount(cluster.assets.length), x, y + 0.5);
}

/** @param {number} n */
function shortCount(n) {
  return n < 10_000 ? String(n) : `${Math.round(n / 1000)}k`;
}
