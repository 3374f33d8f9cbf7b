// Elements made from plain values: whatever a scenario or a person wrote stays text.

/**
 * An element.
 *
 * Attributes that begin with "on" are listeners, `true` is an attribute without value,
 * `false`, `null` and `undefined` are left out. Children are elements or words; words
 * become text nodes, so that markup in a name is shown and never run.
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  const given = children.flat().filter((child) => child !== null && child !== undefined);
  element.append(...given);
  return element;
}

/** The element with an id; a page without it is a fault of the page. */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element "${id}"`);
  return element;
}

/** Whether a control in this part has the focus: such a part is not built anew. */
export function inUse(part) {
  const active = document.activeElement;
  return Boolean(active && part.contains(active) && active.matches("input, select, textarea"));
}

/** Call at most once per given time, with the last call never lost; ms. */
export function atMostEvery(milliseconds, act) {
  let last = -Infinity;
  let waiting = 0;
  const go = () => {
    waiting = 0;
    last = performance.now();
    act();
  };
  return () => {
    if (waiting) return;
    const left = last + milliseconds - performance.now();
    waiting = window.setTimeout(go, Math.max(0, left));
  };
}

/** Call at most once per picture of the screen. */
export function oncePerPicture(act) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      act();
    });
  };
}
