/** Tomorrow's rounds, and today's: each vehicle's stops in order, what is expected there, and what is left out. */

import { ask, askAll } from "./api.js";
import { h, put } from "./dom.js";
import { drawFoldCard } from "./foldcard.js";
import { count, instant, number, percent } from "./format.js";
import { isAhead, tellFull } from "./forecast.js";
import { say, streamName } from "./language.js";
import { findAsset, showAsset, state, timeZone, watch } from "./state.js";
import { toLocal } from "./zonedtime.js";

/** @typedef {import("./types.js").RoundsOfDay} RoundsOfDay */
/** @typedef {import("./types.js").RoundFeature} Feature */
/** @typedef {import("./types.js").Forecast} Forecast */
/** @typedef {{plan: RoundsOfDay, features: Feature[], forecasts: Map<number, Forecast>}} Plan */

const DAY_MS = 86_400_000;
const DAY_IN_WORDS = /** @type {const} */ ({ weekday: "long", day: "numeric", month: "long" });
const HOUR = /** @type {const} */ ({ timeStyle: "short" });

export function drawRounds() {
  let drawnOn = "";
  const { card, show } = drawFoldCard("rounds", async (body) => {
    const { territory } = state;
    const today = dayIn(0);
    const [next, now] = await Promise.all([readDay(territory, dayIn(1)), readDay(territory, today)]);
    if (territory !== state.territory) return;
    drawnOn = today;
    put(body, dayPart("rounds_tomorrow", dayIn(1), next), now.length > 0 && dayPart("rounds_today", today, now));
    tellNone(card);
  });
  // A page that is open at midnight must not call yesterday's tomorrow by that name.
  watch(["assets"], () => { if (drawnOn !== "" && drawnOn !== dayIn(0)) show(); else tellNone(card); });
  return card;
}

/** A civil day so many days ahead. @param {number} ahead */
function dayIn(ahead) {
  const today = toLocal(new Date().toISOString(), timeZone(state.territory)).slice(0, 10);
  return new Date(Date.parse(`${today}T12:00:00Z`) + ahead * DAY_MS).toISOString().slice(0, 10);
}

/** @param {string} territory slug, "" for all @param {string} day @returns {Promise<Plan[]>} */
async function readDay(territory, day) {
  const plans = /** @type {RoundsOfDay[]} */ (await askAll("planned-rounds", { territory, day, limit: 100 }));
  return Promise.all(plans.map(async (plan) => {
    const [{ features }, forecasts] = await Promise.all([
      ask(`planned-rounds/${plan.planned_rounds_id}`, { format: "geojson" }),
      plan.summary.n_stops === 0 ? [] : askAll("forecasts", { territory: plan.territory, quantity: "fill_level", limit: 1000 }),
    ]);
    return { plan, features, forecasts: new Map(forecasts.filter(isAhead).map((one) => [one.asset_id, one])) };
  }));
}

/** @param {"rounds_tomorrow" | "rounds_today"} name @param {string} day @param {Plan[]} plans */
function dayPart(name, day, plans) {
  const title = say(name, { day: instant(`${day}T12:00:00Z`, "UTC", DAY_IN_WORDS) });
  return h("section", { class: "rounds-day", "data-day": day }, h("h3", {}, title),
    plans.length === 0 && h("p", { class: "hint rounds-none" }), ...plans.map(planPart));
}

/** Say why nothing is planned, once it is known what there is. @param {Element} card */
function tellNone(card) {
  const hasContainers = state.assets === null || state.assets.some((asset) => asset.type === "waste_container");
  for (const place of card.querySelectorAll(".rounds-none")) place.textContent = say(hasContainers ? "rounds_none" : "rounds_no_container");
}

/** @param {Plan} whole */
function planPart({ plan, features, forecasts }) {
  const zone = timeZone(plan.territory);
  const of = (/** @type {Feature["properties"]["kind"]} */ kind) => features.map((one) => one.properties).filter((one) => one.kind === kind);
  const [rounds, stops, left] = [of("round"), of("stop"), of("left_out")];
  const place = state.territories.find((one) => one.territory === plan.territory)?.name ?? plan.territory;
  return h("section", { "data-rounds": plan.planned_rounds_id },
    h("h4", {}, [place, streamName(plan.waste_stream)].filter(Boolean).join(" · ")),
    h("p", { class: "meta" }, planFacts(plan, rounds), " · ", say("rounds_made", { at: instant(plan.made_at, zone) })),
    rounds.length === 0 && h("p", { class: "hint" }, say("rounds_without")),
    ...rounds.map((one) => roundPart(one, stops.filter((stop) => stop.round === one.round), forecasts, zone)),
    left.length > 0 && leftPart(left, zone));
}

/** @param {RoundsOfDay} plan @param {Feature["properties"][]} rounds */
function planFacts({ summary }, rounds) {
  const driven_ms = rounds.reduce((sum, { leaves_at: from, back_at: to }) => sum + Date.parse(to ?? "") - Date.parse(from ?? ""), 0);
  return [
    say("rounds_count", { n: count(summary.n_rounds) }), say("rounds_stops", { n: count(summary.n_stops) }),
    summary.n_rounds > 0 && distance(summary.distance_km), summary.n_rounds > 0 && duration(driven_ms),
    summary.n_left_out > 0 && say("rounds_left_count", { n: count(summary.n_left_out) }),
    summary.n_rounds > 0 && isEstimated(summary) && say("rounds_estimated"),
  ].filter(Boolean).join(" · ");
}

/** Wholly, where no matrix and no routing server was asked, or in part. @param {RoundsOfDay["summary"]} summary */
const isEstimated = ({ distances, n_distances_estimated: n }) => n > 0 || distances.startsWith("great circle");

/** @param {number} km */
const distance = (km) => `${number(Math.round(10 * km) / 10)}\u202fkm`;

/** @param {number} ms */
function duration(ms) {
  const minutes = Math.round(ms / 60_000);
  return say("rounds_duration", { h: Math.floor(minutes / 60), m: String(minutes % 60).padStart(2, "0") });
}

/** @param {Feature["properties"]} one @param {Feature["properties"][]} stops @param {Map<number, Forecast>} forecasts @param {string} zone */
function roundPart(one, stops, forecasts, zone) {
  const [from, to] = [one.leaves_at ?? "", one.back_at ?? ""];
  const facts = [say("rounds_stops", { n: count(stops.length) }), distance(one.distance_km ?? 0), duration(Date.parse(to) - Date.parse(from)),
    `${instant(from, zone, HOUR)} ${one.depot} – ${instant(to, zone, HOUR)} ${one.end}`];
  return h("details", { class: "round", "data-round": one.round },
    h("summary", {}, h("span", { class: "name" }, say("rounds_round", { n: one.round ?? 1, vehicle: one.vehicle ?? "" })),
      h("span", { class: "meta" }, facts.join(" · "))),
    h("ol", {}, ...stops.map((stop) => stopLine(stop, forecasts.get(stop.asset_id ?? 0), zone))));
}

/** @param {Feature["properties"]} stop @param {Forecast | undefined} forecast @param {string} zone */
function stopLine(stop, forecast, zone) {
  const full = forecast && tellFull(forecast, zone);
  return h("li", { "data-asset-id": stop.asset_id },
    h("p", {}, h("b", {}, `${stop.order}. ${instant(stop.arrives_at ?? "", zone, HOUR)}`), " ", containerName(stop), stop.address && ` · ${stop.address}`),
    h("p", { class: "meta" }, [fill(stop), risk(stop, zone)].filter(Boolean).join(" · ")),
    full && h("p", { class: "meta" }, full));
}

/** Lead to the asset where the page knows it. @param {Feature["properties"]} one */
function containerName(one) {
  const id = one.asset_id ?? 0;
  if (state.assets !== null && !findAsset(id)) return h("span", {}, one.name ?? "");
  const open = () => {
    showAsset(id);
    document.getElementById("asset-title")?.focus({ preventScroll: true });
  };
  return h("button", { type: "button", class: "link", onclick: open }, one.name ?? "");
}

/** How full it is expected when vehicles start. @param {Feature["properties"]} one */
function fill({ expected_percent: middle, low_percent: low, high_percent: high }) {
  if (middle === null || middle === undefined) return say("rounds_fill_unknown");
  const [value, least, most] = [middle, low ?? middle, high ?? middle].map((one) => percent(one / 100));
  return say("rounds_fill", { value, low: least, high: most });
}

/** @param {Feature["properties"]} one @param {string} zone */
function risk({ overflow_probability: chance, next_at: next, reason }, zone) {
  if (chance === null || chance === undefined) return reason === "fixed_plan" && say("rounds_fixed_plan");
  const share = chance > 0 && chance < 0.005 ? `< ${percent(0.01)}` : percent(chance);
  return say("rounds_risk", { share, day: instant(next ?? "", zone, DAY_IN_WORDS) });
}

/** @param {Feature["properties"][]} left @param {string} zone */
function leftPart(left, zone) {
  const why = (/** @type {Feature["properties"]} */ one) => say(/** @type {import("./language.js").Sentence} */ (`rounds_left_${one.reason}`));
  return h("details", { class: "round left-out" },
    h("summary", {}, h("span", { class: "name" }, say("rounds_left")), h("span", { class: "meta" }, say("rounds_left_count", { n: count(left.length) }))),
    h("ul", {}, ...left.map((one) => h("li", { "data-asset-id": one.asset_id },
      h("p", {}, containerName(one), one.address && ` · ${one.address}`),
      h("p", { class: "meta" }, [why(one), one.reason !== "level_not_known" && fill(one), risk(one, zone)].filter(Boolean).join(" · "))))));
}
