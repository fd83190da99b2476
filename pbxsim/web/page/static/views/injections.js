/** What goes wrong on purpose: faults that strike requests, calls and webhooks, and errors that the next requests get. */

import { el, replace } from "../dom.js";

const FAULTS = "/_pbxsim/faults";
const REPLIES = "/_pbxsim/replies";
const COUNTED = new Set(["id", "met", "struck", "given", "left", "text"]);

/** Each kind of fault, and what beside probability, count and vendor it takes. */
const KINDS = {
  delay: ["seconds", "method", "path", "action"],
  status: ["status", "handled", "method", "path", "action"],
  reset: ["handled", "method", "path", "action"],
  truncated: ["method", "path", "action"],
  garbled: ["method", "path", "action"],
  "rate-limit": ["requests", "seconds", "status", "method", "path", "action"],
  "ghost-call": ["number"],
  "answer-after-hangup": ["seconds", "number"],
  "missing-cause": ["number"],
  "cdr-late": ["seconds", "number"],
  "recording-late": ["seconds", "number"],
  "webhook-late": ["seconds", "receiver", "event"],
  "webhook-twice": ["receiver", "event"],
  "webhook-out-of-order": ["seconds", "receiver", "event"],
  "webhook-lost": ["receiver", "event"],
};
const NUMBERS = { probability: { min: "0.01", max: "1", step: "0.01" }, count: { min: "1", step: "1" }, seconds: { min: "0.1", step: "0.1" },
  status: { min: "400", max: "599", step: "1" }, requests: { min: "1", step: "1" } };
const NEEDED = { delay: ["seconds"], "rate-limit": ["requests", "seconds"], "cdr-late": ["seconds"], "recording-late": ["seconds"], "webhook-late": ["seconds"] };

export class Injections {
  constructor(context) {
    this._context = context;
    const { t } = context;
    this._faults = el("ul", { class: "injected" });
    this._replies = el("ul", { class: "injected" });
    this._more = el("span", { class: "fields-in-row" });
    this._kind = el("select", { on: { change: () => this._showFields() } }, Object.keys(KINDS).map((kind) => el("option", { value: kind }, kind)));
    this._error = el("input", { type: "text", required: true, spellcheck: "false" });
    this._vendor = el("input", { type: "text", spellcheck: "false" });
    this._times = el("input", { type: "number", min: "1", value: "1" });
    const clear = (path) => el("button", { type: "button", on: { click: () => this._do("DELETE", path) } }, t("cdrs.clear"));
    this.element = el("section", { "aria-labelledby": "cdrs-faults" },
      el("h3", { id: "cdrs-faults" }, t("cdrs.faults")), el("p", { class: "quiet" }, t("cdrs.faults.what")), this._faults,
      el("form", { class: "toolbar", on: { submit: (event) => this._addFault(event) } },
        el("label", {}, t("cdrs.fault"), this._kind), this._more, el("button", { type: "submit" }, t("cdrs.add")), clear(FAULTS)),
      el("h3", {}, t("cdrs.replies")), el("p", { class: "quiet" }, t("cdrs.replies.what")), this._replies,
      el("form", { class: "toolbar", on: { submit: (event) => this._force(event) } },
        el("label", {}, t("cdrs.error"), this._error), el("label", {}, t("cdrs.fault.vendor"), this._vendor),
        el("label", {}, t("cdrs.fault.count"), this._times), el("button", { type: "submit" }, t("cdrs.force")), clear(REPLIES)));
    this._showFields();
    this._end = context.store.on("requests", () => this._soon());
    this._read();
  }

  unmount() {
    this._end();
    clearTimeout(this._timer);
  }

  /** A request may have been struck: read again how often, in a while. */
  _soon() {
    clearTimeout(this._timer);
    if (this._faults.children.length || this._replies.children.length) this._timer = setTimeout(() => this._read(), 300);
  }

  async _read() {
    const { api, announce } = this._context;
    try {
      const [faults, replies] = await Promise.all([api.get(FAULTS), api.get(REPLIES)]);
      this._show(FAULTS, faults);
      this._show(REPLIES, replies);
    } catch (problem) {
      if (problem.status !== 401) announce(problem);
    }
  }

  _show(path, listed) {
    const { t } = this._context;
    if (path === FAULTS) this._set = listed;
    replace(path === FAULTS ? this._faults : this._replies, listed.map((each) => el("li", {},
      el("span", { class: "mono" }, path === FAULTS ? each.fault : `${each.vendor} ${each.error}`),
      el("bdi", { class: "quiet" }, ` ${aboutOf(each)} `),
      el("span", {}, path === FAULTS ? t("cdrs.struck", { struck: each.struck, met: each.met }) : t("cdrs.given", { given: each.given })),
      path === FAULTS && this._remover(each))));
  }

  _remover({ id, fault }) {
    const { t } = this._context;
    const remove = async () => {
      await this._do("DELETE", FAULTS, undefined, `/${id}`);
      (this._faults.querySelector("button") ?? this._kind).focus();
    };
    return el("button", { type: "button", "aria-label": `${t("cdrs.remove")} ${fault}`, on: { click: remove } }, t("cdrs.remove"));
  }

  _showFields() {
    const { t } = this._context;
    const names = ["probability", "count", "vendor", ...KINDS[this._kind.value]];
    const needed = NEEDED[this._kind.value] ?? [];
    this._fields = new Map(names.map((name) => [name, fieldOf(name, needed.includes(name))]));
    replace(this._more, [...this._fields].map(([name, field]) => el("label", {}, t(`cdrs.fault.${name}`), field)));
  }

  _addFault(event) {
    event.preventDefault();
    const given = [...this._fields].map(([name, field]) => [name, valueOf(name, field)]).filter(([, value]) => value !== null);
    const others = this._set.map((fault) => Object.fromEntries(Object.entries(fault).filter(([name, value]) => value !== null && !COUNTED.has(name))));
    return this._do("PUT", FAULTS, { faults: [...others, { fault: this._kind.value, ...Object.fromEntries(given) }] });
  }

  _force(event) {
    event.preventDefault();
    const vendor = this._vendor.value.trim();
    const count = this._times.value ? Number(this._times.value) : null;
    return this._do("PUT", REPLIES, { error: this._error.value.trim(), count, ...(vendor ? { vendor } : {}) });
  }

  async _do(method, path, body, one = "") {
    try {
      this._show(path, await this._context.api.send(method, path + one, body));
    } catch (problem) {
      this._context.announce(problem);
    }
  }
}

function fieldOf(name, isNeeded) {
  if (name === "handled") return el("select", {}, ["", "true", "false"].map((value) => el("option", { value }, value)));
  if (name in NUMBERS) return el("input", { type: "number", required: isNeeded, ...NUMBERS[name] });
  return el("input", { type: "text", spellcheck: "false" });
}

function valueOf(name, field) {
  if (field.value.trim() === "") return null;
  if (name === "handled") return field.value === "true";
  return name in NUMBERS ? Number(field.value) : field.value.trim();
}

function aboutOf(each) {
  const said = Object.entries(each).filter(([name, value]) => !COUNTED.has(name) && !["fault", "vendor", "error"].includes(name)
    && value !== null && !(name === "probability" && value === 1) && !(typeof value === "object" && !Object.keys(value).length));
  return [each.fault && each.vendor ? `vendor ${each.vendor}` : "", ...said.map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`)].filter(Boolean).join(", ");
}
