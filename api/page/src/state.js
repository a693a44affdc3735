/** What the page knows, in one object; whoever shows a part of it is told when it changes. */

import { readKey, readSession } from "./api.js";

/** @typedef {import("./types.js").Territory} Territory */
/** @typedef {import("./types.js").Asset} Asset */
/** @typedef {import("./types.js").Incident} Incident */
/** @typedef {import("./types.js").WorkOrder} WorkOrder */
/** @typedef {import("./types.js").Kpi} Kpi */
/** @typedef {import("./types.js").Cause} Cause */
/** @typedef {import("./types.js").Stranger} Stranger */
/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("./types.js").Health} Health */
/** @typedef {import("./types.js").Kept} Kept */
/** @typedef {import("./types.js").Away} Away */
/** @typedef {import("./types.js").Alert} Alert */
/** @typedef {import("./types.js").AlertKind} AlertKind */
/** @typedef {import("./types.js").OnCall} OnCall */
/** @typedef {import("./types.js").AlertPause} AlertPause */

/**
 * @typedef {object} State
 * @property {boolean} isConnected a key is held, or somebody has logged in
 * @property {string | null} keyProblem
 * @property {string[]} ways in which people can log in here
 * @property {string | null} provider what the identity provider is called
 * @property {"away" | "stale" | "denied" | "refused" | "often" | "ended" | null} loginTrouble
 * @property {string | null} who the name of the key or account
 * @property {Territory[]} territories
 * @property {string} territory slug, "" for all
 * @property {Asset[] | null} assets null until known
 * @property {Incident[] | null} incidents
 * @property {WorkOrder[] | null} workOrders those that are not done
 * @property {Alert[] | null} alerts those that go on
 * @property {AlertKind[]} alertKinds with what to do
 * @property {OnCall[]} onCall
 * @property {AlertPause[]} pauses what is muted by hand
 * @property {boolean} canSee the key may see who is told and on call
 * @property {Kpi[] | null} kpis
 * @property {Cause[] | null} causes of rejections that are open
 * @property {boolean} canWrite the key may accept devices
 * @property {boolean} canEnter the key may enter reference data
 * @property {{items: Stranger[], next: string | null} | null} strangers devices that wait, the first of them
 * @property {Source[] | null} sources
 * @property {Kept[]} queue what this browser keeps until it is sent, the first said first
 * @property {number | null} assetId the asset shown in the panel
 * @property {number} nAsked how often somebody has asked to see an asset
 * @property {{text: string, type: string, state: string}} filter
 * @property {number | null} retryAt epoch [ms] of the next try while the connection is lost
 * @property {string | null} failure
 * @property {Health | null} health
 * @property {Away | null} away what is shown was kept by this browser, since nobody answers
 * @property {boolean} isOutdated the server has a newer page
 */

/** @type {State} */
export const state = {
  isConnected: readKey() !== null || readSession() !== null,
  keyProblem: null,
  ways: [],
  provider: null,
  loginTrouble: null,
  who: null,
  territories: [],
  territory: "",
  assets: null,
  incidents: null,
  workOrders: null,
  alerts: null,
  alertKinds: [],
  onCall: [],
  pauses: [],
  canSee: false,
  kpis: null,
  causes: null,
  canWrite: false,
  canEnter: false,
  strangers: null,
  sources: null,
  queue: [],
  assetId: null,
  nAsked: 0,
  filter: { text: "", type: "", state: "" },
  retryAt: null,
  failure: null,
  health: null,
  away: null,
  isOutdated: false,
};

/** @typedef {{keys: (keyof State)[], listener: () => void}} Watcher */

/** @type {Watcher[]} */
const lasting = [];
/** @type {Watcher[]} */
let drawn = [];

/** Call a listener of a drawn part after any of these keys changed, until all is drawn afresh.
 * @param {(keyof State)[]} keys
 * @param {() => void} listener
 */
export function watch(keys, listener) {
  drawn.push({ keys, listener });
}

/** The same for as long as the page lives.
 * @param {(keyof State)[]} keys
 * @param {() => void} listener
 */
export function watchAlways(keys, listener) {
  lasting.push({ keys, listener });
}

/** Forget the listeners of drawn parts, before all is drawn afresh. */
export function forgetDrawn() {
  drawn = [];
}

/** Change the state, then tell those who show it.
 * @param {Partial<State>} change
 */
export function update(change) {
  const changed = /** @type {(keyof State)[]} */ (Object.keys(change)).filter((key) => state[key] !== change[key]);
  Object.assign(state, change);
  const told = [...lasting, ...drawn];
  for (const watcher of told) {
    const isForgotten = !lasting.includes(watcher) && !drawn.includes(watcher);
    if (!isForgotten && watcher.keys.some((key) => changed.includes(key))) watcher.listener();
  }
}

/** Give the clock of a territory.
 * @param {string | undefined} territory
 */
export function timeZone(territory) {
  const found = state.territories.find((one) => one.territory === (territory || state.territory));
  return found?.time_zone ?? state.territories[0]?.time_zone ?? "Europe/Paris";
}

/** @param {number | null} assetId */
export function findAsset(assetId) {
  return state.assets?.find((asset) => asset.asset_id === assetId) ?? null;
}

/** Show an asset in the panel, and the panel itself wherever on the page one is. @param {number | null} assetId */
export function showAsset(assetId) {
  update({ assetId, nAsked: state.nAsked + 1 });
}
