// Puts results of queries through Grafana's own code, as its browser part does: JSON in on stdin, JSON out on stdout.
// In: {panels: [{key, fieldConfig, transformations, fields: [{name, type, values}]}], reducers: [id]}
// Out: {units: [id], reducers: [id], transformers: [id], panels: [{key, fields: [{name, title, hidden, text, links}]}]}
import { createRequire } from "node:module";
import { JSDOM } from "jsdom";

const page = new JSDOM("<!doctype html><body></body>", { url: "http://localhost/" }).window;
page.matchMedia = () => ({ matches: false, addEventListener() {}, removeEventListener() {} });
for (const name of ["document", "navigator", "HTMLElement", "Element", "Node", "DOMParser", "getComputedStyle", "location", "localStorage"]) {
  Object.defineProperty(globalThis, name, { value: page[name], configurable: true });
}
globalThis.window = page;
const grafana = createRequire(import.meta.url)("@grafana/data");
const { firstValueFrom } = createRequire(import.meta.url)("rxjs");

const asked = JSON.parse(await new Response(process.stdin).text());
const optionIds = new Set(["displayName", "unit", "decimals", "noValue", "mappings", "thresholds", "color", "links"]);
for (const { fieldConfig } of asked.panels) {
  for (const { properties } of fieldConfig.overrides ?? []) properties.forEach(({ id }) => optionIds.add(id));
}
grafana.standardFieldConfigEditorRegistry.setInit(() => [...optionIds].map((id) => ({
  id, path: id.replace("custom.", ""), name: id, isCustom: id.startsWith("custom."), editor: () => null, override: () => null,
  process: grafana.identityOverrideProcessor, shouldApply: () => true, settings: {},
})));
const transformers = new Map(Object.values(grafana.standardTransformers).map((one) => [one.id, one]));
grafana.standardTransformersRegistry.setInit(() => [...transformers].map(([id, one]) => ({
  id, name: one.name, transformation: async () => one, editor: () => null, imageDark: "", imageLight: "",
})));

const context = { interpolate: (/** @type {string} */ text) => text };

async function look({ key, fieldConfig, transformations, fields }) {
  const frame = grafana.toDataFrame({ name: key, fields });
  const data = await firstValueFrom(grafana.transformDataFrame(transformations ?? [], [frame], context));
  const frames = grafana.applyFieldOverrides({
    data, fieldConfig, theme: grafana.createTheme(), timeZone: "utc", replaceVariables: (text) => text,
    fieldConfigRegistry: grafana.standardFieldConfigEditorRegistry,
  });
  return { key, fields: frames.flatMap((one) => one.fields.map((field) => describe(field, one, frames))) };
}

function describe(field, frame, frames) {
  const first = field.values.find((value) => value !== null && value !== undefined);
  const shown = first === undefined ? null : grafana.formattedValueToString(field.display(first));
  return {
    name: field.name, title: grafana.getFieldDisplayName(field, frame, frames), hidden: Boolean(field.config.custom?.hidden),
    text: shown, links: (field.config.links ?? []).map(({ url }) => url),
  };
}

const panels = [];
for (const panel of asked.panels) panels.push(await look(panel));
process.stdout.write(JSON.stringify({
  units: grafana.getValueFormats().flatMap(({ submenu }) => submenu.map(({ value }) => value)),
  reducers: grafana.fieldReducers.list().map(({ id }) => id),
  transformers: grafana.standardTransformersRegistry.list().map(({ id }) => id),
  panels,
}));
