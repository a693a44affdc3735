/** Elements out of plain values. Text always becomes a text node: nothing from the API is ever read as HTML. */

/** @typedef {Node | string | number | null | undefined | false} Child */

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: `on…` properties are listeners, others attributes (null and false leave them out).
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [properties]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  return /** @type {HTMLElementTagNameMap[Tag]} */ (fill(document.createElement(tag), properties, children));
}

/** Make an SVG element.
 * @param {string} tag
 * @param {Record<string, unknown>} [properties]
 * @param {...(Child | Child[])} children
 * @returns {SVGElement}
 */
export function s(tag, properties = {}, ...children) {
  return /** @type {SVGElement} */ (fill(document.createElementNS(SVG, tag), properties, children));
}

/** Make a part that scrolls by itself, also for those who have a keyboard only.
 * @param {string} label what it holds
 * @param {...(Child | Child[])} children
 */
export function scrollable(label, ...children) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, ...children);
}

/** Replace what an element holds.
 * @param {Element} element
 * @param {...(Child | Child[])} children
 */
export function put(element, ...children) {
  element.replaceChildren(...nodes(children));
}

/** Draw anew what an element holds, and give the focus back to the one with the same mark; the window stays where somebody reads.
 * @param {Element} element @param {string} mark an attribute @param {() => void} draw
 */
export function keepFocus(element, mark, draw) {
  const active = element.contains(document.activeElement) ? document.activeElement?.getAttribute(mark) : null;
  draw();
  if (active) /** @type {HTMLElement | null} */ (element.querySelector(`[${mark}="${CSS.escape(active)}"]`))?.focus({ preventScroll: true });
}

/**
 * @param {Element} element
 * @param {Record<string, unknown>} properties
 * @param {(Child | Child[])[]} children
 */
function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...nodes(children));
  return element;
}

/** @param {(Child | Child[])[]} children */
function nodes(children) {
  return children.flat().flatMap((child) => {
    if (child === null || child === undefined || child === false) return [];
    return [child instanceof Node ? child : document.createTextNode(String(child))];
  });
}
