/** What opens beside a list: a document, read again when it changes, with why it went so in words. */

import { problemText } from "../dialogs.js";
import { el, replace } from "../dom.js";

/** `show(document, why)` of the panel itself gives what stands in it. */
export class Panel {
  constructor(root, number, context, { kind, path }) {
    this.number = number;
    this.context = context;
    this._kind = kind;
    this._path = path;
    const { t, store } = context;
    this._article = el("article", { "aria-label": t(`${kind}.one`, { id: String(number) }) });
    replace(root, this._article);
    replace(this._article, el("p", { class: "quiet" }, t("listing.reading")));
    this._end = store.on(kind, ({ all, ids }) => (all || ids.has(number)) && this.read());
    this._turn = 0;
    this._told = "";
    this.read();
  }

  /** Listen no more. */
  close() {
    this._turn = -1;
    this._end();
  }

  /** Read the document and why it went so, and show both. */
  async read() {
    if (this._turn < 0) return;
    const turn = (this._turn += 1);
    const { api, words, t } = this.context;
    const kind = this._kind.slice(0, -1);
    try {
      const [document, why] = await Promise.all([this._document(), api.get(`/_pbxsim/explain/${kind}-${this.number}`)]);
      if (turn !== this._turn || !this._isNews(document, why)) return;
      const head = el("div", { class: "call-head" }, el("h3", {}, t(`${this._kind}.one`, { id: String(this.number) })), this.actions(document));
      this._keepOpen(() => replace(this._article, backTo(this._kind, t), head, this.show(document, why)));
    } catch (problem) {
      if (turn !== this._turn || problem.status === 401) return;
      this._told = "";
      replace(this._article, backTo(this._kind, t), el("p", { class: "empty" }, problemText(problem, words)));
    }
  }

  /** Tell whether something else is to be shown: what is made anew under a hand that presses takes no click. */
  _isNews(...documents) {
    const before = this._told;
    this._told = JSON.stringify(documents);
    return this._told !== before;
  }

  /** Give buttons that stand beside the title. */
  actions() {
    return null;
  }

  async _document() {
    const { api, store } = this.context;
    const known = store.get(this._kind, this.number);
    if (known) return known;
    const [found] = await api.get(this._path, { after: this.number - 1, limit: 1 });
    if (found && (found.id ?? found.seq) === this.number) return found;
    throw new Error(this.context.t("listing.gone"));
  }

  /** What is open stays open, and focus stays where it was, when everything in the panel is made anew. */
  _keepOpen(work) {
    const places = (selector) => [...this._article.querySelectorAll(selector)];
    const open = places("details").map((each) => each.open);
    const focused = places("a, button, summary, pre").indexOf(document.activeElement);
    work();
    places("details").forEach((each, index) => (each.open = open[index] ?? false));
    if (focused >= 0) places("a, button, summary, pre")[focused]?.focus();
  }
}

export function backTo(kind, t) {
  return el("a", { href: `#/${kind}`, class: "back" }, t(`${kind}.back`));
}

/** Give facts as a list of names and values; those that are empty are left out. */
export function factsOf(words, kind, pairs) {
  const said = pairs.filter(([, value]) => value);
  return el("dl", { class: "facts" }, said.map(([name, value]) => el("div", {}, el("dt", {}, words.t(`${kind}.${name}`)), el("dd", {}, value))));
}

/** Give an explanation: the sentence that matters, then the causes, each with its statement's number. */
export function causesOf({ answer, causes }) {
  return [
    el("p", { class: "answer" }, el("bdi", {}, answer)),
    el("ol", { class: "causes" }, causes.map(({ words: told, statement }) =>
      el("li", {}, el("bdi", {}, told), statement && [" ", el("span", { class: "statement" }, statement)]))),
  ];
}
