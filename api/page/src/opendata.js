/** What is published as open data: files with size and rows, the record of releases, with a key also what waits or was withdrawn. */

import { askAll } from "./api.js";
import { h, put } from "./dom.js";
import { drawFoldCard } from "./foldcard.js";
import { count, instant, percent } from "./format.js";
import { language, localised, say } from "./language.js";
import { state, timeZone } from "./state.js";

/** @typedef {import("./types.js").OpenDataSet} OpenDataSet */
/** @typedef {import("./types.js").Publication} Publication */

const BYTES_PER_KB = 1000;
const CATALOGUES = { jsonld: "JSON-LD", ttl: "Turtle", rdf: "RDF/XML" };

export function drawOpenData() {
  return drawFoldCard("open_data", load).card;
}

/** @param {HTMLElement} body */
async function load(body) {
  const { territory } = state;
  const [open, known] = await Promise.all([
    askAll("/open/datasets", { territory, limit: 1000 }),
    state.isConnected ? askAll("publications", { territory, limit: 1000 }) : [],
  ]);
  if (territory !== state.territory) return;
  const names = new Set(open.map(nameOf));
  const rest = known.filter((one) => !names.has(nameOf(one)));
  put(body, open.length + rest.length === 0 ? h("p", { class: "hint" }, say("open_data_none"))
    : h("ul", {}, ...open.map(openLine), ...rest.map(restLine)), catalogues(territory));
}

/** @param {{territory: string, publication: string}} one */
const nameOf = (one) => `${one.territory}/${one.publication}`;

/** @param {OpenDataSet} one */
function openLine(one) {
  const facts = [
    one.territory_name,
    say("open_data_release", { n: one.release, at: instant(one.published_at, timeZone(one.territory)) }),
    say("open_data_rows", { n: count(one.n_rows), hidden: count(one.n_hidden) }),
    one.completeness !== null && say("open_data_completeness", { share: percent(one.completeness) }),
  ].filter(Boolean);
  return h("li", { "data-publication": nameOf(one) },
    h("strong", {}, localised(one, "title")), h("p", {}, localised(one, "about")),
    h("p", { class: "meta" }, `${facts.join(" · ")} · `, h("a", { href: one.licence_address, rel: "license noreferrer" }, one.licence)),
    h("p", { class: "files" }, ...one.files.map((file) => h("a", { href: file.path, download: true }, `${file.name} (${size(file.n_bytes)})`)), record(one)));
}

/** What is about to be published, or is no longer. @param {Publication} one */
function restLine(one) {
  const at = one.withdrawn_at && instant(one.withdrawn_at, timeZone(one.territory));
  const told = at ? say("open_data_withdrawn", { at, reason: one.withdrawn_because ?? "" }) : say("open_data_to_come");
  return h("li", { "data-publication": nameOf(one) }, h("strong", {}, localised(one, "title")),
    h("p", { class: "meta" }, told), one.n_releases > 0 && h("p", { class: "files" }, record(one)));
}

/** Where what was published when is listed. @param {{territory: string, publication: string, title_fr: string, title_en: string}} one */
function record(one) {
  const query = new URLSearchParams({ territory: one.territory, publication: one.publication });
  return h("a", { href: `/open/releases?${query}` }, say("open_data_record"), h("span", { class: "hidden" }, ` : ${localised(one, "title")}`));
}

/** @param {string} territory slug, "" for all */
function catalogues(territory) {
  const query = territory ? `?${new URLSearchParams({ territory })}` : "";
  return h("p", { class: "hint files" }, say("open_data_catalogue"),
    ...Object.entries(CATALOGUES).map(([notation, name]) => h("a", { href: `/open/catalogue.${notation}${query}` }, name)));
}

/** @param {number} nBytes */
function size(nBytes) {
  const [amount, unit] = nBytes < BYTES_PER_KB ** 2 ? [nBytes / BYTES_PER_KB, "kilobyte"] : [nBytes / BYTES_PER_KB ** 2, "megabyte"];
  return new Intl.NumberFormat(language(), { style: "unit", unit, maximumFractionDigits: 1 }).format(amount);
}
