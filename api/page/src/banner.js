/** What went wrong on the way to the server: said once, with the time of the next try. */

import { h, put } from "./dom.js";
import { say } from "./language.js";
import { refreshNow } from "./refresh.js";
import { state, watch } from "./state.js";

let timer = 0;

export function drawBanner() {
  const banner = h("div", { class: "banner", role: "status" });
  const show = () => {
    window.clearInterval(timer);
    const isLost = state.retryAt !== null;
    banner.hidden = !isLost && state.failure === null && !state.isOutdated;
    if (isLost) showLost(banner);
    else if (state.failure !== null) put(banner, h("span", {}, say("failed", { detail: state.failure })));
    else put(banner, ...(state.isOutdated ? newerPage() : []));
  };
  watch(["retryAt", "failure", "isOutdated"], show);
  show();
  return banner;
}

/** A newer page is taken up when the person says so: a form may be half filled in. */
function newerPage() {
  return [h("span", {}, say("outdated")), h("button", { type: "button", class: "quiet", onclick: () => location.reload() }, say("reload"))];
}

/** @param {HTMLElement} banner */
function showLost(banner) {
  const text = h("span", {});
  const tick = () => {
    const seconds = Math.max(0, Math.ceil(((state.retryAt ?? 0) - Date.now()) / 1000));
    text.textContent = say("lost", { s: seconds });
  };
  tick();
  timer = window.setInterval(tick, 1000);
  // The countdown would be read aloud every second.
  text.setAttribute("aria-live", "off");
  put(banner, text, h("button", { type: "button", class: "quiet", onclick: refreshNow }, say("retry")));
}
