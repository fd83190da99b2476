/** Try it: a form for each action that the PBX's vendors declare. What is filled in is sent as a client would send it. */

import { el, perFrame, replace, setText } from "../dom.js";
import { Exchange, requestText } from "./exchange.js";

const HIDDEN = "***";

export default {
  path: "try",
  mount(root, context) {
    const view = new Try(root, context);
    return { unmount: () => view.unmount(), go: (rest) => view.go(rest) };
  },
};

class Try {
  constructor(root, context) {
    this._context = context;
    this._actions = new Map();
    this._name = context.rest;
    const { t } = context;
    this._choice = el("select", { on: { change: () => context.navigate(`try/${this._choice.value}`) } });
    this._form = el("form", { class: "fields", autocomplete: "off", on: { submit: (event) => this._send(event), input: () => this._changed() } });
    this._sent = el("pre", { class: "raw", tabindex: "0", "aria-label": t("try.request") });
    this._came = el("div", { class: "came", role: "region", "aria-label": t("try.reply") });
    this._preview = perFrame(() => this._showRequest());
    replace(root,
      el("h2", { class: "hidden-text" }, t("try.title")),
      el("div", { class: "toolbar" }, el("label", { class: "grows" }, t("try.action"), this._choice)),
      el("div", { class: "sides" }, this._form,
        el("div", { class: "wire" }, el("h3", {}, t("try.request")), this._sent, this._came)));
    this._read();
  }

  unmount() {
    this._gone = true;
  }

  /** Go to another action, with the values that work by now: of a call, say, that was placed by the one before. */
  go(name) {
    this._name = name;
    this._show();
    this._read();
  }

  _changed() {
    this._isChanged = true;
    this._preview();
  }

  /** Read what can be asked, with the values that work now; what somebody has begun to fill in meanwhile stays. */
  async _read() {
    this._isChanged = false;
    const { api, announce } = this._context;
    try {
      const listed = await api.get("/_pbxsim/actions");
      if (this._gone) return;
      this._actions = new Map(listed.map((action) => [action.name, action]));
      replace(this._choice, [...Map.groupBy(listed, (action) => action.title)].map(([title, actions]) =>
        el("optgroup", { label: title }, actions.map((action) => el("option", { value: action.name }, action.action)))));
      if (this._isChanged) this._choice.value = this._action.name;
      else this._show();
    } catch (problem) {
      if (problem.status !== 401) announce(problem);
    }
  }

  _show() {
    const action = this._actions.get(this._name) ?? this._actions.values().next().value;
    if (!action) return this._showNone();
    this._action = action;
    this._choice.value = action.name;
    const { t } = this._context;
    this._identity = this._identityField(action);
    this._method = el("select", {}, action.methods.map((method) => el("option", { value: method }, method)));
    const asked = new Set(action.identities.flatMap(({ values }) => Object.keys(values)));
    this._fields = action.fields.map((field) => new FormField(field, t, asked));
    replace(this._form,
      el("h3", {}, action.title, " ", el("bdi", { class: "mono" }, action.action)),
      this._who(action), el("label", { hidden: action.methods.length < 2 }, t("try.method"), this._method),
      this._grouped(), this._further(),
      el("p", { class: "quiet" }, t("try.marks")),
      el("div", { class: "buttons" }, el("button", { type: "submit", class: "strong" }, t("try.send")),
        el("button", { type: "button", on: { click: () => this._read() } }, t("try.again"))));
    this._ask();
    return this._showRequest();
  }

  /** Give the parameters that matter, those of which one must be given together. */
  _grouped() {
    const shown = this._fields.filter((field) => !field.isFurther);
    const parts = Map.groupBy(shown, (field) => field.group ?? field.name);
    return [...parts.values()].map((fields) => {
      const elements = fields.map((field) => field.element);
      return fields[0].group ? el("fieldset", {}, el("legend", {}, this._context.t("try.one-of")), elements) : elements;
    });
  }

  /** Give the parameters that the example does without, out of the way. */
  _further() {
    const further = this._fields.filter((field) => field.isFurther);
    if (!further.length) return null;
    const summary = el("summary", {}, this._context.t("try.further", { count: further.length }));
    return el("details", {}, summary, further.map((field) => field.element));
  }

  _showNone() {
    replace(this._form, el("p", { class: "empty" }, this._context.t("try.none")));
  }

  _identityField(action) {
    const options = action.identities.map(({ as, title }) => el("option", { value: as }, title ? `${title} (${as})` : as));
    return el("select", { on: { change: () => this._ask() } }, options);
  }

  _who(action) {
    const { t } = this._context;
    if (!action.identities.length) return el("p", { class: "problem" }, t("try.nobody"));
    return el("label", {}, t("try.as"), this._identity);
  }

  /** Put in what whoever asks asks by; of a secret only that it is one. */
  _ask() {
    const found = this._action.identities.find(({ as }) => as === this._identity.value);
    const values = found?.values ?? {};
    for (const field of this._fields) if (field.name in values) field.take(values[field.name]);
    this._showRequest();
  }

  /** Give the request that the form says. Throws SyntaxError for what is to be JSON and is none. */
  _request() {
    const placed = { query: [], header: [], json: [] };
    for (const field of this._fields) if (field.isGiven) placed[field.place].push([field.name, field.value]);
    const method = this._method.value;
    const headers = Object.fromEntries(placed.header);
    const isJson = !this._action.fields.some(({ place }) => place === "query");
    const query = new URLSearchParams(placed.query).toString().replaceAll("%2A", "*");
    if (isJson) {
      const body = JSON.stringify(Object.fromEntries(placed.json));
      return { method, target: this._action.path, headers: { ...headers, "Content-Type": "application/json" }, body };
    }
    if (method === "POST") {
      const type = "application/x-www-form-urlencoded";
      return { method, target: this._action.path, headers: { ...headers, "Content-Type": type }, body: query };
    }
    return { method, target: query ? `${this._action.path}?${query}` : this._action.path, headers, body: null };
  }

  _showRequest() {
    if (this._gone || !this._action) return;
    try {
      setText(this._sent, requestText(this._request()));
    } catch (error) {
      setText(this._sent, error.message);
    }
  }

  async _send(event) {
    event.preventDefault();
    const { announce, t, store, pbx } = this._context;
    const host = pbx || (await this._firstPbx());
    const entry = `${encodeURIComponent(host)}/${encodeURIComponent(this._identity.value)}`;
    try {
      const exchange = new Exchange(this._request(), this._identity.value ? entry : "", this._context);
      const last = [...store.all("requests").keys()].pop() ?? 0;
      await exchange.send();
      if (this._gone) return;
      replace(this._came, exchange.show());
      announce(t("try.came", { status: String(exchange.status) }));
      await exchange.findRequest(last);
    } catch (problem) {
      announce(problem);
    }
  }

  async _firstPbx() {
    const [first] = await this._context.api.get("/_pbxsim/pbxs");
    return first.name;
  }
}

/** One parameter: a line of text; in a JSON body, what is no text is spelt as JSON. `asked` are those that whoever asks asks by. */
class FormField {
  constructor(field, t, asked) {
    this.name = field.name;
    this.place = field.place;
    this.group = field.group;
    this._isJson = field.place === "json" && field.value !== undefined && typeof field.value !== "string";
    const isLong = this._isJson && typeof field.value === "object";
    const list = field.choices.length ? `choices-${field.name}` : null;
    const about = field.value === HIDDEN || field.place === "header" ? t("try.secret") : "";
    this._input = isLong ? el("textarea", { rows: "3", spellcheck: "false" })
      : el("input", { type: "text", list, spellcheck: "false", autocapitalize: "off", "aria-required": field.required ? "true" : null });
    const isOpen = field.required && !field.value && !field.choices.length && !asked.has(field.name);
    const note = isOpen && el("p", { class: "quiet", id: `note-${field.name}` }, t("try.not-yet"));
    if (note) this._input.setAttribute("aria-describedby", note.id);
    this.take(field.value);
    this.isFurther = field.value === undefined && !field.required && field.place !== "header" && !field.group;
    this._sends = field.value === ""; // an empty value of the example is sent
    this.element = el("div", { class: "field", data: { required: String(field.required) } },
      el("label", {}, el("span", {}, el("bdi", { class: "mono" }, field.name), field.required ? " *" : "", about && el("span", { class: "quiet" }, ` ${about}`)), this._input),
      note, list && el("datalist", { id: list }, field.choices.map((choice) => el("option", { value: choice }))));
  }

  get isGiven() {
    return this._sends || this._input.value !== "";
  }

  get value() {
    if (!this._isJson) return this._input.value;
    try {
      return JSON.parse(this._input.value);
    } catch (error) {
      throw new SyntaxError(`${this.name}: ${error.message}`);
    }
  }

  take(value) {
    this._input.value = value === undefined ? "" : this._isJson ? JSON.stringify(value) : value;
  }
}
