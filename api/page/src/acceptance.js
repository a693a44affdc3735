/** Accepting and ignoring devices, and waiting for the replay of what is kept of them. */

import { ask, KeyRefused, RequestFailed, send } from "./api.js";
import { count } from "./format.js";
import { say } from "./language.js";
import { meet, refreshNow } from "./refresh.js";

/** @typedef {import("./types.js").Replay} Replay */
/** @typedef {(text: string) => void} Tell */

const EVERY_MS = 1_500;
const PATIENCE_MS = 60_000;

/** @param {number} deviceId @param {{name: string, asset?: string}} how @param {Tell} tell */
export async function acceptOne(deviceId, how, tell) {
  await change(tell, async () => {
    const { request_id: id } = await send(`devices/${deviceId}/accept`, how);
    await follow(1, [id], tell);
  });
}

/** @param {number[]} deviceIds @param {Tell} tell */
export async function acceptSeveral(deviceIds, tell) {
  await change(tell, async () => {
    const done = await send("devices/accept", { device_ids: deviceIds });
    await follow(done.device_ids.length, done.request_ids, tell);
  });
}

/** @param {number[]} deviceIds @param {Tell} tell */
export async function ignoreSeveral(deviceIds, tell) {
  await change(tell, async () => {
    const done = await send("devices/ignore", { device_ids: deviceIds });
    tell(say("ignored", { n: count(done.device_ids.length) }));
    refreshNow();
  });
}

/** What the API refuses is said beside the devices; the rest is the page's business.
 * @param {Tell} tell @param {() => Promise<void>} act
 */
async function change(tell, act) {
  try {
    await act();
  } catch (error) {
    if (error instanceof KeyRefused || !(error instanceof RequestFailed)) meet(error);
    else tell(say("failed", { detail: error.message }));
  }
}

/** Wait until the replays are done and say how much of what was kept is stored now.
 * @param {number} nDevices @param {number[]} requestIds @param {Tell} tell
 */
async function follow(nDevices, requestIds, tell) {
  const n = count(nDevices);
  tell(say("accepted", { n }));
  refreshNow();
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause()) {
    const { items } = await ask("rejections/replays", { limit: 200 });
    const done = items.filter((/** @type {Replay} */ one) => requestIds.includes(one.request_id) && one.done_at !== null);
    if (done.length < requestIds.length) continue;
    tell(say("accepted_done", { n, stored: sum(done, "n_stored"), duplicate: sum(done, "n_duplicate"), rejected: sum(done, "n_rejected") }));
    return void refreshNow();
  }
  tell(say("accepted_late", { n }));
}

function pause() {
  return new Promise((resolve) => window.setTimeout(resolve, EVERY_MS));
}

/** @param {Replay[]} replays @param {"n_stored" | "n_duplicate" | "n_rejected"} name */
function sum(replays, name) {
  return count(replays.reduce((total, one) => total + (one[name] ?? 0), 0));
}
