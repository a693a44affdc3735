/** The panel of one asset: what is wrong with it, its quantities with their newest values, and a live curve. */

import { ask, ConnectionLost } from "./api.js";
import { drawAssetOrders } from "./assetorders.js";
import { drawCurve } from "./curve.js";
import { drawSwap } from "./deviceswap.js";
import { h, put } from "./dom.js";
import { drawForecasts } from "./forecast.js";
import { ago, amount } from "./format.js";
import { localised, say } from "./language.js";
import { meet } from "./refresh.js";
import { mark, severityName } from "./severity.js";
import { findAsset, state, timeZone, update, watch } from "./state.js";
import { drawVerdict } from "./verdict.js";
import { drawOpening } from "./workopen.js";

/** @typedef {import("./types.js").Asset} Asset */
/** @typedef {import("./types.js").Series} Series */
/** @typedef {import("./types.js").Finding} Finding */

const EVERY_MS = 5_000;
const LEAST_SEEN_PX = 200; // of the panel: its name and what is wrong
const MOST_HIDDEN_PX = 8;
const HELD_MS = 10_000;

/** @type {AbortController | undefined} */
let held;

export function drawAssetPanel() {
  const element = h("section", { class: "card asset", "aria-labelledby": "asset-title", hidden: true });
  /** @type {(() => void) | null} */
  let closeAsset = null;
  element.addEventListener("keydown", (event) => event.key === "Escape" && /** @type {HTMLElement | null} */ (element.querySelector("#asset-close"))?.click());
  let shownId = /** @type {number | null} */ (null);
  const show = () => {
    const asset = findAsset(state.assetId);
    if (shownId === (asset?.asset_id ?? null)) return;
    closeAsset?.();
    [shownId, closeAsset] = [asset?.asset_id ?? null, null];
    element.hidden = asset === null;
    if (asset) closeAsset = openAsset(element, asset);
  };
  watch(["assetId", "assets"], show);
  watch(["nAsked"], () => element.hidden || bring(element)); // also where it was open already
  show();
  return { element, close: () => closeAsset?.() };
}

/** Draw an asset and keep it fresh until closed.
 * @param {HTMLElement} element
 * @param {Asset} asset
 */
function openAsset(element, asset) {
  const round = new AbortController();
  const findings = h("div", { class: "asset-findings" });
  const body = h("div", { class: "asset-body" }, h("p", { class: "empty" }, say("loading")));
  put(element, head(asset), findings, body);
  element.scrollTop = 0;
  element.querySelector("h2")?.focus({ preventScroll: true });
  bring(element);
  fillUntilDone(asset, findings, body, round.signal);
  return () => round.abort();
}

/** Bring the panel to view where it is not: below the list on a telephone, far above what was clicked on a wide screen. @param {HTMLElement} element */
function bring(element) {
  if (isSeen(element) && !matchMedia("(max-width: 1100px)").matches) return;
  element.scrollIntoView({ block: "start" });
  hold(element);
}

/** @param {HTMLElement} element */
function isSeen(element) {
  const { top } = element.getBoundingClientRect();
  return top > -MOST_HIDDEN_PX && top < innerHeight - LEAST_SEEN_PX;
}

/**
 * Keep the panel in view while it and the cards above it still fill, until somebody scrolls away. What grows would push
 * it down, or up: browsers hold what lies below it in its place (scroll anchoring).
 * @param {HTMLElement} element
 */
function hold(element) {
  held?.abort();
  const round = (held = new AbortController());
  const watched = new ResizeObserver(() => isSeen(element) || element.scrollIntoView({ block: "start" }));
  watched.observe(document.body);
  document.body.style.overflowAnchor = "none";
  round.signal.addEventListener("abort", () => {
    watched.disconnect();
    document.body.style.overflowAnchor = "";
  });
  addEventListener("scroll", () => isSeen(element) || round.abort(), { passive: true, signal: round.signal });
  window.setTimeout(() => round.abort(), HELD_MS);
}

/** Try again while the connection is lost. @param {Asset} asset @param {HTMLElement} findings @param {HTMLElement} body @param {AbortSignal} signal */
async function fillUntilDone(asset, findings, body, signal) {
  try {
    await fillAsset(asset, findings, body, signal);
  } catch (error) {
    if (signal.aborted) return;
    meet(error);
    if (error instanceof ConnectionLost) window.setTimeout(() => signal.aborted || fillUntilDone(asset, findings, body, signal), EVERY_MS);
  }
}

/** @param {Asset} asset */
function head(asset) {
  const zone = timeZone(asset.territory);
  const seen = asset.last_observed_at ? say("last_seen", { at: ago(asset.last_observed_at, zone) }) : say("never_seen");
  const close = () => {
    const line = /** @type {HTMLElement | null} */ (document.querySelector(`[data-asset="${asset.asset_id}"]`));
    update({ assetId: null });
    line?.focus();
  };
  return h("div", { class: "card-head asset-head" },
    h("div", {},
      h("p", { class: "over" }, localised(asset, "type_name")),
      h("h2", { id: "asset-title", tabindex: "-1" }, asset.name),
      h("p", { class: "meta" }, mark(asset.worst_severity), ` ${severityName(asset.worst_severity)} · `, h("span", { class: "seen" }, seen))),
    h("button", { type: "button", class: "icon", id: "asset-close", "aria-label": say("close"), title: say("close"), onclick: close }, "✕"));
}

/** @param {Asset} asset @param {HTMLElement} findingsPlace @param {HTMLElement} body @param {AbortSignal} signal */
async function fillAsset(asset, findingsPlace, body, signal) {
  const [{ items: series }, { items: findings }] = await Promise.all([
    ask("series", { asset_id: asset.asset_id, limit: 200 }, signal),
    ask("findings", { asset_id: asset.asset_id, state: "all", limit: 50 }, signal),
  ]);
  if (signal.aborted) return;
  const open = findings.filter((/** @type {Finding} */ finding) => finding.ended_at === null);
  put(findingsPlace, ...open.map((/** @type {Finding} */ finding) =>
    h("div", { class: "judged" },
      h("p", { class: `said ${finding.severity}` }, mark(finding.severity), h("span", {}, localised(finding, "sentence"))),
      drawVerdict(finding, true), drawOpening(finding.incident_id))));
  if (series.length === 0) return put(body, h("p", { class: "empty" }, say("series_none")), attributes(asset), drawSwap(asset), drawAssetOrders(asset));
  showSeries(asset, series, findings, body, signal);
}

/** @param {Asset} asset @param {Series[]} series @param {Finding[]} findings @param {HTMLElement} body @param {AbortSignal} signal */
function showSeries(asset, series, findings, body, signal) {
  const zone = timeZone(asset.territory);
  const place = h("div", { class: "curve-place" });
  const ahead = drawForecasts(asset.asset_id, zone, signal);
  let curve = /** @type {ReturnType<typeof drawCurve> | null} */ (null);
  const choose = (/** @type {Series} */ chosen) => {
    curve?.close();
    for (const card of cards.children) card.setAttribute("aria-pressed", String(card.getAttribute("data-series") === String(chosen.series_id)));
    curve = drawCurve(place, chosen, findings.filter((finding) => finding.series_id === chosen.series_id), zone, () => ahead.of(chosen));
  };
  const cards = h("div", { class: "series", role: "group", "aria-label": say("series") },
    ...series.map((one) => seriesCard(one, zone, () => choose(one))));
  put(body, cards, ahead.element, place, attributes(asset), drawSwap(asset), drawAssetOrders(asset));
  choose(series.find((one) => findings.some((f) => f.ended_at === null && f.series_id === one.series_id)) ?? series.find((one) => one.last_value !== null) ?? series[0]);
  const miss = (/** @type {unknown} */ error) => { if (!signal.aborted) meet(error); };
  ahead.show(series).then(() => curve?.refresh()).catch(miss);
  const timer = window.setInterval(() => {
    if (document.hidden) return;
    freshen(asset, series, cards, zone, signal).then(() => ahead.show(series)).then(() => curve?.refresh()).catch(miss);
  }, EVERY_MS);
  signal.addEventListener("abort", () => { window.clearInterval(timer); curve?.close(); });
}

/** @param {Series} one @param {string} zone @param {() => void} choose */
function seriesCard(one, zone, choose) {
  const name = localised(one, "quantity_name") + (one.channel ? ` (${one.channel})` : "");
  return h("button", { type: "button", class: "series-card", "data-series": one.series_id, "aria-pressed": "false", onclick: choose },
    h("span", { class: "name" }, name),
    h("span", { class: "row" }, h("span", { class: "last" }, lastValue(one)),
      h("span", { class: "at" }, one.last_observed_at ? ago(one.last_observed_at, zone) : "")));
}

/** @param {Series} one */
function lastValue(one) {
  if (one.last_value === null) return "–";
  const code = one.codes?.find(({ code: number }) => number === one.last_value);
  return code ? localised(code, "name") : amount(one.last_value, one.unit);
}

/** Take the newest values into the cards.
 * @param {Asset} asset @param {Series[]} series @param {Element} cards @param {string} zone @param {AbortSignal} signal
 */
async function freshen(asset, series, cards, zone, signal) {
  const { items } = await ask("measurements/last", { asset_id: asset.asset_id }, signal);
  for (const { series_id: id, observed_at: at, value } of items) {
    const one = series.find(({ series_id: known }) => known === id);
    const card = cards.querySelector(`[data-series="${id}"]`);
    if (!one || !card) continue;
    Object.assign(one, { last_value: value, last_observed_at: at });
    put(/** @type {Element} */ (card.querySelector(".last")), lastValue(one));
    put(/** @type {Element} */ (card.querySelector(".at")), ago(at, zone));
  }
}

/** @param {Asset} asset */
function attributes(asset) {
  const entries = Object.entries(asset.attributes ?? {}).filter(([, value]) => value !== null && typeof value !== "object");
  if (entries.length === 0) return null;
  return h("details", { class: "attributes" }, h("summary", {}, say("attributes")),
    h("dl", {}, ...entries.flatMap(([name, value]) => [h("dt", {}, name.replaceAll("_", " ")), h("dd", {}, String(value))])));
}
