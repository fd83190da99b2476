/** One telephone, as a small one to use: its calls, its keys, how it is set, where it is registered. */

import { el, KeyedList, replace, setAttribute, setText } from "../dom.js";
import { can, nameOf, partnerOf, talksOf } from "./hand.js";
import { registrationOf, showAccount } from "./registration.js";

const VERBS = ["answer", "reject", "hangup", "hold", "unhold", "swap", "complete", "cancel"];
const PAD = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const WHEN = ["always", "busy", "no_answer"];
const OUTCOMES = ["answer", "busy", "no answer", "reject", "fail", "drop"];
const WITH_CAUSE = ["fail", "drop"];

export class Telephone {
  /** `carry` begins a transfer to a telephone that is chosen among the lamps. */
  constructor(root, user, context, hand, carry) {
    this.user = user;
    this._root = root;
    this._context = context;
    this._hand = hand;
    this._carry = carry;
    this._article = null;
    this.update();
  }

  close() {
    this._closed = true;
  }

  /** Show the telephone as it stands; what somebody is typing stays. */
  update() {
    const phone = this._context.store.get("phones", this.user);
    if (this._closed) return;
    if (!phone) {
      this._article = null;
      if (this._context.store.all("phones").size) replace(this._root, this._back(), el("p", { class: "empty" }, this._context.t("telephones.unknown")));
      return;
    }
    if (!this._article) this._build(phone);
    this._show(phone);
  }

  _back() {
    return el("a", { href: "#/telephones", class: "close" }, this._context.t("telephones.close"));
  }

  _build(phone) {
    this._stands = el("p", { class: "stands", role: "status" });
    const calls = el("ul", { class: "talks" });
    this._calls = new KeyedList(calls, {
      key: (call) => call.channel,
      create: (call) => el("li", {}, el("a", { href: `#/calls/${call.call}` }), " ", el("span")),
      update: (item, call) => this._showCall(item, call),
    });
    this._verbs = VERBS.map((verb) => this._button(verb, () => this._hand.does(this.user, verb)));
    this._article = el("article", { class: "telephone", "aria-label": nameOf(phone) },
      el("div", { class: "call-head" }, el("h3", {}, nameOf(phone)), this._back()), this._stands, calls,
      el("div", { class: "buttons verbs" }, this._verbs), this._dialler(), this._switches(), this._divert(), this._behaviour(),
      this._registration());
    replace(this._root, this._article);
    this._article.addEventListener("keydown", (event) => event.key === "Escape" && this._context.navigate("telephones"));
  }

  _show(phone) {
    const { t } = this._context;
    const focused = document.activeElement;
    this._phone = phone;
    setText(this._stands, t(`telephones.state.${phone.device_state}`));
    setAttribute(this._stands, "data-state", phone.device_state);
    this._calls.set(phone.calls);
    this._verbs.forEach((button, index) => setDisabled(button, !can(phone, VERBS[index])));
    const talks = talksOf(phone).length > 0;
    for (const button of this._whileTalking) setDisabled(button, !talks);
    setAttribute(this._dnd, "aria-pressed", String(phone.do_not_disturb));
    setText(this._diversions, divertedTo(phone.diversion, this._context));
    setText(this._place, registrationOf(phone, t));
    setDisabled(this._register, phone.registered);
    setDisabled(this._unregister, !phone.registered);
    if (focused.disabled && this._article.contains(focused)) this._keepFocus(focused);
  }

  /** What was pressed cannot be pressed again: focus, which would be lost, goes to what can be done now. */
  _keepFocus(pressed) {
    const near = pressed.closest(".buttons").querySelector("button:not(:disabled)");
    (near ?? this._number).focus();
  }

  _showCall(item, call) {
    const { t, store } = this._context;
    setText(item.firstChild, t("calls.one", { id: String(call.call) }));
    const states = [call.on_hold ? t("telephones.on_hold") : t(`telephones.leg.${call.state}`), partnerOf(call, store)];
    setText(item.lastChild, states.filter(Boolean).join(" · "));
  }

  _button(verb, act, attributes = {}) {
    return el("button", { type: "button", data: { verb }, on: { click: act }, ...attributes }, this._context.t(`telephones.${verb}`));
  }

  // -- dialling --------------------------------------------------------------------------------------------------------

  _dialler() {
    const { t } = this._context;
    this._number = el("input", { inputmode: "tel", autocomplete: "off", maxlength: "64", list: "telephone-numbers",
      on: { keydown: (event) => event.key === "Enter" && this._to("dial") } });
    const pad = PAD.map((key) => el("button", { type: "button", class: "key", on: { click: () => this._padKey(key) } }, key));
    const [transfer, consult] = ["transfer", "consult"].map((verb) => this._button(verb, () => this._to(verb)));
    const carry = this._button("carry", this._carry);
    this._whileTalking = [transfer, consult, carry];
    return el("fieldset", { class: "dialler" }, el("legend", {}, t("telephones.number.legend")),
      el("label", {}, t("telephones.number"), this._number), this._numbers(),
      el("div", { class: "pad", role: "group", "aria-label": t("telephones.pad") }, pad),
      el("div", { class: "buttons" }, this._button("dial", () => this._to("dial")), transfer, consult, carry));
  }

  /** Numbers that are likely to be dialled: those of the other telephones. */
  _numbers() {
    const phones = [...this._context.store.all("phones").values()].filter((phone) => phone.user !== this.user).slice(0, 100);
    return el("datalist", { id: "telephone-numbers" }, phones.map((phone) => el("option", { value: phone.internal || phone.user }, phone.owner)));
  }

  _to(verb) {
    const to = this._number.value.trim();
    if (!to) {
      this._number.focus();
      return false;
    }
    return this._hand.does(this.user, verb, { to });
  }

  /** In a talk a key sounds; otherwise it is part of the number. */
  _padKey(key) {
    if (talksOf(this._phone).length) this._hand.does(this.user, "press", { digits: key });
    else this._number.value += key;
  }

  // -- how it is set -----------------------------------------------------------------------------------------------------

  _switches() {
    this._dnd = this._button("dnd", () => this._hand.does(this.user, "dnd", { on: !this._phone.do_not_disturb }), { "aria-pressed": "false" });
    return el("div", { class: "buttons" }, this._dnd);
  }

  _divert() {
    const { t } = this._context;
    const when = el("select", {}, WHEN.map((each) => el("option", { value: each }, t(`telephones.when.${each}`))));
    const to = el("input", { inputmode: "tel", autocomplete: "off", maxlength: "64" });
    const after = el("input", { type: "number", min: "1", max: "86400", step: "any" });
    this._diversions = el("p", { class: "quiet" });
    const body = () => ({ when: when.value, ...(to.value.trim() ? { to: to.value.trim() } : {}), ...numberIn("after_seconds", after) });
    return el("details", { class: "divert" }, el("summary", {}, t("telephones.divert")), this._diversions,
      el("div", { class: "fields" }, el("label", {}, t("telephones.when"), when), el("label", {}, t("telephones.to"), to),
        el("label", {}, t("telephones.after"), after)),
      el("div", { class: "buttons" },
        this._button("divert_set", () => (to.value.trim() ? this._hand.does(this.user, "divert", body()) : to.focus())),
        this._button("divert_off", () => this._hand.does(this.user, "divert", { when: when.value }))));
  }

  _behaviour() {
    const { t } = this._context;
    const outcome = el("select", {}, OUTCOMES.map((each) => el("option", { value: each }, t(`telephones.outcome.${each}`))));
    const ring = el("input", { type: "number", min: "0", max: "86400", step: "any", value: "3" });
    const talk = el("input", { type: "number", min: "0", max: "2592000", step: "any", value: "30" });
    const cause = el("input", { type: "number", min: "1", max: "127" });
    const causeLabel = el("label", { hidden: true }, t("telephones.cause"), cause);
    outcome.addEventListener("change", () => (causeLabel.hidden = !WITH_CAUSE.includes(outcome.value)));
    const body = () => ({ outcome: outcome.value, ...numberIn("ring_seconds", ring), talk_seconds: talk.value === "" ? null : Number(talk.value),
      ...(WITH_CAUSE.includes(outcome.value) ? numberIn("cause", cause) : {}) });
    return el("details", { class: "behaviour" }, el("summary", {}, t("telephones.behaviour")),
      el("div", { class: "fields" }, el("label", {}, t("telephones.outcome"), outcome), el("label", {}, t("telephones.ring"), ring),
        el("label", {}, t("telephones.talk"), talk), causeLabel),
      el("div", { class: "buttons" },
        this._button("behaviour_set", () => this._hand.does(this.user, "behaviour", body(), "PUT")),
        this._button("behaviour_off", () => this._hand.does(this.user, "behaviour", undefined, "DELETE"))));
  }

  _registration() {
    const { t } = this._context;
    this._place = el("p", {});
    [this._register, this._unregister] = ["register", "unregister"].map((verb) => this._button(verb, () => this._hand.does(this.user, verb)));
    const account = el("div");
    const open = ({ target }) => target.open && showAccount(account, this.user, this._context);
    return el("details", { class: "registration", on: { toggle: open } }, el("summary", {}, t("telephones.registration")), this._place, account,
      el("div", { class: "buttons" }, this._register, this._unregister));
  }
}

function setDisabled(button, isDisabled) {
  if (button.disabled !== isDisabled) button.disabled = isDisabled;
}

function numberIn(name, field) {
  return field.value === "" ? {} : { [name]: Number(field.value) };
}

function divertedTo(diversion, { t }) {
  if (!diversion) return t("telephones.divert.none");
  const told = WHEN.filter((when) => diversion[when]).map((when) => `${t(`telephones.when.${when}`)}: ${diversion[when]}`);
  return [...told, t("telephones.divert.after", { seconds: diversion.after_seconds })].join(" · ");
}
