/** A part that asks for something of its own beside the refresh: what a lost connection cut short is asked for again. */

import { ConnectionLost } from "./api.js";
import { meet } from "./refresh.js";
import { state, watch } from "./state.js";

/** Give a way to load that never fails, and does so again by itself once the server is back. @param {() => Promise<void>} load */
export function makeLoader(load) {
  let isCut = false;
  const run = async () => {
    try {
      await load();
      isCut = false;
    } catch (error) {
      isCut = error instanceof ConnectionLost;
      meet(error);
    }
  };
  watch(["retryAt"], () => { if (isCut && state.retryAt === null) run(); });
  return run;
}
