/** The foot of the page: is the service well, and where the API is described. */

import { h, put } from "./dom.js";
import { say } from "./language.js";
import { state, watch } from "./state.js";

export function drawFooter() {
  const health = h("p", { class: "health" });
  const show = () => {
    if (state.health === null) return put(health);
    const isDown = state.health.status !== "ok";
    health.classList.toggle("down", isDown);
    put(health, h("i", { "aria-hidden": "true" }), isDown ? say("health_down") : say("health_ok"));
  };
  watch(["health"], show);
  show();
  return h("footer", {}, health, h("a", { href: "/openapi.json" }, say("api")));
}
