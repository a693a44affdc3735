/** The session of whoever logged in: known to this tab by name and number; what proves it is a cookie that no script can read. */

import { ask, change, KeyRefused, keepSession, readKey, readSession } from "./api.js";
import { state, update } from "./state.js";

/** @typedef {import("./types.js").OwnSession} OwnSession */

const TROUBLES = /** @type {const} */ (["away", "stale", "denied", "refused", "often"]);

/** Ask how people can log in here, and take up a session that another tab or the provider has begun.
 * @param {AbortSignal} signal
 */
export async function findSession(signal) {
  const { ways, provider, session } = await ask("session", {}, signal);
  if (signal.aborted) return;
  update({ ways: ways.join() === state.ways.join() ? state.ways : ways, provider });
  if (session) begin(session);
}

/** Make sure that the session still stands and whose it is, before anything is sent with it. Raises KeyRefused.
 * @param {AbortSignal} signal
 */
export async function renewSession(signal) {
  const { session } = await ask("session", {}, signal);
  if (signal.aborted) return;
  if (!session) throw new KeyRefused("session");
  keepSession(session);
}

/** Log in with a name and a password. @param {string} name @param {string} password */
export async function logIn(name, password) {
  begin(await change("POST", "session", {}, { name, password }));
}

/** Log out, on the server too: without it nothing is forgotten here, so that nobody believes to be logged out. */
export async function logOut() {
  if (!readKey()) await change("DELETE", "session", {}, undefined);
  keepSession(null);
}

/** @param {OwnSession} session */
function begin(session) {
  keepSession(session);
  update({ isConnected: true, keyProblem: null, loginTrouble: null, kpis: null });
}

/** What the way over the provider has ended with, as the address says it. @param {string | null} word */
export function readTrouble(word) {
  return TROUBLES.find((trouble) => trouble === word) ?? null;
}

/** Whether a key is held, or somebody has logged in. */
export function isKnown() {
  return readKey() !== null || readSession() !== null;
}

/** How much is kept in this browser until somebody logs in. */
export function keptCount() {
  return state.queue.filter((kept) => kept.refused === null).length;
}
