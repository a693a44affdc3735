/** What an asset's quantities will be, in words: only instants that are still to come are told. */

import { ask } from "./api.js";
import { h, put } from "./dom.js";
import { count, instant, kpiAmount } from "./format.js";
import { localised, say } from "./language.js";

/** @typedef {import("./types.js").Forecast} Forecast */
/** @typedef {import("./types.js").Series} Series */

const FRESH_MS = 60_000;
/** A level that fell by so many points since the forecast was made tells that somebody has emptied the container. */
const EMPTIED_POINTS = 20;
const DAY_AND_HOUR = /** @type {const} */ ({ weekday: "long", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** Forecasts of an asset with a place that tells them; `show` asks again when a minute has passed, and drops what is past; `of` gives
 * those of a series as they were shown, in order of time.
 * @param {number} assetId @param {string} zone @param {AbortSignal} signal
 */
export function drawForecasts(assetId, zone, signal) {
  const element = h("div", { class: "forecasts" });
  /** @type {Forecast[]} */
  let known = [];
  /** @type {Forecast[]} */
  let coming = [];
  let askedAt = 0;
  const show = async (/** @type {Series[]} */ series) => {
    if (Date.now() - askedAt > FRESH_MS) {
      askedAt = Date.now();
      known = (await ask("forecasts", { asset_id: assetId, limit: 100 }, signal)).items;
    }
    coming = stillToCome(known, series);
    put(element, ...(coming.length === 0 ? [] : [h("h3", {}, say("forecast")), lines(coming, series, zone), h("p", { class: "meta" }, madeAt(coming, zone))]));
  };
  const of = (/** @type {Series} */ one) => coming.filter(({ quantity, unit }) => quantity === one.quantity && unit === one.unit)
    .sort((earlier, later) => Date.parse(earlier.for_at) - Date.parse(later.for_at));
  return { element, show, of };
}

/** @param {Forecast} one */
export const isAhead = (one) => Date.parse(one.for_at) > Date.now();

/** Those for instants ahead, of containers that nobody has emptied since. @param {Forecast[]} forecasts @param {Series[]} series */
function stillToCome(forecasts, series) {
  return forecasts.filter((one) => {
    const level = series.find(({ quantity, unit }) => quantity === one.quantity && unit === one.unit)?.last_value ?? null;
    const wasEmptied = one.detail.level_percent !== undefined && level !== null && level < one.detail.level_percent - EMPTIED_POINTS;
    return isAhead(one) && !wasEmptied;
  });
}

/** @param {Forecast[]} forecasts @param {Series[]} series @param {string} zone */
function lines(forecasts, series, zone) {
  const full = tellFull(forecasts[0], zone);
  const told = forecasts.map((one) => [tellName(one, series), tellValue(one, zone), tellPlaces(one)].filter(Boolean).join(" · "));
  return h("ul", {}, ...[full, ...told].filter(Boolean).map((text) => h("li", {}, text)));
}

/** @param {Forecast} one @param {Series[]} series */
function tellName(one, series) {
  const found = series.find(({ quantity }) => quantity === one.quantity);
  return found ? localised(found, "quantity_name") : one.quantity.replaceAll("_", " ");
}

/** @param {Forecast} one @param {string} zone */
function tellValue({ for_at: at, value, low, high, unit }, zone) {
  const [middle, least, most] = [value, low, high].map((one) => kpiAmount(rounded(one, unit), unit));
  return say("forecast_value", { at: instant(at, zone, DAY_AND_HOUR), value: middle, low: least, high: most });
}

/** No digits that a forecast cannot know. @param {number} value @param {string} unit */
export const rounded = (value, unit) => (unit === "%" ? Math.round(value) : Math.round(100 * value) / 100);

/** Of a car park whose places are known. @param {Forecast} one */
function tellPlaces({ detail: { free_places: free, free_places_low: low, free_places_high: high } }) {
  if (free === undefined || low === undefined || high === undefined) return "";
  return say("forecast_places", { n: count(Math.round(free)), low: count(Math.round(low)), high: count(Math.round(high)) });
}

/** When a container reaches the level at which it counts as full; nothing of what has come already.
 * @param {Forecast} one @param {string} zone
 */
export function tellFull({ detail }, zone) {
  if (detail.threshold_percent === undefined) return "";
  const [at, low, high] = [detail.reaches_at, detail.reaches_low_at, detail.reaches_high_at].map((one) => one ?? null);
  const threshold = kpiAmount(Math.round(detail.threshold_percent), "%");
  const isPast = (/** @type {string | null} */ one) => one !== null && Date.parse(one) <= Date.now();
  const told = (/** @type {string | null} */ one) => (one === null ? "" : say("forecast_on", { at: instant(one, zone, DAY_AND_HOUR) }));
  if (low === null) return say("forecast_not_full", { threshold });
  if (isPast(at)) return isPast(high) || high === null ? "" : say("forecast_full_at_latest", { threshold, high: told(high) });
  if (at === null) return isPast(low) ? "" : say("forecast_full_not_before", { threshold, low: told(low) });
  const from = isPast(low) ? say("forecast_now") : told(low);
  if (high === null) return say("forecast_full_open", { threshold, at: told(at), low: from });
  return say("forecast_full", { threshold, at: told(at), low: from, high: told(high) });
}

/** @param {Forecast[]} forecasts @param {string} zone */
function madeAt(forecasts, zone) {
  return say("forecast_made", { at: instant(forecasts[0].made_at, zone) });
}
