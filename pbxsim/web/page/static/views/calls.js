/** Calls, those in progress and those that ended, newest first; one of them opens as a ladder beside the list. */

import { el, KeyedList, perFrame, replace, setAttribute, setText } from "../dom.js";
import { CallPanel, outcomeOf } from "./call.js";

const PAGE = 100;

export default {
  path: "calls",
  mount(root, context) {
    const view = new CallsView(root, context);
    view.go(context.rest);
    return { unmount: () => view.unmount(), go: (rest) => view.go(rest) };
  },
};

class CallsView {
  constructor(root, context) {
    this._context = context;
    this._shown = PAGE;
    this._open = null;
    const { t, store } = context;
    this._find = el("input", { type: "search", on: { input: () => this._show() } });
    this._which = el("select", { on: { change: () => this._show() } },
      ["", "live", "ended"].map((value) => el("option", { value }, t(`calls.which.${value || "all"}`))));
    const rows = el("tbody");
    this._list = new KeyedList(rows, { key: (call) => call.id, create: (call) => this._row(call), update });
    this._empty = el("p", { class: "empty" }, t("calls.none"));
    this._more = el("button", { type: "button", on: { click: () => this._showMore() } }, t("calls.more"));
    this._panel = el("div", { class: "panel" });
    replace(root,
      el("h2", { class: "hidden-text" }, t("calls.title")),
      el("div", { class: "list" },
        el("div", { class: "toolbar" },
          el("label", { class: "grows" }, t("calls.find"), this._find),
          el("label", {}, t("calls.which"), this._which)),
        el("table", { "aria-label": t("calls.title") }, head(t), rows), this._empty, this._more),
      this._panel);
    this._root = root;
    this._show = perFrame(() => this._showNow());
    this._end = store.on("calls", () => this._show());
    this._showNow();
  }

  /** Open the call of that number; with none, the list alone. */
  go(rest) {
    const number = /^\d+$/.test(rest) ? Number(rest) : null;
    if (number === this._open?.number && number !== null) return;
    this._open?.close();
    this._open = number === null ? null : new CallPanel(this._panel, number, this._context);
    if (number === null) replace(this._panel);
    setAttribute(this._root, "data-open", number !== null);
    this._mark(number);
  }

  unmount() {
    this._end();
    this._open?.close();
    this._gone = true;
  }

  _showMore() {
    this._shown += PAGE;
    this._showNow();
  }

  _showNow() {
    if (this._gone) return;
    const found = this._found();
    const part = found.slice(0, this._shown);
    this._list.set(part);
    this._empty.hidden = part.length > 0;
    this._more.hidden = found.length <= part.length;
    this._mark(this._open?.number ?? null);
  }

  _found() {
    const wanted = this._find.value.trim().toLowerCase();
    const which = this._which.value;
    const fits = (call) => (!which || (call.state === "ended") === (which === "ended")) && (!wanted || has(call, wanted));
    return [...this._context.store.all("calls").values()].filter(fits).reverse();
  }

  _mark(number) {
    if (this._marked !== number) setAttribute(this._list.get(this._marked)?.querySelector("a") ?? el("a"), "aria-current", null);
    const link = number === null ? null : this._list.get(number)?.querySelector("a");
    if (link) link.setAttribute("aria-current", "true");
    this._marked = number;
  }

  _row(call) {
    const { t, words, navigate } = this._context;
    const link = el("a", { href: `#/calls/${call.id}`, class: "number", "aria-label": t("calls.open", { id: call.id }) }, call.id);
    const row = el("tr", { on: { click: (event) => event.target.closest("a") || navigate(`calls/${call.id}`) } },
      el("td", {}, link), el("td", { class: "number" }, words.time(call.started)), el("td", { class: "badge-cell" }, el("span", { class: "badge" })),
      el("td", { class: "number" }), el("td", { class: "number" }), el("td", {}), el("td", { class: "number" }));
    row.words = words;
    return row;
  }
}

function head(t) {
  const columns = ["id", "started", "state", "from", "to", "outcome", "talked"];
  return el("thead", {}, el("tr", {}, columns.map((name) => el("th", { scope: "col" }, t(`calls.${name}`)))));
}

function update(row, call) {
  if (row.call === call) return; // a document is never changed, only replaced
  row.call = call;
  const { words } = row;
  const [, , state, from, to, outcome, talked] = row.children;
  const badge = state.firstChild;
  setAttribute(badge, "data-state", call.state);
  setText(badge, words.t(`calls.state.${call.state}`));
  setText(from, call.src);
  setText(to, call.dst);
  setText(outcome, outcomeOf(call));
  setText(talked, call.seconds.from_connected === null ? "" : words.duration(call.seconds.from_connected));
}

function has(call, wanted) {
  const parts = [call.id, call.src, call.dst, call.reference, call.vendor, call.disposition,
    ...call.legs.flatMap((leg) => [leg.number, leg.line, leg.trunk, leg.channel, leg.caller_id.number, leg.caller_id.name])];
  return parts.some((part) => part !== null && String(part).toLowerCase().includes(wanted));
}
