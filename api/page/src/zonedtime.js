/** Instants as a form shows them: without an offset, on the clock of the territory. */

/** @param {string} at an instant @param {string} zone @returns {string} `2026-03-04T05:00` */
export function toLocal(at, zone) {
  return new Date(Date.parse(at) + offsetMs(Date.parse(at), zone)).toISOString().slice(0, 16);
}

/** Of an hour that comes twice the first is meant. @param {string} text `2026-03-04T05:00` @param {string} zone @returns {string} an instant */
export function fromLocal(text, zone) {
  const asUtc = Date.parse(`${text.slice(0, 16)}:00Z`);
  const early = asUtc - offsetMs(asUtc - 86_400_000, zone);
  const late = asUtc - offsetMs(asUtc + 86_400_000, zone);
  const found = [early, late].sort((one, other) => one - other).find((at) => at + offsetMs(at, zone) === asUtc) ?? early;
  return new Date(found).toISOString();
}

/** Give how long it is until the clock shows an hour of the morning the next time [min], the minute begun included.
 * @param {number} now epoch [ms] @param {number} hour 0 to 23 @param {string} zone
 */
export function minutesUntil(now, hour, zone) {
  const day = toLocal(new Date(now).toISOString(), zone).slice(0, 10);
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  const found = [day, next].map((one) => Date.parse(fromLocal(`${one}T${String(hour).padStart(2, "0")}:00`, zone)));
  return Math.ceil((/** @type {number} */ (found.find((at) => at > now)) - now) / 60_000);
}

/** @param {number} at epoch [ms] @param {string} zone @returns {number} how far the clock is ahead of UTC [ms] */
function offsetMs(at, zone) {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  return Date.parse(`${format.format(at).replace(" ", "T")}Z`) - Math.floor(at / 1000) * 1000;
}
