/** What was said while nobody answered: kept in this browser, over a reload too, and sent in order once the server is back. */

import { change, ConnectionLost, KeyRefused, owner, RequestFailed } from "./api.js";
import { forgetFile, forgetStrayFiles, keepFile, readFile } from "./keptfiles.js";
import { state, update } from "./state.js";

/** @typedef {import("./types.js").Kept} Kept */
/** A body that is a file is kept beside. @typedef {Pick<Kept, "method" | "path" | "headers" | "about"> & {body: object | Blob}} Wish */

const PLACE = "vigie-queue-";
const DIGITS = 15;
const FRESH_MS = 3_600_000;
const GONE = 410;

let lastMs = 0;

/** @type {Promise<void> | null} */
let sending = null;

/** Take up what an earlier page or another tab keeps. */
export function openQueue() {
  window.addEventListener("storage", showQueue);
  showQueue();
  // Another tab may have put its file away and not yet what goes with it.
  const isWanted = (/** @type {string} */ id) => localStorage.getItem(PLACE + id) !== null || Number(id.slice(0, DIGITS)) > Date.now() - FRESH_MS;
  forgetStrayFiles(isWanted).catch((error) => console.warn("kept files", error));
}

/** Keep a write; the key or account it may be sent with is known by a mark only, and never kept. A file is on the disk before the rest.
 * @param {Wish} wish
 */
export async function keep(wish) {
  lastMs = Math.max(Date.now(), lastMs + 1); // what is said in the same instant keeps its order
  const id = `${String(lastMs).padStart(DIGITS, "0")}-${wish.headers["Idempotency-Key"]}`;
  const said = { id, said_at: new Date().toISOString(), owner: speaker(), refused: null };
  const isFile = wish.body instanceof Blob;
  if (wish.body instanceof Blob) await keepFile(id, wish.body);
  write({ ...wish, ...said, body: isFile ? {} : wish.body, is_file: isFile });
  showQueue();
}

/** Give up what is kept. @param {Kept} kept */
export function forget(kept) {
  localStorage.removeItem(PLACE + kept.id);
  if (kept.is_file) forgetFile(kept.id).catch((error) => console.warn("kept files", error));
  showQueue();
}

/** Let what was refused wait again, for the version that is shown now. @param {Kept} kept @param {number} version @param {string} key a new one */
export function keepAgain(kept, version, key) {
  write({ ...kept, headers: { "If-Match": `"${version}"`, "Idempotency-Key": key }, refused: null });
  showQueue();
}

/** What waits or was refused under this key, the first said first. @returns {Kept[]} */
export function ownQueue() {
  const own = speaker();
  return state.queue.filter((kept) => kept.owner === own);
}

/** What waits to be sent about the same thing. @param {string} about a path, such as `work-orders/5` */
export function waitingFor(about) {
  return ownQueue().filter((kept) => kept.refused === null && `${kept.path}/`.startsWith(`${about}/`));
}

/** Send what waits, one after another; what the server refuses stays, with its words. Raises KeyRefused. */
export function sendQueue() {
  sending ??= alone(sendAll).finally(() => { sending = null; });
  return sending;
}

/** One tab at a time where the browser can tell (it cannot without TLS); elsewhere the keys see to it that nothing is done twice.
 * @param {() => Promise<void>} act
 */
async function alone(act) {
  await (navigator.locks ? navigator.locks.request("vigie-queue", act) : act());
}

async function sendAll() {
  for (let next = firstWaiting(); next; next = firstWaiting()) {
    try {
      const answer = await change(next.method, next.path, {}, await bodyOf(next), next.headers);
      follow(next, answer);
      forget(next);
    } catch (error) {
      if (error instanceof ConnectionLost) return;
      if (error instanceof KeyRefused || !(error instanceof RequestFailed)) throw error;
      if (isOwn(next, error)) forget(next);
      else write({ ...next, refused: { status: error.status, detail: error.message, faults: error.faults } });
      showQueue();
    }
  }
}

/** Raises RequestFailed where the browser has cleared the file away. @param {Kept} kept */
async function bodyOf(kept) {
  if (!kept.is_file) return kept.body;
  const file = await readFile(kept.id);
  if (!file) throw Object.assign(new RequestFailed("the browser has not kept the photo"), { status: GONE });
  return file;
}

/** An alert is taken once: where the answer was lost, the second one names oneself. @param {Kept} kept @param {RequestFailed} error */
function isOwn(kept, error) {
  const { who } = /** @type {{who?: string}} */ (kept.body);
  return kept.about.act === "acknowledge" && error.status === 409 && error.message.endsWith(` by ${who}`);
}

function firstWaiting() {
  showQueue();
  return ownQueue().find((kept) => kept.refused === null);
}

/** What was said after it, of the same version, was said knowing it: it now stands on the version that came of it.
 * @param {Kept} sent @param {{version?: number}} answer
 */
function follow(sent, answer) {
  const seen = sent.headers["If-Match"];
  if (!seen || !answer.version) return;
  for (const kept of waitingFor(orderOf(sent.path))) {
    const isLater = kept.id > sent.id && kept.headers["If-Match"] === seen;
    if (isLater) write({ ...kept, headers: { ...kept.headers, "If-Match": `"${answer.version}"` } });
  }
}

/** The thing a write is about, without what is done to it. @param {string} path */
export function orderOf(path) {
  return path.split("/").slice(0, 2).join("/");
}

function showQueue() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(PLACE)).sort();
  const read = names.map((name) => localStorage.getItem(name) ?? "");
  if (read.join() !== state.queue.map((kept) => JSON.stringify(kept)).join()) update({ queue: read.map((text) => JSON.parse(text)) });
}

/** One item of its own each, so that two tabs never write over one another's. @param {Kept} kept */
function write(kept) {
  localStorage.setItem(PLACE + kept.id, JSON.stringify(kept));
}

/** Who speaks: the holder of the key or account, or of that by which the list came that is shown without one. */
function speaker() {
  const own = owner();
  return own === null && state.away ? state.away.owner : markOf(own);
}

/** Tell keys and accounts apart without giving one away: 32 bits of FNV-1a. @param {string | null} key */
export function markOf(key) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key ?? "")) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16);
}
