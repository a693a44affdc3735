/** The API: one way to ask, with errors that say what the page must do. */

/** The key is refused (401, 403). */
export class KeyRefused extends Error {}
/** Nobody answers, or the server cannot at present: worth another try. */
export class ConnectionLost extends Error {
  status = 0;
}
/** What is wrong with a field ("" for the whole). @typedef {{field: string, sentence_fr: string, sentence_en: string}} Fault */
/** @typedef {Record<string, string | number | string[] | null | undefined>} Query what is asked for: empty is left out, a list is asked for one by one */
/** The request itself is wrong or what it names is not there; the message is the API's own. */
export class RequestFailed extends Error {
  /** @type {Fault[]} */
  faults = [];
  /** Among which one must be chosen. @type {{device_id: number, external_id: string}[]} */
  devices = [];
  status = 0;
}

const PATIENCE_MS = 20_000;
const FILE_PATIENCE_MS = 120_000;
const KEY_PLACE = "vigie-key";
const SESSION_PLACE = "vigie-session";
const TOKEN_PROBLEM = "/problems/session-token";

/** @returns {string | null} */
export function readKey() {
  return sessionStorage.getItem(KEY_PLACE);
}

/** @param {string | null} key */
export function keepKey(key) {
  if (key) sessionStorage.setItem(KEY_PLACE, key);
  else sessionStorage.removeItem(KEY_PLACE);
}

/** @returns {import("./types.js").OwnSession | null} */
export function readSession() {
  return JSON.parse(sessionStorage.getItem(SESSION_PLACE) ?? "null");
}

/** @param {import("./types.js").OwnSession | null} session */
export function keepSession(session) {
  if (session) sessionStorage.setItem(SESSION_PLACE, JSON.stringify(session));
  else sessionStorage.removeItem(SESSION_PLACE);
}

/** Who what is said here belongs to: the key, or the account, whichever session it is; null for nobody. @returns {string | null} */
export function owner() {
  const session = readSession();
  return readKey() ?? (session && `account ${session.account}`);
}

/** Ask for a path and give its JSON body.
 * @param {string} path
 * @param {Query} [parameters]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function ask(path, parameters = {}, signal) {
  const response = await reach(url(path, parameters), { signal });
  if (response.ok) return response.json();
  throw await failure(response, response.status === 401 || response.status === 403);
}

/** Give a file as it is. @param {string} path @returns {Promise<Blob>} */
export async function askFile(path) {
  const response = await reach(url(path, {}), {});
  if (response.ok) return response.blob();
  throw await failure(response, response.status === 401 || response.status === 403);
}

/** Have something done and give the answer's JSON body; a key that may only read is no reason to give it up.
 * @param {string} path
 * @param {object} body
 * @returns {Promise<any>}
 */
export async function send(path, body) {
  const response = await reach(url(path, {}), { body });
  if (response.ok) return response.json();
  throw await failure(response, response.status === 401);
}

/** Change something and give the answer's JSON body, an empty object where it has none.
 * @param {"POST" | "PATCH" | "DELETE"} method
 * @param {string} path
 * @param {Query} parameters
 * @param {object | Blob | undefined} body
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 */
export async function change(method, path, parameters, body, headers) {
  const response = await reach(url(path, parameters), { method, body, headers });
  if (response.ok) return response.status === 204 ? {} : response.json();
  throw await failure(response, response.status === 401);
}

/** @param {Response} response @param {boolean} isRefused the key is of no more use */
async function failure(response, isRefused) {
  const problem = await response.json().catch(() => ({}));
  const detail = problem.detail ?? problem.title ?? `HTTP ${response.status}`;
  if (isRefused) return new KeyRefused(detail);
  // Another tab has logged in anew: the next round finds out who it is, and only then is anything sent.
  if (response.status >= 500 || response.status === 429 || problem.type === TOKEN_PROBLEM) {
    return Object.assign(new ConnectionLost(detail), { status: response.status });
  }
  return Object.assign(new RequestFailed(detail), { faults: problem.faults ?? [], devices: problem.devices ?? [], status: response.status });
}

/** Give all items of a list, page after page, at most `most` of them.
 * @param {string} path
 * @param {Query} parameters
 * @param {{most?: number, signal?: AbortSignal, onPage?: (items: any[]) => void}} [options]
 * @returns {Promise<any[]>}
 */
export async function askAll(path, parameters, { most = 100_000, signal, onPage } = {}) {
  const items = [];
  let cursor = null;
  do {
    const page = await ask(path, { ...parameters, cursor }, signal);
    items.push(...page.items);
    onPage?.(items);
    cursor = page.next;
  } while (cursor && items.length < most);
  return items;
}

/** @param {string} path below `/v1`, or from the root with a `/` before it @param {Query} parameters */
function url(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== "") query.append(name, String(one));
    }
  }
  const root = path.startsWith("/") ? path : `/v1/${path}`;
  return `${root}${query.size ? `?${query}` : ""}`;
}

/** @param {string} address @param {{signal?: AbortSignal, method?: string, body?: object | Blob, headers?: Record<string, string>}} options with a body it is posted */
async function reach(address, { signal, body, headers = {}, method = body ? "POST" : "GET" }) {
  const isFile = body instanceof Blob;
  const key = readKey();
  const token = key ? null : readSession()?.csrf_token;
  const patience = AbortSignal.timeout(isFile ? FILE_PATIENCE_MS : PATIENCE_MS);
  try {
    return await fetch(address, {
      method,
      headers: {
        ...headers,
        Accept: "application/json, image/*",
        ...(body ? { "Content-Type": isFile ? "application/octet-stream" : "application/json" } : {}),
        ...(key ? { Authorization: `Bearer ${key}` } : {}),
        ...(token && method !== "GET" ? { "X-CSRF-Token": token } : {}),
      },
      body: isFile ? body : body ? JSON.stringify(body) : null,
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
      cache: "no-store",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ConnectionLost(String(error));
  }
}
