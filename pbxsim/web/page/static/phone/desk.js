/** What the telephone shows and has to press: its calls, the number to dial, the keys. */

import { el, KeyedList, replace, setAttribute, setText } from "../dom.js";
import { Call } from "./call.js";
import { Sounds } from "./sounds.js";

const PAD = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const LINGERS = 8000; // milliseconds for which a call that is over is shown
const TONE = 1500; // and for which it is heard that the other party ended it
const TICK = 1000;
const sounds = new Sounds();

export class Desk {
  /** `line` is the one that it works with, null: there is none now. */
  constructor({ words, said }) {
    this.line = null;
    this._words = words;
    this._t = words.t;
    this._said = said;
    this._calls = [];
    this._alert = el("p", { class: "hidden-text", role: "alert" });
    this._none = el("p", { class: "quiet" }, this._t("phone.none"));
    const list = el("ul", { class: "talks", "aria-label": this._t("phone.calls") });
    this._list = new KeyedList(list, {
      key: (call) => call.key,
      create: (call) => this._build(call),
      update: (item, call) => this._show(item, call),
    });
    this.root = el("div", { class: "desk" },
      el("section", { class: "panel", "aria-label": this._t("phone.calls") }, this._alert, this._warning(), this._none, list), this._dialler());
    setInterval(() => this._calls.forEach((call) => call.isUp && this._list.patch(call)), TICK);
  }

  /** Take a call that has come, or that was dialled here. */
  take(session, isIncoming) {
    const call = new Call(session, isIncoming, (changed) => this._changed(changed), (key, told) => this._problem(key, told));
    if (!isIncoming) this._holdOthers(call);
    this._calls.push(call);
    this._changed(call);
    if (isIncoming) this._announce(call);
  }

  _changed(call) {
    this._list.set(this._calls);
    this._none.hidden = this._calls.length > 0;
    if (call.isUp && !call.isHeld) this._holdOthers(call);
    if (call.isOver) this._over(call);
    this._sound();
    document.title = `${this._ringing() ? this._nameOf(this._ringing()) : this._t("phone.title")} · pbxsim`;
  }

  _over(call) {
    setTimeout(() => this._sound(), TONE);
    setTimeout(() => this._forget(call), LINGERS);
  }

  _forget(call) {
    this._calls = this._calls.filter((each) => each !== call);
    this._list.set(this._calls);
    this._none.hidden = this._calls.length > 0;
  }

  _holdOthers(call) {
    for (const other of this._calls) if (other !== call) other.hold();
  }

  _ringing() {
    return this._calls.find((call) => call.state === "ringing");
  }

  /** A call that rings is read out, and can be answered at once by whoever is busy with nothing. */
  _announce(call) {
    setText(this._alert, this._t("phone.rings", { who: this._nameOf(call) }));
    const { activeElement: focused } = document;
    if (!focused || focused === document.body) this._list.get(call.key).querySelector("[data-verb=answer]").focus();
  }

  _sound() {
    const states = new Set(this._calls.map((call) => call.state));
    const talks = states.has("up");
    if (states.has("ringing")) sounds.play(talks ? "waiting" : "ringing");
    else if (states.has("alerting")) sounds.play("alerting");
    else sounds.play(this._calls.some((call) => call.wasEnded && performance.now() - call.since < TONE) ? "ended" : "");
  }

  _problem(key, told = "") {
    this._said.say(new Error([this._t(key), told].filter(Boolean).join(": ")));
  }

  /** Say what a browser does not give a page that comes unencrypted from another machine. */
  _warning() {
    return navigator.mediaDevices ? null : el("p", { class: "problem", role: "note" }, this._t("phone.insecure"));
  }

  // -- one call --------------------------------------------------------------------------------------------------------

  _build(call) {
    const verbs = {
      answer: () => call.answer(),
      reject: () => call.reject(),
      hangup: () => call.hangUp(),
      hold: () => call.hold(),
      resume: () => this._resume(call),
      transfer: () => this._transfer(call),
      complete: () => this._complete(call),
    };
    const buttons = Object.entries(verbs).map(([verb, act]) =>
      el("button", { type: "button", data: { verb }, class: verb === "answer" ? "strong" : null, on: { click: act } }, this._t(`phone.${verb}`)));
    return el("li", { class: "call" }, el("p", { class: "who" }), el("p", { class: "stands" }, el("span", { role: "status" }), el("span", { class: "lasts" })),
      el("div", { class: "buttons", role: "group" }, buttons));
  }

  _show(item, call) {
    const [who, stands, buttons] = item.children;
    setText(who, this._nameOf(call));
    setAttribute(item, "data-state", call.isHeld ? "held" : call.state);
    setAttribute(buttons, "aria-label", this._nameOf(call));
    setText(stands.firstChild, this._standsOf(call));
    setText(stands.lastChild, call.isUp ? ` ${this._words.duration((performance.now() - call.since) / 1000)}` : "");
    const focused = document.activeElement;
    for (const button of buttons.children) button.hidden = !this._can(call, button.dataset.verb);
    if (focused.hidden && item.contains(focused)) (buttons.querySelector("button:not([hidden])") ?? this._number).focus();
  }

  _can(call, verb) {
    const { state, isUp, isHeld } = call;
    return {
      answer: state === "ringing",
      reject: state === "ringing",
      hangup: !["ringing", "ended"].includes(state),
      hold: isUp && !isHeld,
      resume: isUp && isHeld,
      transfer: isUp,
      complete: isUp && !isHeld && this._held(call) !== undefined,
    }[verb];
  }

  _standsOf(call) {
    if (call.isOver) {
      const key = `phone.cause.${call.cause.toLowerCase().replaceAll(" ", "_")}`;
      return this._words.has(key) ? this._t(key) : this._t("phone.over", { cause: call.cause });
    }
    return this._t(`phone.call.${call.isHeld ? "held" : call.state}`);
  }

  _nameOf({ name, number }) {
    return [name, name === number ? "" : number].filter(Boolean).join(" ") || this._t("phone.unknown");
  }

  // -- transfers -------------------------------------------------------------------------------------------------------

  _held(call) {
    return this._calls.find((other) => other !== call && other.isUp && other.isHeld);
  }

  _resume(call) {
    this._holdOthers(call);
    call.resume();
  }

  /** Send a call on to the number that was typed, without asking there. */
  _transfer(call) {
    const number = this._typed();
    if (number && this.line) call.transfer(this.line.address(number));
  }

  /** Connect the one who is held with the one who was asked. */
  _complete(call) {
    this._held(call).transfer(call.session.remote_identity.uri, call);
  }

  // -- dialling --------------------------------------------------------------------------------------------------------

  _dialler() {
    const t = this._t;
    this._number = el("input", { id: "number", type: "tel", dir: "ltr", autocomplete: "off", maxlength: "40", pattern: "[+*#0-9]+" });
    const dial = (event) => {
      event.preventDefault();
      const number = this._typed();
      if (number && this.line) this.line.dial(number);
    };
    const pad = PAD.map((key) => el("button", { type: "button", class: "key", on: { click: () => this._key(key) } }, key));
    return el("form", { class: "panel dialler", novalidate: true, "aria-label": t("phone.dial"), on: { submit: dial } },
      el("label", { for: "number" }, t("phone.number")), this._number,
      el("div", { class: "pad", role: "group", "aria-label": t("phone.pad") }, pad),
      el("div", { class: "buttons" }, el("button", { class: "strong" }, t("phone.dial")),
        el("button", { type: "button", on: { click: () => this._erase() } }, t("phone.erase"))),
      el("p", { class: "quiet" }, t("phone.help")));
  }

  /** Give the number that was typed; where there is none, or one that nobody has, the field is to be filled in. */
  _typed() {
    const number = this._number.value.replace(/[\s()/.-]/g, "");
    if (/^[+*#0-9]+$/.test(number)) return number;
    this._number.focus();
    this._said.say(this._t("phone.number.wanted"));
    return "";
  }

  _erase() {
    this._number.value = "";
    this._number.focus();
  }

  /** In a talk a key sounds; otherwise it is part of the number. */
  _key(key) {
    const talk = this._calls.find((call) => call.isUp && !call.isHeld);
    if (talk) talk.press(key);
    else this._number.value += key;
  }
}
