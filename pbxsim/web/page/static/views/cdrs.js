/** Call records with a filter, and what belongs to them: credit, faults and forced replies, the session as a file. */

import { el, KeyedList, perFrame, replace, setText } from "../dom.js";
import { save } from "../saving.js";
import { isPart } from "../store.js";
import { Credit } from "./credit.js";
import { Injections } from "./injections.js";

const CDRS = "/_pbxsim/cdrs";
const PAGE = 60; // a table of many columns is laid out anew with each record that comes
const PAUSE = 1000;
const MOST = 1000; // that are asked for by a filter: it is done each second while records come
const COLUMNS = ["id", "call", "vendor", "start", "src", "dst", "disposition", "duration", "billsec", "cause", "account", "custom"];
const OUTCOMES = ["ANSWERED", "NO ANSWER", "BUSY", "FAILED"];

export default {
  path: "cdrs",
  mount(root, context) {
    const parts = [new Records(context), new Credit(context), new Injections(context), new Session(context)];
    replace(root, el("h2", { class: "hidden-text" }, context.t("cdrs.title")), parts.map((part) => part.element));
    return () => parts.forEach((part) => part.unmount?.());
  },
};

/** The records: without a filter the newest, as they come; with one, those that fit it now and as more come. */
class Records {
  constructor(context) {
    this._context = context;
    this._most = PAGE;
    this._turn = 0;
    const { t, store } = context;
    const text = (name) => el("input", { type: "text", name, spellcheck: "false" });
    this._fields = { src: text("src"), dst: text("dst"), custom1: text("custom1"), disposition: this._outcomes(),
      from: this._moment("from"), to: this._moment("to") };
    const fields = Object.entries(this._fields).map(([name, field]) => el("label", {}, t(`cdrs.filter.${name}`), field));
    const rows = el("tbody");
    this._list = new KeyedList(rows, { key: (cdr) => cdr.id, create: (cdr) => this._row(cdr), update: () => {} });
    this._empty = el("p", { class: "empty" }, t("cdrs.none"));
    this._count = el("span", { class: "quiet", role: "status" });
    this._more = el("button", { type: "button", on: { click: () => this._showMore() } }, t("listing.more"));
    const heads = COLUMNS.map((name) => el("th", { scope: "col" }, t(`cdrs.${name}`)));
    const csv = el("button", { type: "button", on: { click: () => this._saveCsv() } }, t("cdrs.csv"));
    this.element = el("div", { class: "records" },
      el("form", { class: "toolbar", on: { submit: (event) => event.preventDefault(), input: () => this._ask() } }, fields, csv),
      el("div", { class: "list", role: "region", tabindex: "0", "aria-label": t("cdrs.records") },
        el("table", {}, el("thead", {}, el("tr", {}, heads)), rows)),
      this._empty, el("p", { class: "buttons" }, this._count, this._more));
    this._ask = perFrame(() => this._read());
    this._end = store.on("cdrs", () => this._soon());
    this._read();
  }

  unmount() {
    this._turn = -1;
    clearTimeout(this._timer);
    this._end();
  }

  /** Another record has come: what a filter leaves the server is asked for, and so once in a while at most. */
  _soon() {
    if (!Object.keys(this._filter()).length) this._ask();
    else this._timer ??= setTimeout(() => this._again(), PAUSE);
  }

  _again() {
    this._timer = null;
    this._ask();
  }

  _outcomes() {
    const { t } = this._context;
    const options = OUTCOMES.map((value) => el("option", { value }, value));
    return el("select", { name: "disposition" }, el("option", { value: "" }, t("listing.all")), options);
  }

  _moment(name) {
    return el("input", { type: "datetime-local", name, step: "1" });
  }

  /** Give the filter as the control API takes it; moments are the PBX's, which is UTC. */
  _filter() {
    const pairs = Object.entries(this._fields).map(([name, field]) => [name, field.value.trim()]).filter(([, value]) => value);
    return Object.fromEntries(pairs.map(([name, value]) => [name, name === "from" || name === "to" ? `${value}Z` : value]));
  }

  async _read() {
    if (this._turn < 0) return;
    const turn = (this._turn += 1);
    const filter = this._filter();
    try {
      const cdrs = Object.keys(filter).length ? await this._asked(filter) : [...this._context.store.all("cdrs").values()].reverse();
      if (turn === this._turn) this._show(cdrs, Object.keys(filter).length ? cdrs.length === MOST : isPart(cdrs));
    } catch (problem) {
      if (turn === this._turn && problem.status !== 401) this._context.announce(problem);
    }
  }

  _asked(filter) {
    return this._context.api.get(CDRS, { ...filter, limit: MOST, order: "newest" });
  }

  /** Show records; `isPart`: there are older ones, too. */
  _show(cdrs, isPart) {
    const { t } = this._context;
    this._list.set(cdrs.slice(0, this._most));
    this._empty.hidden = cdrs.length > 0;
    this._more.hidden = cdrs.length <= this._most;
    setText(this._count, cdrs.length ? t(isPart ? "listing.newest" : "cdrs.count", { count: cdrs.length }) : "");
  }

  _showMore() {
    this._most += PAGE;
    this._read();
  }

  _row(cdr) {
    const shown = { ...cdr, start: this._context.words.moment(cdr.start), custom: cdr.custom.filter(Boolean).join(" · "),
      call: cdr.call ? el("a", { href: `#/calls/${cdr.call}` }, cdr.call) : "" }; // a record that the PBX file placed has no call
    return el("tr", { data: { outcome: cdr.disposition } }, COLUMNS.map((name) => this._cell(name, shown[name] ?? "")));
  }

  /** Give a cell; where the screen is small, it has its column's name before it. */
  _cell(name, value) {
    const label = this._context.t(`cdrs.${name}`);
    return el("td", { class: value === "" ? `${name} nothing` : name, data: { label } }, value instanceof Node ? value : el("bdi", {}, value));
  }

  async _saveCsv() {
    try {
      save("cdrs.csv", await this._context.api.blob(`${CDRS}.csv`, this._filter()));
    } catch (problem) {
      this._context.announce(problem);
    }
  }
}

/** All that was asked of the PBX, as a file that asks it again. */
class Session {
  constructor(context) {
    const { t, api, announce } = context;
    const get = (as, name) => async () => {
      try {
        save(name, await api.blob("/_pbxsim/export", { as }));
      } catch (problem) {
        announce(problem);
      }
    };
    const button = (as, name) => el("button", { type: "button", on: { click: get(as, name) } }, t(`cdrs.export.${as}`));
    this.element = el("section", { "aria-labelledby": "cdrs-export" },
      el("h3", { id: "cdrs-export" }, t("cdrs.export")), el("p", { class: "quiet" }, t("cdrs.export.what")),
      el("p", { class: "buttons" }, button("pytest", "test_session.py"), button("curl", "session.sh")));
  }
}
