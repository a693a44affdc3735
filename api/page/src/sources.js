/** The brokers that are read: which of them is down, since when, and what each brought in a day. */

import { h, put } from "./dom.js";
import { ago, count, instant } from "./format.js";
import { say } from "./language.js";
import { mark } from "./severity.js";
import { state, timeZone, watch } from "./state.js";

/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("./types.js").Session} Session */
/** @typedef {import("./types.js").Standing} Standing */

/** @type {Record<Standing | "idle", import("./types.js").Severity>} */
const DEGREES = { connected: "ok", disconnected: "critical", unknown: "warning", idle: "info" };

export function drawSources() {
  const alarm = h("b", { class: "critical" });
  const total = h("span", { class: "badge" });
  const list = h("ul", {});
  const card = h("details", { class: "card fold sources" }, h("summary", {}, h("h2", {}, say("sources")), total, alarm), list);
  const show = () => {
    const sources = state.sources ?? [];
    const nDown = sources.filter((source) => source.state === "disconnected").length;
    card.hidden = sources.length === 0;
    total.textContent = count(sources.length);
    put(alarm, ...(nDown > 0 ? [mark("critical"), " ", say("sources_down", { n: count(nDown) })] : []));
    put(list, ...sources.map((source) => h("li", { "data-source": source.source }, ...describe(source))));
  };
  watch(["sources", "territories"], show);
  show();
  return card;
}

/** @param {Source} source */
function describe(source) {
  const counts = {
    received: count(source.n_received), stored: count(source.n_stored),
    duplicate: count(source.n_duplicate), rejected: count(source.n_rejected),
  };
  const facts = [source.url, source.formats.join(", "), source.territory].filter(Boolean);
  return [
    h("p", {}, standingMark(source.state), h("strong", {}, sourceName(source.source)), " ", standingWord(source.state)),
    facts.length > 0 && h("p", { class: "meta" }, facts.join(" · ")),
    ...source.sessions.map((session) => h("p", { class: "meta" }, ...describeSession(session, source))),
    h("p", { class: "meta" }, say("source_counts", counts)),
  ];
}

/** Name a source as a person does. @param {string} source */
export function sourceName(source) {
  return source === "own" ? say("source_own") : source === "http" ? say("source_http") : source;
}

/** @param {Session} session @param {Source} source */
function describeSession(session, source) {
  const zone = timeZone(source.territory ?? undefined);
  const last = session.last_message_at;
  const facts = [
    say("source_since", { at: instant(session.since, zone) }),
    last ? say("source_last", { at: ago(last, zone) }) : say("source_silent"),
    session.error,
  ];
  return [h("code", {}, session.session), " ", standingWord(session.state), " ", facts.filter(Boolean).join(" · ")];
}

/** @param {Standing | null} standing */
function standingMark(standing) {
  return mark(DEGREES[standing ?? "idle"]);
}

/** @param {Standing | null} standing */
function standingWord(standing) {
  return h("b", { class: DEGREES[standing ?? "idle"] }, say(`source_${standing ?? "idle"}`));
}
