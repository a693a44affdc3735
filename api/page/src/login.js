/** Logging in with a name and a password, or at an identity provider, where that is configured. */

import { ConnectionLost, KeyRefused, RequestFailed } from "./api.js";
import { h, put } from "./dom.js";
import { count } from "./format.js";
import { say } from "./language.js";
import { keptCount, logIn } from "./session.js";
import { state, watch } from "./state.js";

export function drawLogin() {
  const problem = h("p", { class: "problem", id: "login-problem", role: "alert" });
  const kept = h("p", { class: "kept", role: "status" });
  const form = h("div", {});
  const provider = h("p", {});
  const tell = (/** @type {string | false} */ text) => put(problem, text);
  const showWays = () => {
    put(form, state.ways.includes("password") && drawForm(tell));
    put(provider, state.ways.includes("provider") && h("a", { class: "button main", href: "/login" }, say("login_provider", { name: state.provider ?? "" })));
  };
  const showTrouble = () => {
    const n = keptCount();
    tell(state.loginTrouble !== null && say(`login_${state.loginTrouble}`));
    put(kept, n > 0 && say("login_kept", { n: count(n) }));
  };
  watch(["ways", "provider"], showWays);
  watch(["loginTrouble", "queue"], showTrouble);
  showWays();
  showTrouble();
  return h("div", { class: "login" }, problem, kept, form, provider);
}

/** @param {(text: string | false) => void} tell */
function drawForm(tell) {
  const common = { required: true, spellcheck: "false", autocapitalize: "off", "aria-describedby": "login-problem" };
  const name = h("input", { ...common, id: "login-name", name: "username", autocomplete: "username", maxlength: 200 });
  const password = h("input", { ...common, id: "login-password", name: "password", type: "password", autocomplete: "current-password", maxlength: 200 });
  const button = h("button", { class: "main" }, say("login"));
  const enter = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!name.value.trim() || !password.value) return tell(say("login_needed"));
    tell(false);
    button.disabled = true;
    try {
      await logIn(name.value, password.value);
    } catch (error) {
      tell(say(troubleOf(error)));
      password.value = "";
      password.focus();
    }
    button.disabled = false;
  };
  return h("form", { onsubmit: enter, novalidate: true },
    h("label", { for: name.id }, say("login_name")), name,
    h("label", { for: password.id }, say("login_password")), password, button);
}

/** @param {unknown} error */
function troubleOf(error) {
  if (error instanceof KeyRefused) return "login_wrong";
  if (error instanceof ConnectionLost && error.status === 429) return "login_often";
  if (error instanceof RequestFailed) return "login_forbidden";
  return "login_lost";
}
