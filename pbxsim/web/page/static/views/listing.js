/**
 * A list of what the store has of a kind, newest first, searched and filtered, of which one opens beside it. Calls, requests
 * and webhooks are such lists.
 *
 *   new Listing(root, context, {
 *     kind: "calls",                                    // of the store, name of the view, and what its texts begin with
 *     columns: { started: (call, words) => "12:00" },   // texts by name of the column; the first column is a link by itself
 *     badges: { state: (call) => "up" },                // columns that are badges, with what they are coloured by
 *     mark: (call) => null,                             // what the row is coloured by, if by anything
 *     filters: { which: [["live", (call) => true]] },   // choices by name, beside all
 *     parts: (call) => [call.src, call.dst],            // what a search looks through
 *     open: (root, number, context) => ({ close() {} }),
 *   });
 */

import { el, KeyedList, perFrame, replace, setAttribute, setText } from "../dom.js";
import { isPart } from "../store.js";

const PAGE = 100;

export class Listing {
  constructor(root, context, about) {
    this._root = root;
    this._context = context;
    this._about = about;
    this._most = PAGE;
    this._open = null;
    this._number = null;
    const { t, store } = context;
    const { kind, filters = {} } = about;
    this._find = el("input", { type: "search", on: { input: () => this._show() } });
    this._filters = Object.entries(filters).map(([name, choices]) => this._filter(name, choices));
    const rows = el("tbody");
    this._list = new KeyedList(rows, {
      key: (item) => idOf(item),
      create: (item) => this._row(item),
      update: (row, item) => this._update(row, item),
    });
    this._empty = el("p", { class: "empty" }, t(`${kind}.none`));
    this._newest = el("p", { class: "quiet" });
    this._more = el("button", { type: "button", on: { click: () => this._showMore() } }, t("listing.more"));
    this._panel = el("div", { class: "panel" });
    const heads = this._columns().map((name) => el("th", { scope: "col", class: name }, t(`${kind}.${name}`)));
    replace(root,
      el("h2", { class: "hidden-text" }, t(`${kind}.title`)),
      el("div", { class: "list" },
        el("div", { class: "toolbar" },
          el("label", { class: "grows" }, t(`${kind}.find`), this._find),
          this._filters.map(({ name, field }) => el("label", {}, t(`${kind}.${name}`), field))),
        el("table", { "aria-label": t(`${kind}.title`) }, el("thead", {}, el("tr", {}, heads)), rows),
        this._empty, this._newest, this._more),
      this._panel);
    this._show = perFrame(() => this._showNow());
    this._end = store.on(kind, () => this._show());
    this._showNow();
    this.go(context.rest);
  }

  /** Open the one of that number; without a number, the list alone. */
  go(rest) {
    const number = /^\d{1,15}$/.test(rest) ? Number(rest) : null;
    if (number !== null && number === this._number) return;
    this._open?.close();
    this._open = null;
    replace(this._panel);
    this._number = number;
    setAttribute(this._root, "data-open", number !== null);
    if (number !== null) this._open = this._about.open(this._panel, number, this._context);
    this._mark();
  }

  unmount() {
    this._gone = true;
    this._end();
    this._open?.close();
  }

  _columns() {
    return ["id", ...Object.keys(this._about.columns)];
  }

  _filter(name, choices) {
    const { t } = this._context;
    const { kind } = this._about;
    const options = choices.map(([value]) => el("option", { value }, t(`${kind}.${name}.${value}`)));
    const field = el("select", { on: { change: () => this._show() } }, el("option", { value: "" }, t("listing.all")), options);
    return { name, field, choices: new Map(choices) };
  }

  _showMore() {
    this._most += PAGE;
    this._showNow();
  }

  _showNow() {
    if (this._gone) return;
    const found = this._found();
    const part = found.slice(0, this._most);
    this._list.set(part);
    this._empty.hidden = part.length > 0;
    this._more.hidden = found.length <= part.length;
    this._sayWhetherOlderOnesAreMissing();
    this._mark();
  }

  /** What is not known here is not searched either, which is not to look as if it had never been. */
  _sayWhetherOlderOnesAreMissing() {
    const { t, store } = this._context;
    const known = [...store.all(this._about.kind).values()].reverse();
    this._newest.hidden = !isPart(known);
    setText(this._newest, this._newest.hidden ? "" : t("listing.newest", { count: known.length }));
  }

  _found() {
    const wanted = this._find.value.trim().toLowerCase();
    const tests = this._filters.map(({ field, choices }) => choices.get(field.value)).filter(Boolean);
    const { kind, parts } = this._about;
    const has = (item) => parts(item).some((part) => part !== null && String(part).toLowerCase().includes(wanted));
    const fits = (item) => tests.every((test) => test(item)) && (!wanted || has(item));
    return [...this._context.store.all(kind).values()].filter(fits).reverse();
  }

  _mark() {
    const link = this._list.get(this._number)?.querySelector("a") ?? null;
    if (this._marked && this._marked !== link) setAttribute(this._marked, "aria-current", null);
    if (link) setAttribute(link, "aria-current", "true");
    this._marked = link;
  }

  _row(item) {
    const { t, navigate } = this._context;
    const { kind, columns, badges = {} } = this._about;
    const id = idOf(item);
    const path = `${kind}/${id}`;
    const link = el("a", { href: `#/${path}`, class: "number", "aria-label": t(`${kind}.open`, { id: String(id) }) }, id);
    const cells = Object.keys(columns).map((name) => el("td", { class: name }, name in badges && el("span", { class: "badge" })));
    const go = (event) => event.target.closest("a") || String(getSelection()) || navigate(path);
    return el("tr", { on: { click: go } }, el("td", {}, link), cells);
  }

  _update(row, item) {
    if (row.item === item) return; // a document is never changed, only replaced
    row.item = item;
    const { words } = this._context;
    const { columns, badges = {}, mark = () => null } = this._about;
    Object.entries(columns).forEach(([name, text], index) => {
      const cell = row.children[index + 1];
      if (name in badges) setAttribute(cell.firstChild, "data-state", badges[name](item));
      setText(name in badges ? cell.firstChild : cell, text(item, words));
    });
    setAttribute(row, "data-mark", mark(item));
  }
}

function idOf(item) {
  return item.id ?? item.seq;
}
