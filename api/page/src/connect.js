/** The form for the access key, after that for name and password where people can log in. */

import { keepKey } from "./api.js";
import { h, put } from "./dom.js";
import { say } from "./language.js";
import { drawLogin } from "./login.js";
import { state, update, watch } from "./state.js";

export function drawConnect() {
  const problem = h("p", { class: "problem", id: "key-problem", role: "alert" });
  const field = h("input", {
    id: "key", name: "key", type: "password", autocomplete: "off", spellcheck: "false", autocapitalize: "off",
    "aria-describedby": "key-hint key-problem", required: true,
  });
  const show = () => {
    put(problem, state.keyProblem !== null && say("key_refused"));
    field.toggleAttribute("aria-invalid", state.keyProblem !== null);
  };
  watch(["keyProblem"], show);
  show();
  const connect = (/** @type {Event} */ event) => {
    event.preventDefault();
    const key = field.value.trim();
    if (!key) return put(problem, say("key_needed"));
    keepKey(key);
    update({ isConnected: true, keyProblem: null, loginTrouble: null, kpis: null });
  };
  return h("section", { class: "card connect", "aria-labelledby": "connect-title" },
    h("h2", { id: "connect-title" }, say("connect")), drawLogin(),
    h("p", {}, say("key_intro")),
    h("form", { onsubmit: connect, novalidate: true },
      h("label", { for: "key" }, say("key")), field,
      h("p", { class: "hint", id: "key-hint" }, say("key_hint")), problem,
      h("button", { class: "main" }, say("connect"))));
}
