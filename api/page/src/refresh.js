/** Keeps what the page knows fresh, and says so when it cannot. */

import { ask, askAll, ConnectionLost, keepKey, KeyRefused, keepSession, readKey } from "./api.js";
import { sendQueue } from "./queue.js";
import { findSession, isKnown, renewSession } from "./session.js";
import { dropShelf, fillShelf, leaveShelf, takeFromShelf } from "./shelf.js";
import { findAsset, state, update, watchAlways } from "./state.js";

const EVERY_MS = 30_000;
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 30_000;

let round = new AbortController();
let timer = 0;
let retryMs = FIRST_RETRY_MS;

/** Load everything now, again after each change of key or territory, and every half minute. */
export function refreshForever() {
  watchAlways(["isConnected", "territory"], () => {
    update({ assets: null, incidents: null, workOrders: null, alerts: null, onCall: [], pauses: [], kpis: null, causes: null, strangers: null, sources: null, failure: null });
    refreshNow();
  });
  document.addEventListener("visibilitychange", () => document.hidden || refreshNow());
  window.addEventListener("online", refreshNow);
  refreshNow();
}

/** Give up what is under way and load again. */
export async function refreshNow() {
  round.abort();
  round = new AbortController();
  const { signal } = round;
  window.clearTimeout(timer);
  try {
    await (state.isConnected ? loadTerritory(signal) : loadPublic(signal));
    if (signal.aborted) return;
    retryMs = FIRST_RETRY_MS;
    leaveShelf();
    update({ retryAt: null, failure: null });
    timer = window.setTimeout(refreshNow, EVERY_MS);
  } catch (error) {
    if (!signal.aborted) react(error);
  }
}

/** Take an error that a part met beside the refresh; a try that is planned stays planned. @param {unknown} error */
export function meet(error) {
  const isPlanned = state.retryAt !== null && state.retryAt > Date.now();
  if (!(error instanceof ConnectionLost && isPlanned)) react(error);
}

/** Do what an error asks for. @param {unknown} error */
function react(error) {
  if (error instanceof KeyRefused) {
    if (!isKnown()) return; // several parts asked with what was refused, and the first has said so
    const wasKey = readKey() !== null;
    keepKey(null);
    keepSession(null);
    dropShelf();
    const problem = wasKey ? { keyProblem: error.message } : { loginTrouble: /** @type {const} */ ("ended") };
    update({ ...problem, isConnected: false, who: null, territories: [], assetId: null, away: null });
  } else if (error instanceof ConnectionLost) {
    takeFromShelf();
    window.clearTimeout(timer);
    timer = window.setTimeout(refreshNow, retryMs);
    update({ retryAt: Date.now() + retryMs });
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  } else {
    update({ failure: error instanceof Error ? error.message : String(error) });
  }
}

/** @param {AbortSignal} signal */
async function loadPublic(signal) {
  const [{ items }] = await Promise.all([ask("public/kpis", { limit: 200 }, signal), findSession(signal)]);
  if (state.isConnected || signal.aborted) return;
  update({ kpis: items });
  await loadHealth(signal);
}

/** @param {AbortSignal} signal */
async function loadTerritory(signal) {
  if (!readKey()) await renewSession(signal);
  if (signal.aborted) return;
  await sendQueue();
  const territories = await askAll("territories", { limit: 1000 }, { signal });
  if (signal.aborted) return;
  update({ territories, keyProblem: null });
  const { territory } = state;
  await Promise.all([
    ask("kpis", { territory, limit: 500 }, signal).then(({ items }) => update({ kpis: items })),
    ask("incidents", { territory, state: "open", limit: 500 }, signal).then(({ items }) => update({ incidents: items })),
    Promise.all([loadOrders(territory, signal), loadAlerts(territory, signal), loadDuty(territory, signal)]).then(fillShelf),
    ask("rejections/causes", { territory }, signal).then(({ items }) => update({ causes: items })),
    ask("devices/pending", { territory }, signal).then((strangers) => update({ strangers })),
    ask("sources", {}, signal).then(({ items }) => update({ sources: items })),
    loadAssets(territory, signal),
  ]);
  await loadHealth(signal);
}

/** @param {string} territory @param {AbortSignal} signal */
async function loadOrders(territory, signal) {
  const { items } = await ask("work-orders", { territory, state: "waiting", limit: 500 }, signal);
  update({ workOrders: items });
}

/** What to do is the same for all alerts, and asked for once. @param {string} territory @param {AbortSignal} signal */
async function loadAlerts(territory, signal) {
  const { items } = await ask("alerts", { territory, limit: 100 }, signal);
  if (state.alertKinds.length === 0) update({ alertKinds: (await ask("alert-kinds", {}, signal)).items });
  update({ alerts: items });
}

/** What the key may, and who is on call and what is muted where it may know that. @param {string} territory @param {AbortSignal} signal */
async function loadDuty(territory, signal) {
  const { name, role, scopes } = await ask("key", {}, signal);
  const [canWrite, canSee] = [scopes.includes("write"), role !== "reader" && scopes.includes("read")];
  update({ who: name, canWrite, canSee, canEnter: canWrite && ["engineer", "administrator"].includes(role) });
  if (!canSee) return;
  const [{ items: onCall }, { items: pauses }] = await Promise.all([ask("on-call", { territory }, signal), ask("alert-pauses", { territory }, signal)]);
  update({ onCall, pauses });
}

/** Show the first pages as they come; a later refresh replaces the whole at once.
 * @param {string} territory
 * @param {AbortSignal} signal
 */
async function loadAssets(territory, signal) {
  const isFirst = state.assets === null;
  /** @param {any[]} items */
  const onPage = (items) => isFirst && !signal.aborted && update({ assets: [...items] });
  const assets = await askAll("assets", { territory, limit: 5000 }, { signal, onPage });
  if (signal.aborted) return;
  update({ assets });
  if (state.assetId !== null && !findAsset(state.assetId)) update({ assetId: null });
}

/** Health is worth showing when it is bad (status 503), so its status is not an error here.
 * @param {AbortSignal} signal
 */
async function loadHealth(signal) {
  const response = await fetch("/v1/health", { signal, cache: "no-store" });
  const health = await response.json().catch(() => null);
  if (!signal.aborted) update({ health });
}
