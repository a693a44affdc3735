/** Vigie's own page: take up key and language, draw the parts, keep them fresh. */

import "./style/main.css";
import { keepKey } from "./api.js";
import { openLanguage } from "./language.js";
import { drawPage } from "./page.js";
import { openQueue } from "./queue.js";
import { refreshForever } from "./refresh.js";
import { isKnown, readTrouble } from "./session.js";
import { openShelf } from "./shelf.js";
import { openShell } from "./shell.js";
import { state, update, watchAlways } from "./state.js";

takeFragment();
openLanguage();
openShelf();
openQueue();
openShell();
drawPage();
watchAlways(["assetId"], writeFragment);
window.addEventListener("hashchange", takeFragment);
refreshForever();

/** Read `#key=…&asset=…&login=…`; the key moves to this tab's storage, and both it and what a login ended with leave the address bar. */
function takeFragment() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const key = fragment.get("key");
  const loginTrouble = readTrouble(fragment.get("login")) ?? state.loginTrouble;
  if (key) keepKey(key.trim());
  if (key || fragment.has("login")) {
    fragment.delete("key");
    fragment.delete("login");
    const rest = fragment.toString();
    history.replaceState(null, "", location.pathname + location.search + (rest ? `#${rest}` : ""));
  }
  const assetId = Number(fragment.get("asset"));
  update({ isConnected: isKnown(), loginTrouble, assetId: Number.isInteger(assetId) && assetId > 0 ? assetId : null });
}

/** Let the address name the asset shown, so that it can be sent to a colleague. */
function writeFragment() {
  const fragment = state.assetId === null ? "" : `#asset=${state.assetId}`;
  if (location.hash !== fragment) history.replaceState(null, "", location.pathname + location.search + fragment);
}
