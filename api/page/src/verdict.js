/** What a technician says of a finding: one click on confirmed, false alarm or known; in the panel also who, when, why. */

import { KeyRefused, RequestFailed } from "./api.js";
import { h, keepFocus, put } from "./dom.js";
import { say } from "./language.js";
import { meet, refreshNow } from "./refresh.js";
import { state, timeZone } from "./state.js";
import { seen, writeOrKeep } from "./workwrite.js";
import { fromLocal } from "./zonedtime.js";

/** @typedef {import("./types.js").Finding} Finding */
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {{verdict: string | null} & Record<string, unknown>} Opinion */

/** @type {Verdict[]} */
const VERDICTS = ["confirmed", "false_alarm", "known"];
const PLACE = "vigie-who";

/** Three buttons; the one that is pressed takes its verdict back. @param {Finding} finding @param {boolean} [isWhole] with the form */
export function drawVerdict(finding, isWhole = false) {
  if (!state.canWrite) return finding.verdict && h("p", { class: "verdict meta" }, `${say("verdict")} ${say(`verdict_${finding.verdict}`)}`);
  const result = h("p", { class: "result", role: "status" });
  const place = h("div", { class: "verdict" });
  const write = seen(null);
  /** @param {Opinion} opinion */
  const judge = (opinion) => attempt(result, async () => {
    const path = `findings/${finding.finding_id}/verdict`;
    const about = aboutFinding(finding, opinion.verdict ?? "");
    const given = await write((headers, body) => writeOrKeep({ method: "POST", path, body, headers, about }), opinion);
    const said = (given ?? opinion).verdict;
    const verdict = said === "withdrawn" ? null : said;
    Object.assign(finding, { verdict, is_silenced: verdict === "known" || verdict === "false_alarm" });
    show();
    if (!given) return void (result.textContent = say("queue_kept"));
    result.textContent = say(verdict ? "verdict_given" : "verdict_withdrawn");
    refreshNow();
  });
  const show = () => keepFocus(place, "data-verdict", () =>
    put(place, drawButtons(finding, judge), isWhole && finding.verdict && drawForm(finding, judge), result));
  show();
  return place;
}

/** @param {Finding} finding @param {string} verdict @returns {import("./types.js").About} */
function aboutFinding(finding, verdict) {
  return { act: "verdict", number: finding.finding_id, name: finding.asset_name ?? "", territory: finding.territory, verdict };
}

/** @param {Finding} finding @param {(opinion: Opinion) => void} judge */
function drawButtons(finding, judge) {
  const buttons = VERDICTS.map((verdict) => {
    const isChosen = finding.verdict === verdict;
    return h("button", {
      type: "button", class: "quiet", "aria-pressed": String(isChosen), "data-verdict": `${finding.finding_id} ${verdict}`,
      onclick: () => judge({ verdict: isChosen ? "withdrawn" : verdict, ...who() }),
    }, say(`verdict_${verdict}`));
  });
  return h("div", { class: "acts", role: "group", "aria-label": say("verdict") }, ...buttons);
}

/** Who says it, what was found, and of what is confirmed when it had failed. @param {Finding} finding @param {(opinion: Opinion) => void} judge */
function drawForm(finding, judge) {
  const name = h("input", { autocomplete: "name", maxlength: 100, value: sessionStorage.getItem(PLACE) ?? "" });
  const note = h("input", { autocomplete: "off", maxlength: 2000 });
  const failed = h("input", { type: "datetime-local" });
  const save = (/** @type {Event} */ event) => {
    event.preventDefault();
    sessionStorage.setItem(PLACE, name.value.trim());
    const failedAt = finding.verdict === "confirmed" && failed.value ? { failed_at: fromLocal(failed.value, timeZone(finding.territory)) } : {};
    judge({ verdict: finding.verdict, note: note.value, ...who(), ...failedAt });
  };
  return h("details", {}, h("summary", {}, say("verdict_more")),
    h("form", { onsubmit: save },
      h("label", {}, say("verdict_who"), name),
      h("label", {}, say("verdict_note"), note),
      finding.verdict === "confirmed" && h("label", {}, say("verdict_failed_at"), failed),
      h("button", { type: "submit", class: "main" }, say("verdict_save"))));
}

function who() {
  const name = sessionStorage.getItem(PLACE);
  return name ? { who: name } : {};
}

/** @param {HTMLElement} result @param {() => Promise<void>} act */
async function attempt(result, act) {
  try {
    await act();
  } catch (error) {
    if (error instanceof RequestFailed && !(error instanceof KeyRefused)) result.textContent = say("failed", { detail: error.message });
    else meet(error);
  }
}
