/**
 * The ladder as SVG: a column for each party, a row for each step. The heads are a picture of their own, which stays in view
 * while the rows scroll below it; saved, the two are one file that needs no stylesheet.
 */

import { svg } from "../dom.js";
import { timeOf } from "./steps.js";

const TIME = 104; // of the column of times
const ROW = 34;
const HEAD = 52;
const NARROWEST = 130;
const WIDEST = 300;
const LETTER = 7.1; // of 12 pixels' type, on the average
const EDGE = 12;

/** Give `{ heads, rows, width }`: two pictures of the same width. */
export function pictureOf({ heads, steps }, label) {
  const drawn = new Drawing(heads, steps);
  const { width, height } = drawn;
  const picture = (name, high, ...children) =>
    svg("svg", { class: `ladder-${name}`, width, height: high, viewBox: `0 0 ${width} ${high}`, "font-size": 12 }, children);
  const rows = picture("rows", height, drawn.lifelines(), drawn.rows());
  rows.setAttribute("role", "img");
  rows.setAttribute("aria-label", label);
  const top = picture("heads", HEAD, drawn.heads());
  top.setAttribute("aria-hidden", "true"); // the steps in words name them
  return { heads: top, rows, width };
}

class Drawing {
  constructor(heads, steps) {
    this._heads = heads;
    this._steps = steps;
    this._gap = gapFor(heads, steps);
    this._at = new Map(heads.map(({ key }, index) => [key, TIME + this._gap * (index + 0.5)]));
    this.width = Math.ceil(TIME + this._gap * heads.length);
    this.height = ROW * steps.length + EDGE;
  }

  heads() {
    return this._heads.map(({ key, title, sub }) => {
      const wide = Math.min(this._gap - 14, 190);
      const letters = Math.floor((wide - 8) / LETTER);
      const x = this._at.get(key);
      return svg("g", { class: "head" },
        svg("rect", { x: x - wide / 2, y: 4, width: wide, height: HEAD - 8, rx: 6 }),
        svg("title", {}, `${title} ${sub}`),
        svg("text", { x, y: 23, "text-anchor": "middle", class: "name" }, cut(title, letters)),
        svg("text", { x, y: 40, "text-anchor": "middle", class: "sub" }, cut(sub, letters)));
    });
  }

  /** Draw each party's life: thin while it is not there yet, dashed while it rings, thick while it is up, wavering on hold. */
  lifelines() {
    return this._heads.map(({ key }) => {
      const x = this._at.get(key);
      const whole = svg("line", { class: "life", x1: x, x2: x, y1: 0, y2: this.height });
      return svg("g", {}, whole, this._spans(key).map(({ state, from, to }) =>
        svg("line", { class: `life ${state}`, x1: x, x2: x, y1: from, y2: to })));
    });
  }

  rows() {
    let last = "";
    return this._steps.map((step, index) => {
      const when = step.at === last ? null : clock(step.at, index);
      last = step.at;
      return svg("g", { class: `step ${step.tone}` }, when, step.from === step.to ? this._note(step, index) : this._arrow(step, index));
    });
  }

  _spans(key) {
    const spans = [];
    let state = "";
    let from = 0;
    const turn = (next, y) => {
      if (state) spans.push({ state, from, to: y });
      state = next;
      from = y;
    };
    this._steps.forEach((step, index) => {
      if (!step.channel || `leg:${step.channel}` !== key) return;
      const next = { "leg-dialed": "dialled", "leg-ringing": "rings", "leg-answered": "up", "leg-held": "held",
        "leg-unheld": "up", "leg-ended": "" }[step.kind];
      if (next !== undefined) turn(next, lineOf(index));
    });
    turn("", this.height);
    return spans;
  }

  _arrow({ from, to, both, label }, index) {
    const [x1, x2, y] = [this._at.get(from) ?? TIME, this._at.get(to) ?? TIME, lineOf(index)];
    const way = Math.sign(x2 - x1) || 1;
    const span = Math.abs(x2 - x1);
    return [
      svg("line", { class: "arrow", x1: x1 + (both ? way * 7 : 0), x2: x2 - way * 7, y1: y, y2: y }),
      tip(x2, y, way),
      both && tip(x1, y, -way),
      caption((x1 + x2) / 2, y - 5, label, span - 10),
    ];
  }

  _note({ from, label }, index) {
    const [x, y] = [this._at.get(from) ?? TIME, lineOf(index)];
    const room = this.width - TIME - 2 * EDGE;
    const text = cut(label, Math.floor(room / LETTER) - 2);
    const wide = Math.min(room, [...text].length * LETTER + 18);
    const start = Math.min(Math.max(x - wide / 2, TIME), this.width - wide - EDGE / 2);
    return [
      svg("rect", { class: "note", x: start, y: y - 12, width: wide, height: 22, rx: 5 }),
      text !== label && svg("title", {}, label),
      svg("text", { x: start + wide / 2, y: y + 4, "text-anchor": "middle" }, text),
    ];
  }
}

function gapFor(heads, steps) {
  const place = new Map(heads.map(({ key }, index) => [key, index]));
  const needs = steps.map(({ from, to, label }) => {
    const span = Math.abs((place.get(from) ?? 0) - (place.get(to) ?? 0));
    return span ? ([...label].length * LETTER + 24) / span : 0;
  });
  return Math.min(WIDEST, Math.max(NARROWEST, ...needs));
}

function lineOf(index) {
  return ROW * index + 22;
}

function clock(at, index) {
  return svg("text", { x: 8, y: lineOf(index) + 4, class: "time" }, timeOf(at));
}

function tip(x, y, way) {
  return svg("path", { class: "tip", d: `M ${x} ${y} l ${-way * 9} -4.5 v 9 z` });
}

function caption(x, y, label, room) {
  const text = cut(label, Math.max(8, Math.floor(room / LETTER)));
  return [text !== label && svg("title", {}, label), svg("text", { x, y, "text-anchor": "middle" }, text)];
}

function cut(text, letters) {
  const all = [...text]; // by characters, not by halves of them
  return all.length <= letters ? text : `${all.slice(0, letters - 1).join("")}…`;
}

// -- saved -------------------------------------------------------------------------------------------------------------

const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight",
  "paint-order", "stroke-linejoin"];

/** Give a picture that is shown as one SVG file, its colours in it. */
export function fileOf({ heads, rows, width }) {
  const height = HEAD + Number(rows.getAttribute("height"));
  const file = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` });
  const ground = getComputedStyle(rows.parentElement).backgroundColor;
  file.append(
    svg("rect", { width, height, fill: ground }),
    svg("g", { transform: `translate(0 ${HEAD})` }, [...rows.children].map(coloured)),
    svg("g", {}, [...heads.children].map(coloured)),
  );
  return new XMLSerializer().serializeToString(file);
}

function coloured(element) {
  const copy = element.cloneNode(false);
  copy.removeAttribute("class");
  if (element instanceof SVGGraphicsElement) {
    const style = getComputedStyle(element);
    for (const name of KEPT) copy.setAttribute(name, style.getPropertyValue(name));
  }
  copy.append(...[...element.childNodes].map((child) => (child.nodeType === Node.ELEMENT_NODE ? coloured(child) : child.cloneNode())));
  return copy;
}
