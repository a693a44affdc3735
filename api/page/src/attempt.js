/** Doing what a person asked for: what the API refuses is shown where it was entered. */

import { KeyRefused, RequestFailed } from "./api.js";
import { meet } from "./refresh.js";

/** @typedef {import("./api.js").Fault} Fault */

/** What was typed is no value of the field's kind; the field says so. */
export class Unreadable extends Error {}

/** What the API refuses is said at its field; the rest is the page's business.
 * @param {() => Promise<void>} act @param {(faults: Fault[]) => void} showFaults
 */
export async function attempt(act, showFaults) {
  try {
    await act();
  } catch (error) {
    if (error instanceof Unreadable) showFaults([]);
    else if (error instanceof RequestFailed && !(error instanceof KeyRefused)) showFaults(faultsOf(error));
    else meet(error);
  }
}

/** @param {RequestFailed} error @returns {Fault[]} */
function faultsOf(error) {
  return error.faults.length > 0 ? error.faults : [{ field: "", sentence_fr: error.message, sentence_en: error.message }];
}
