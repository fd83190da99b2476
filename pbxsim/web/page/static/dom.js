/** Elements without markup: whatever a caller, a client or a PBX file said becomes a text node, never HTML. */

const SVG = "http://www.w3.org/2000/svg";
const SLICE = 6; // milliseconds of a frame for making elements; what they take to be laid out comes on top

/**
 * Make an element. An attribute that is null, undefined or false is left out, true gives an empty one; `on` has its
 * listeners by event, `style` its properties, `data` its data-attributes. A child is an element, text, a number, a list
 * of such, or nothing (null, undefined, false).
 */
export function el(tag, attributes, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** Make an element of an SVG picture. */
export function svg(tag, attributes, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** Put children in the place of those that an element has. */
export function replace(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

/** Set an element's text, if it is another: what has not changed is not painted again, nor read aloud. */
export function setText(element, text) {
  const told = String(text ?? "");
  if (element.textContent !== told) element.textContent = told;
}

/** Set an attribute, if it is another; null, undefined and false take it away. */
export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else {
    const told = value === true ? "" : String(value);
    if (element.getAttribute(name) !== told) element.setAttribute(name, told);
  }
}

/** Have `work` done once in the next frame, however often it is asked for until then. Gives the function that asks. */
export function perFrame(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    frame(() => {
      asked = false;
      work();
    });
  };
}

/** Do something in the next frame; in a page that nobody sees, which has none, in a while. */
export function frame(work) {
  if (document.hidden) setTimeout(work, 250);
  else requestAnimationFrame(work);
}

/** Do something when what is made by now has been painted. */
export function whenSeen(work) {
  frame(() => setTimeout(work));
}

/**
 * Children of an element that are kept by key: what is still there is updated, not made anew, so that focus, selection
 * and scroll stay. `create(item)` makes an element, `update(element, item)` brings it up to date (it is called after
 * `create`, too). A long list is made over several frames, so that the page answers meanwhile.
 */
export class KeyedList {
  constructor(parent, { key, create, update }) {
    this.parent = parent;
    this._key = key;
    this._create = create;
    this._update = update;
    this._elements = new Map();
    this._turn = 0;
  }

  /** Give the element of a key. */
  get(key) {
    return this._elements.get(key);
  }

  /** Show these items, in this order. */
  set(items) {
    this._turn += 1;
    const wanted = new Set(items.map(this._key));
    for (const [key, element] of this._elements) {
      if (wanted.has(key)) continue;
      element.remove();
      this._elements.delete(key);
    }
    this._place(items, 0, this.parent.firstChild, this._turn);
  }

  /** Bring one item up to date, if it is shown. */
  patch(item) {
    const element = this._elements.get(this._key(item));
    if (element) this._update(element, item);
    return Boolean(element);
  }

  _place(items, from, next, turn) {
    if (turn !== this._turn) return; // other items are to be shown by now
    const ends = performance.now() + SLICE;
    for (let index = from; index < items.length; index += 1) {
      const key = this._key(items[index]);
      let element = this._elements.get(key);
      if (!element) {
        if (performance.now() > ends && index > from) {
          frame(() => this._place(items, index, next && next.parentNode === this.parent ? next : null, turn));
          return;
        }
        element = this._create(items[index]);
        this._elements.set(key, element);
      }
      this._update(element, items[index]);
      if (element === next) next = next.nextSibling;
      else this.parent.insertBefore(element, next);
    }
  }
}

function filled(element, attributes, children) {
  const { value, ...others } = attributes ?? {};
  for (const [name, each] of Object.entries(others)) set(element, name, each);
  element.append(...nodes(children));
  set(element, "value", value); // a select takes it only when its options are there
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  else if (name === "style") for (const [property, set] of Object.entries(value)) element.style.setProperty(property, set);
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "value" && "value" in element && element.tagName !== "BUTTON") element.value = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

function nodes(children) {
  const there = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
  return there.map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}
