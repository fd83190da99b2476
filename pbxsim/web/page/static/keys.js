/**
 * The keyboard: every control can be reached by Tab and used by Enter or Space; these are short cuts beside that. `?` lists
 * them, and has the switch that turns them off (WCAG 2.2, 2.1.4), which is remembered.
 */

import { el, replace } from "./dom.js";
import { VIEWS } from "./views/list.js";

const OFF = "pbxsim.keys.off";
const TYPED_INTO = "input, select, textarea, [contenteditable]";
const ROWS = ".list tbody tr td:first-child a, .phone [data-main]";
const MOVES = { "+": "plus10s", m: "plus1min", n: "next" };

export class Keys {
  constructor(page) {
    this._page = page;
    this._t = page.words.t;
    this._before = "1"; // the rate to which p goes back
    const label = this._t("keys.button");
    this._button = el("button", { type: "button", class: "keys", "aria-label": label, title: label, on: { click: () => this._help() } }, "?");
    document.querySelector("#head .looks").append(this._button);
    addEventListener("keydown", (event) => this._pressed(event));
  }

  _pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return this._escape(event);
    if (event.target.closest?.(TYPED_INTO) || (localStorage.getItem(OFF) && event.key !== "?")) return undefined;
    const work = this._work(event.key);
    if (!work) return undefined;
    event.preventDefault();
    return work();
  }

  /** Give what a key does; undefined for one that does nothing. */
  _work(key) {
    if (/^[1-9]$/.test(key) && VIEWS[key - 1]) return () => this._page.navigate(VIEWS[key - 1].path);
    if (key === "?") return () => this._help();
    if (key === "/") return () => this._find();
    if (key === "j") return () => this._row(1);
    if (key === "k") return () => this._row(-1);
    if (key === "p") return () => this._pause();
    return key in MOVES ? () => document.querySelector(`[data-move="${MOVES[key]}"]`)?.click() : undefined;
  }

  /** Leave a field; else close what is open beside its list. */
  _escape(event) {
    if (event.target.closest?.(TYPED_INTO)) return this._page.main.focus({ preventScroll: true });
    const [path, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
    if (rest.length && path !== "try") this._page.navigate(path);
    return undefined;
  }

  _find() {
    document.querySelector('main input[type="search"], main input, main select')?.focus();
  }

  _row(step) {
    const rows = [...document.querySelectorAll(ROWS)];
    const at = rows.indexOf(document.activeElement);
    rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)]?.focus();
  }

  _pause() {
    const pressed = document.querySelector('[data-rate][aria-pressed="true"]')?.dataset.rate ?? "";
    if (pressed !== "0" && pressed !== "") this._before = pressed;
    document.querySelector(`[data-rate="${pressed === "0" ? this._before : 0}"]`)?.click();
  }

  _help() {
    const t = this._t;
    const views = VIEWS.map(({ path }, index) => [String(index + 1), t("keys.view", { view: t(`${path}.title`) })]);
    const others = [["/", "find"], ["j k", "rows"], ["Esc", "close"], ["p", "clock"], ["+", "plus10s"], ["m", "plus1min"], ["n", "next"], ["?", "help"]];
    const rows = [...views, ...others.map(([key, name]) => [key, t(`keys.${name}`)])];
    const spelt = (keys) => keys.split(" ").map((key) => el("kbd", {}, key));
    const on = el("input", { type: "checkbox", checked: !localStorage.getItem(OFF), on: { change: () => remember(on.checked) } });
    const dialog = el("dialog", { class: "keyboard", "aria-labelledby": "keys-title", on: { close: () => dialog.remove() } });
    replace(dialog, el("h2", { id: "keys-title" }, t("keys.title")),
      el("dl", {}, rows.map(([key, told]) => el("div", {}, el("dt", {}, spelt(key)), el("dd", {}, told)))),
      el("label", { class: "in-line" }, on, t("keys.on")),
      el("form", { method: "dialog", class: "buttons" }, el("button", { class: "strong", autofocus: true }, t("keys.done"))));
    document.body.append(dialog);
    dialog.showModal();
  }
}

function remember(isOn) {
  if (isOn) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}
