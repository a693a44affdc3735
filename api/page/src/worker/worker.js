/** The service worker: keeps the page's own files, so that it opens without a connection. Answers of the API pass it by. */

/** Put before these lines by whoever serves the page.
 * @type {{version: string, index: string, files: string[]}} `index`: SHA-256 of the page itself [hexadecimal]
 */
const build = /** @type {any} */ (self).vigieBuild;
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const PREFIX = "vigie-page-";
const NAME = PREFIX + build.version;
const PATIENCE_MS = 4_000;

worker.addEventListener("install", (event) => event.waitUntil(takeIn()));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== worker.location.origin) return;
  if (mode === "navigate" && pathname === "/") event.respondWith(openPage(event.request));
  else if (build.files.includes(pathname)) event.respondWith(openFile(event.request));
});

/** Keep page and files of one build; where the server has another by now, that one's worker does. */
async function takeIn() {
  const page = await fetch("/", { cache: "reload", credentials: "omit" });
  if (!page.ok || (await digest(page.clone())) !== build.index) throw new Error("the page is of another build");
  const cache = await caches.open(NAME);
  await cache.addAll(build.files.map((file) => new Request(file, { credentials: "omit" })));
  await cache.put("/", page);
  await worker.skipWaiting();
}

/** Forget the builds before; pages that are open are told, and draw nothing anew by themselves. */
async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The server's page where it answers in time, else the kept one. @param {Request} request */
async function openPage(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status < 500) return answer;
    return (await findKept("/")) ?? answer;
  } catch {
    return (await findKept("/")) ?? Response.error();
  }
}

/** A file's name carries its hash: the kept one is the same. @param {Request} request */
async function openFile(request) {
  return (await findKept(request.url)) ?? fetch(request);
}

/** @param {string} address */
function findKept(address) {
  return caches.match(address, { cacheName: NAME, ignoreVary: true });
}

/** @param {Response} page */
async function digest(page) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await page.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
