/** The page as a whole: which parts there are with a key and without. */

import { drawBanner } from "./banner.js";
import { drawConnect } from "./connect.js";
import { h, put } from "./dom.js";
import { drawFooter } from "./footer.js";
import { drawHeader } from "./header.js";
import { drawKpis } from "./kpis.js";
import { say } from "./language.js";
import { drawOpenData } from "./opendata.js";
import { drawQueue } from "./queueview.js";
import { forgetDrawn, state, watchAlways } from "./state.js";

const AGAIN_MS = 2_000;

/** The way to undo what the parts hold open (map, curve timers) before all is drawn again. @type {(() => void)[]} */
let closers = [];
/** What only those with a key see, once it is here. @type {typeof import("./workparts.js") | null} */
let work = null;
/** It is on its way. */
let isFetching = false;

/** Draw everything, and again when the language or the key changes. */
export function drawPage() {
  watchAlways(["isConnected"], redraw);
  watchAlways(["away"], () => state.isConnected || redraw());
  redraw();
}

/** Draw all parts afresh. */
export function redraw() {
  for (const close of closers) close();
  closers = [];
  forgetDrawn();
  document.title = say("title");
  const app = /** @type {HTMLElement} */ (document.getElementById("app"));
  const skip = h("a", { class: "skip", href: "#main", onclick: skipToContent }, say("skip"));
  const main = h("main", { id: "main", tabindex: "-1" }, ...(state.isConnected ? workParts() : publicParts()));
  put(app, skip, drawHeader(redraw), drawBanner(), main, drawFooter());
  app.dispatchEvent(new Event("drawn"));
}

/** @param {Event} event */
function skipToContent(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function publicParts() {
  if (state.away) fetchWork();
  const kept = state.away && work ? work.keptParts() : [];
  return [drawQueue(), ...kept, h("div", { class: "public" }, drawKpis("public_title"), drawConnect()), drawOpenData()];
}

function workParts() {
  fetchWork();
  const parts = work?.workParts() ?? { above: [], below: [], closers: [] };
  closers.push(...parts.closers);
  return [drawQueue(), drawKpis("kpis"), ...parts.above, drawOpenData(), ...parts.below];
}

/** Fetch what only those with a key see, once, and draw it where it was waited for. */
async function fetchWork() {
  if (work || isFetching) return;
  isFetching = true;
  try {
    work = await import("./workparts.js");
    if (state.isConnected || state.away) redraw();
  } catch {
    window.setTimeout(fetchWork, AGAIN_MS); // nobody answers at present
  } finally {
    isFetching = false;
  }
}
