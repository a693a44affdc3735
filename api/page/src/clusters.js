/** Gathers points that would lie on one another at a zoom level. Pure; 20,000 points take a few milliseconds. */

import { rank, SEVERITIES } from "./severity.js";

/** @typedef {import("./types.js").Asset} Asset */
/** @typedef {{x: number, y: number, asset: Asset}} Point  world pixels at zoom 0 */
/** @typedef {{x: number, y: number, assets: Asset[], nByRank: number[], worst: number}} Cluster  pixels at the zoom level */

const RADIUS_PX = 46;

/** Gather greedily, the worst first, so that each cluster lies about its worst asset; a grid makes finding near.
 * @param {Point[]} points
 * @param {number} scale pixels at this zoom per pixel at zoom 0
 * @param {boolean} isSeparate gather nothing (near enough to tell all apart)
 * @returns {Cluster[]}
 */
export function gather(points, scale, isSeparate) {
  /** @type {Map<string, Cluster[]>} */
  const grid = new Map();
  /** @type {Cluster[]} */
  const clusters = [];
  for (const { x, y, asset } of points) {
    const [px, py] = [x * scale, y * scale];
    const near = isSeparate ? undefined : findNear(grid, px, py);
    if (near) {
      join(near, asset);
      continue;
    }
    const cluster = { x: px, y: py, assets: [], nByRank: SEVERITIES.map(() => 0), worst: 0 };
    join(cluster, asset);
    clusters.push(cluster);
    const cell = key(Math.floor(px / RADIUS_PX), Math.floor(py / RADIUS_PX));
    const held = grid.get(cell);
    if (held) held.push(cluster);
    else grid.set(cell, [cluster]);
  }
  return clusters;
}

/** @param {Cluster} cluster @param {Asset} asset */
function join(cluster, asset) {
  const severity = rank(asset.worst_severity);
  cluster.assets.push(asset);
  cluster.nByRank[severity] += 1;
  cluster.worst = Math.max(cluster.worst, severity);
}

/** @param {Map<string, Cluster[]>} grid @param {number} x @param {number} y */
function findNear(grid, x, y) {
  const [column, row] = [Math.floor(x / RADIUS_PX), Math.floor(y / RADIUS_PX)];
  for (let dx = -1; dx <= 1; dx += 1) {
    for (let dy = -1; dy <= 1; dy += 1) {
      const found = grid.get(key(column + dx, row + dy))?.find((one) => Math.hypot(one.x - x, one.y - y) < RADIUS_PX);
      if (found) return found;
    }
  }
  return undefined;
}

/** @param {number} column @param {number} row */
function key(column, row) {
  return `${column} ${row}`;
}
