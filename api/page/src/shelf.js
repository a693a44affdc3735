/** What the phone shows where nobody answers: the work orders and alerts there were when last asked, for half a day. */

import { owner } from "./api.js";
import { markOf } from "./queue.js";
import { state, update } from "./state.js";
import { sortAlerts, sortOrders } from "./severity.js";

/** @typedef {import("./types.js").Shelf} Shelf */

const PLACE = "vigie-shelf";
const KEPT_MS = 12 * 3_600_000;
const N_KEPT = 100;

/** Forget what is too old, whoever opens the page. */
export function openShelf() {
  readShelf();
}

/** Keep what is shown now for those who may close it; nothing of others. */
export function fillShelf() {
  const own = owner();
  if (own === null || !state.canWrite) return dropShelf();
  const { territories, alertKinds } = state;
  const alerts = sortAlerts(state.alerts ?? []).slice(0, N_KEPT);
  const workOrders = sortOrders(state.workOrders ?? []).slice(0, N_KEPT);
  /** @type {Shelf} */
  const shelf = { at: new Date().toISOString(), owner: markOf(own), territories, workOrders, alerts, alertKinds };
  localStorage.setItem(PLACE, JSON.stringify(shelf));
}

/** Nothing is left of it: somebody disconnects, or the key is refused. */
export function dropShelf() {
  localStorage.removeItem(PLACE);
}

/** Show what is kept where nothing newer is known: to the key or account it came by, and to a tab that has none. */
export function takeFromShelf() {
  const shelf = readShelf();
  const own = owner();
  if (shelf === null || state.workOrders !== null || (own !== null && markOf(own) !== shelf.owner)) return;
  const { at, owner: whose, ...kept } = shelf;
  update({ away: { at, owner: whose }, ...kept, canWrite: true });
}

/** The server answers again. */
export function leaveShelf() {
  if (state.away === null) return;
  update({ away: null, ...(state.isConnected ? {} : { territories: [], workOrders: null, alerts: null, canWrite: false }) });
}

/** Somebody wants the list off the device. */
export function forgetShelf() {
  dropShelf();
  leaveShelf();
}

/** @returns {Shelf | null} */
function readShelf() {
  const text = localStorage.getItem(PLACE);
  if (text === null) return null;
  const shelf = JSON.parse(text);
  const age = Date.now() - Date.parse(shelf.at);
  if (age >= 0 && age < KEPT_MS) return shelf;
  dropShelf();
  return null;
}
