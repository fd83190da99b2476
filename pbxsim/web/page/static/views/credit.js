/** Accounts: the credit of each, every change of it, and paying in. */

import { asked } from "../dialogs.js";
import { el, KeyedList, replace, setText } from "../dom.js";

const ACCOUNTS = "/_pbxsim/accounts";
const COLUMNS = ["id", "at", "kind", "amount", "balance", "call", "number", "seconds", "reference"];
const MOST = 1000;

export class Credit {
  constructor(context) {
    this._context = context;
    const { t, store } = context;
    this._list = new KeyedList(el("tbody"), {
      key: (account) => account.name,
      create: (account) => this._row(account),
      update: (row, account) => this._update(row, account),
    });
    const heads = ["name", "credit", "tariff", "changed"].map((name) => el("th", { scope: "col" }, t(`cdrs.account.${name}`)));
    this._ledger = el("div", { class: "ledger" });
    this.element = el("div", {}, el("h3", {}, t("cdrs.credit")),
      el("div", { class: "list", role: "region", tabindex: "0", "aria-label": t("cdrs.credit") },
        el("table", {}, el("thead", {}, el("tr", {}, heads, el("td"))), this._list.parent)), this._ledger);
    this._end = store.on("accounts", () => this._show());
    this._show();
  }

  unmount() {
    this._end();
  }

  _show() {
    const accounts = [...this._context.store.all("accounts").values()];
    this.element.hidden = !accounts.length;
    this._list.set(accounts);
    if (this._opened) this._read(this._opened);
  }

  _row(account) {
    const { t } = this._context;
    const button = (key, work) => el("button", { type: "button", on: { click: work } }, t(key));
    return el("tr", {}, el("th", { scope: "row" }, el("bdi", {}, account.name)), el("td", { class: "number" }), el("td"), el("td"),
      el("td", {}, el("span", { class: "buttons" }, button("cdrs.ledger", () => this._open(account.name)), button("cdrs.pay", () => this._pay(account.name)))));
  }

  _update(row, { credit, currency, tariff, changed_at: changed }) {
    const { t, words } = this._context;
    const [, amount, rate, at] = row.children;
    setText(amount, [credit, currency].filter(Boolean).join(" "));
    setText(rate, tariff ?? t("cdrs.free"));
    setText(at, words.moment(changed));
  }

  async _pay(name) {
    const { t, words, api, announce } = this._context;
    const field = el("input", { type: "text", inputmode: "decimal", required: true, pattern: "-?[0-9]{1,12}(\\.[0-9]{1,6})?", value: "10.00", autofocus: true });
    const given = await asked(words, t("cdrs.pay.into", { name }), t("cdrs.pay"), { amount: { label: t("cdrs.amount"), field } });
    if (!given) return;
    try {
      const account = await api.send("POST", `${ACCOUNTS}/${encodeURIComponent(name)}/credit`, { amount: given.amount });
      announce(t("cdrs.paid", { name, credit: account.credit }));
    } catch (problem) {
      announce(problem);
    }
  }

  _open(name) {
    this._opened = this._opened === name ? null : name;
    if (this._opened) return this._read(name);
    return replace(this._ledger);
  }

  async _read(name) {
    const { api, t, words, announce } = this._context;
    try {
      const entries = await api.get(`${ACCOUNTS}/${encodeURIComponent(name)}/ledger`, { limit: MOST, order: "newest" });
      if (this._opened !== name) return;
      const title = t("cdrs.ledger.of", { name });
      const heads = COLUMNS.map((each) => el("th", { scope: "col" }, t(`cdrs.entry.${each}`)));
      const cell = (entry, each) => el("td", { class: entry[each] === null ? "nothing" : each, data: { label: t(`cdrs.entry.${each}`) } }, el("bdi", {}, each === "at" ? words.moment(entry.at) : (entry[each] ?? "")));
      const rows = entries.map((entry) => el("tr", {}, COLUMNS.map((each) => cell(entry, each))));
      replace(this._ledger, el("h4", {}, title), el("div", { class: "list", role: "region", tabindex: "0", "aria-label": title },
        el("table", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows))));
    } catch (problem) {
      announce(problem);
    }
  }
}
