/** Has the browser keep the page's own files (worker/worker.js), and says when a newer page is there. */

import { update, watchAlways } from "./state.js";

/** Without TLS browsers keep nothing (but on the machine itself): then the page needs a connection to open. */
export function openShell() {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  let hasKeeper = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    if (hasKeeper) update({ isOutdated: true });
    hasKeeper = true;
  });
  let isRegistered = false;
  watchAlways(["health", "failure", "retryAt"], () => { // what the page asks for last: what is kept need not come before the first figures
    if (isRegistered) return;
    isRegistered = true;
    serviceWorker.register("/worker.js").then(lookAgain, giveUp);
  });
}

/** A page that stays open for days learns of a newer one whenever somebody turns to it. @param {ServiceWorkerRegistration} registration */
function lookAgain(registration) {
  document.addEventListener("visibilitychange", () => document.hidden || registration.update().catch(giveUp));
}

/** Nobody answers, or the browser keeps nothing here: the page is as good without. */
function giveUp() {}
