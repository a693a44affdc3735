/** Numbers with their unit, instants and periods, as a person writes them. */

import { language, say } from "./language.js";

/** @typedef {import("./types.js").Kpi} Kpi */

/** UCUM codes that people write otherwise. @type {Record<string, string>} */
const SIGN_BY_UNIT = {
  "1": "", Cel: "°C", "kW.h": "kWh", "W.h": "Wh", m3: "m³", "m3/h": "m³/h", m2: "m²", "[ppm]": "ppm", "[ppb]": "ppb",
  "dB[mW]": "dBm", deg: "°", "m/s2": "m/s²", "W/m2": "W/m²", "ug/m3": "µg/m³", "[pH]": "", "um/m": "µm/m", "{EUR}": "€",
  "V.A": "VA", "kvar.h": "kvarh", "uS/cm": "µS/cm", "{NTU}": "NTU", "kg/{EUR}": "kg/€", "kW.h/km": "kWh/km",
  "kW.h/m2": "kWh/m²", "W.h/m2": "Wh/m²", "W/(lx.m2)": "W/(lx·m²)", "/min": "min⁻¹",
};
/** @type {Record<string, Record<string, string>>} */
const LOCAL_SIGN_BY_UNIT = {
  fr: { d: "j", "/d": "/jour", "K.d": "DJU", "kW.h/(K.d)": "kWh/DJU", a: "ans", By: "octets" },
  en: { d: "d", "/d": "/day", "K.d": "HDD", "kW.h/(K.d)": "kWh/HDD", a: "years", By: "bytes" },
};
const LOCALES = { fr: "fr-FR", en: "en-GB" };

export function locale() {
  return LOCALES[language()];
}

/** @param {string} unit */
export function sign(unit) {
  return LOCAL_SIGN_BY_UNIT[language()][unit] ?? SIGN_BY_UNIT[unit] ?? (unit.startsWith("{") ? "" : unit);
}

/** Write a number with as many digits as its size deserves.
 * @param {number} value
 */
export function number(value) {
  const size = Math.abs(value);
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : 2;
  const rule = size > 0 && size < 1 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale(), rule).format(value);
}

/** @param {number} value @param {string} unit */
export function amount(value, unit) {
  const mark = sign(unit);
  return behind(number(value), mark);
}

/** Write a sign behind a number; degrees of an angle stand close. @param {string} digits @param {string} mark */
function behind(digits, mark) {
  return mark && mark !== "°" ? `${digits}\u202f${mark}` : digits + mark;
}

/** Give a KPI's number and sign; those without a unit are shares and told in percent.
 * @param {number} value @param {string} unit
 */
export function figure(value, unit) {
  return unit === "1" ? { digits: number(100 * value), mark: "%" } : { digits: number(value), mark: sign(unit) };
}

/** @param {number} value @param {string} unit */
export function kpiAmount(value, unit) {
  const { digits, mark } = figure(value, unit);
  return behind(digits, mark);
}

/** @param {number} ratio 0 to 1 */
export function percent(ratio) {
  return new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 0 }).format(ratio);
}

/** @param {number} value */
export function count(value) {
  return new Intl.NumberFormat(locale()).format(value);
}

/** Write an instant on the territory's clock.
 * @param {string | number | Date} at
 * @param {string} timeZone
 * @param {Intl.DateTimeFormatOptions} [rule]
 */
export function instant(at, timeZone, rule = { dateStyle: "medium", timeStyle: "short" }) {
  return new Intl.DateTimeFormat(locale(), { ...rule, timeZone }).format(new Date(at));
}

/** Say how long ago, or the date where that is clearer.
 * @param {string} at
 * @param {string} timeZone
 */
export function ago(at, timeZone) {
  const seconds = (Date.now() - Date.parse(at)) / 1000;
  if (seconds > 172800 || seconds < -60) return instant(at, timeZone);
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "short" });
  if (seconds < 60) return relative.format(-Math.max(0, Math.round(seconds)), "second");
  if (seconds < 3600) return relative.format(-Math.round(seconds / 60), "minute");
  return relative.format(-Math.round(seconds / 3600), "hour");
}

/** Write the days a period covers; its end is excluded.
 * @param {{from: string, to: string}} item
 * @param {string} timeZone
 */
export function period(item, timeZone) {
  const format = new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone });
  return format.formatRange(new Date(item.from), new Date(Date.parse(item.to) - 1));
}

/** Say in the reader's language why a figure is withheld; what is not known here stays as the API said it.
 * @param {string} reason
 */
export function withheldReason(reason) {
  const little = /^too little data: (\d+)% .*, (\d+)% /.exec(reason);
  if (little) return say("withheld_too_little", { known: percent(+little[1] / 100), needed: percent(+little[2] / 100) });
  if (reason.startsWith("not known: nothing was expected")) return say("withheld_nothing_expected");
  if (reason.startsWith("not known: the inputs")) return say("withheld_no_value");
  if (reason.startsWith("not known: no collection plan")) return say("withheld_no_plan");
  const round = /^not known: the (kilometres|hours|euros) of a round are not entered for (.+)$/.exec(reason);
  if (round) return say("withheld_round", { places: round[2] });
  const factors = /^not known: factors? (.+) (?:are|is) not entered$/.exec(reason);
  if (factors) return say("withheld_factors", { names: factors[1].replace(" and ", ", ") });
  const found = /^not known: (\d+)% of the confirmed work orders/.exec(reason);
  if (found) return say("withheld_condition", { known: percent(+found[1] / 100) });
  if (reason.startsWith("not known: no closed work order says when")) return say("withheld_failed_at");
  const counter = /^the counter's increase came about in ([\d.]+) days/.exec(reason);
  return counter ? say("withheld_counter", { days: number(+counter[1]) }) : reason;
}
