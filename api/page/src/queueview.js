/** What waits to be sent and what was refused, in words, with the number of what waits. */

import { h, put } from "./dom.js";
import { count, instant } from "./format.js";
import { say } from "./language.js";
import { forget, keepAgain, orderOf, ownQueue } from "./queue.js";
import { refreshNow } from "./refresh.js";
import { tellFaults } from "./refusal.js";
import { state, timeZone, watch } from "./state.js";
import { newKey } from "./workwrite.js";

/** @typedef {import("./types.js").Kept} Kept */
/** @typedef {import("./language.js").Sentence} Sentence */

export function drawQueue() {
  const total = h("span", { class: "badge" });
  const told = h("p", { class: "hint", role: "status" });
  const list = h("ul", {});
  const others = h("p", { class: "hint" });
  const card = h("section", { class: "card queue", "aria-labelledby": "queue-title" },
    h("div", { class: "card-head" }, h("h2", { id: "queue-title" }, say("queue")), total), told, list, others);
  const show = () => {
    const own = ownQueue();
    const nWaiting = own.filter((kept) => kept.refused === null).length;
    const foreign = state.queue.filter((kept) => !own.includes(kept));
    card.hidden = state.queue.length === 0;
    total.textContent = count(nWaiting);
    told.textContent = nWaiting > 0 ? say("queue_waiting", { n: count(nWaiting) }) : "";
    put(list, ...own.map(line));
    put(others, foreign.length > 0 && [say("queue_other", { n: count(foreign.length) }), " ", forgetButton(foreign)]);
    others.hidden = foreign.length === 0;
  };
  watch(["queue", "workOrders", "isConnected", "territories"], show);
  show();
  return card;
}

/** What somebody said, in a sentence. @param {Kept} kept */
export function sentenceOf({ about }) {
  const prefix = about.act === "verdict" ? "verdict" : "work_verdict";
  const verdict = about.verdict ? say(/** @type {Sentence} */ (about.verdict === "withdrawn" ? "queue_withdrawn" : `${prefix}_${about.verdict}`)) : "";
  return say(`queue_${about.act}`, { n: about.number, name: about.name, verdict });
}

/** @param {Kept} kept */
function line(kept) {
  const zone = timeZone(kept.about.territory);
  return h("li", { "data-kept": kept.about.act },
    h("span", { class: "words" }, h("strong", {}, sentenceOf(kept)),
      h("span", { class: "meta" }, say("queue_said", { at: instant(kept.said_at, zone) })),
      kept.refused && h("span", { class: "refused", role: "alert" }, reasonOf(kept.refused, kept.about.act))),
    h("span", { class: "acts" }, againButton(kept), forgetButton([kept])));
}

/** @param {NonNullable<Kept["refused"]>} refused @param {import("./types.js").About["act"]} act */
function reasonOf({ status, detail, faults }, act) {
  if (status === 409 && act === "acknowledge") return say("queue_taken");
  if (status === 412) return say("queue_changed");
  if (status === 404) return say("queue_gone");
  if (status === 410) return say("queue_lost");
  if (faults?.length) return say("refused", { detail: tellFaults(faults) });
  if (status === 409) return say("queue_impossible");
  return say("queue_refused", { detail });
}

/** Of an order that still waits, what was said can be sent for what it is now. @param {Kept} kept */
function againButton(kept) {
  const order = state.workOrders?.find((one) => `work-orders/${one.work_order_id}` === orderOf(kept.path));
  if (kept.refused?.status !== 412 || !order) return null;
  const again = () => {
    keepAgain(kept, order.version, newKey());
    refreshNow();
  };
  return h("button", { type: "button", class: "quiet", onclick: again }, say("queue_again"));
}

/** @param {Kept[]} all */
function forgetButton(all) {
  return h("button", { type: "button", class: "quiet", onclick: () => all.forEach(forget) }, say("queue_forget"));
}
