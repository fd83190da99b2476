/**
 * Telephones as lamps: how each stands, who talks to whom. One opens as a small telephone beside the list. A call is
 * transferred by dragging the lamp of who talks onto another, or from the keyboard; a lamp at rest that is dragged dials.
 */

import { el, KeyedList, perFrame, replace, setAttribute, setText } from "../dom.js";
import { Hand, isRinging, nameOf, partnersOf, talksOf } from "./hand.js";
import { askIncomingCall } from "./incoming.js";
import { Telephone } from "./telephone.js";

const DRAGGED = "text/x-pbxsim-telephone";

export default {
  path: "telephones",
  mount(root, context) {
    const view = new Telephones(root, context);
    return { unmount: () => view.unmount(), go: (rest) => view.go(rest) };
  },
};

class Telephones {
  constructor(root, context) {
    this._context = context;
    this._hand = new Hand(context);
    this._open = null;
    this._carried = null;
    this._root = root;
    this._build();
    this._showSoon = perFrame(() => this._show());
    const { store } = context;
    this._ends = [store.on("phones", (change) => this._takePhones(change)), store.on("calls", (change) => this._takeCalls(change)),
      store.on("agents", () => this._takeAgents())];
    this._agents = new Map();
    this._takeAgents();
    this._show();
    this.go(context.rest);
  }

  unmount() {
    this._gone = true;
    this._ends.forEach((end) => end());
    this._open?.close();
  }

  /** Open the telephone of that SIP user; without one, the lamps alone. */
  go(user) {
    if (this._open?.user === user) return;
    const closed = this._open?.user;
    this._open?.close();
    this._open = user ? new Telephone(this._panel, user, this._context, this._hand, () => this._carry(user)) : null;
    setAttribute(this._root, "data-open", Boolean(user));
    if (!user) replace(this._panel);
    if (!user && closed && this._panelHadFocus) this._lamp(closed)?.focus();
    for (const each of [closed, user]) if (each) this._patch(each);
  }

  _build() {
    const { t } = this._context;
    this._find = el("input", { type: "search", on: { input: () => this._showSoon() } });
    this._which = el("select", { on: { change: () => this._showSoon() } },
      ["all", "busy", "free", "unregistered"].map((each) => el("option", { value: each }, t(`telephones.which.${each}`))));
    const incoming = el("button", { type: "button", class: "strong incoming", on: { click: () => askIncomingCall(this._context) } },
      t("telephones.incoming"));
    this._count = el("span", { class: "quiet count" });
    this._carrying = el("p", { class: "carrying", hidden: true, role: "status" });
    this._list = el("ul", { class: "phones", "aria-label": t("telephones.title"), on: this._listeners() });
    this._empty = el("p", { class: "empty", hidden: true }, t("telephones.none"));
    this._panel = el("div", { class: "panel" });
    this._lamps = new KeyedList(this._list, {
      key: (phone) => phone.user,
      create: (phone) => this._made(phone),
      update: (item, phone) => this._update(item, phone),
    });
    replace(this._root, el("h2", { class: "hidden-text" }, t("telephones.title")),
      el("div", { class: "lamps" },
        el("div", { class: "toolbar" }, el("label", { class: "grows" }, t("telephones.find"), this._find),
          el("label", {}, t("telephones.which"), this._which), this._count, incoming),
        el("p", { class: "quiet help" }, t("telephones.help")), this._carrying, this._list, this._empty),
      this._panel);
  }

  get _panelHadFocus() {
    return document.activeElement === document.body || this._panel.contains(document.activeElement);
  }

  // -- what is shown ---------------------------------------------------------------------------------------------------

  _takePhones({ all, ids }) {
    if (all) this._show();
    else if (this._which.value !== "all") this._showSoon();
    else for (const user of ids) this._patch(user);
    if (this._open && (all || ids.has(this._open.user))) this._open.update();
  }

  /** Who talks to whom follows from the calls: those of a telephone that it is in are looked at when they change. */
  _takeCalls({ all, ids }) {
    if (all) return;
    const { store } = this._context;
    const users = new Set();
    for (const id of ids) for (const { line } of store.get("calls", id)?.legs ?? []) if (line) users.add(line);
    for (const user of users) this._patch(user);
    if (this._open && users.has(this._open.user)) this._open.update();
  }

  /** Who works at a telephone changes with who logs in there. */
  _takeAgents() {
    const before = this._agents;
    const there = [...this._context.store.all("agents").values()].filter((agent) => agent.line);
    this._agents = new Map(there.map((agent) => [agent.line, agent.name || agent.number]));
    for (const user of new Set([...before.keys(), ...this._agents.keys()])) {
      if (before.get(user) !== this._agents.get(user)) this._patch(user);
    }
  }

  _show() {
    if (this._gone) return;
    const found = this._found();
    const { t, store } = this._context;
    this._lamps.set(found);
    this._empty.hidden = found.length > 0;
    setText(this._count, t("telephones.count", { shown: found.length, all: store.all("phones").size }));
    this._open?.update();
    this._seeThatOneCanBeReached();
  }

  _found() {
    const wanted = this._find.value.trim().toLowerCase();
    const fits = { all: () => true, busy: (phone) => phone.calls.length > 0, unregistered: (phone) => !phone.registered,
      free: (phone) => phone.registered && phone.calls.length === 0 }[this._which.value];
    const says = ({ user, internal, owner, public: numbers }) =>
      [user, internal, owner, this._agents.get(user), ...numbers].join("\n").toLowerCase();
    return [...this._context.store.all("phones").values()].filter((phone) => fits(phone) && says(phone).includes(wanted));
  }

  _patch(user) {
    const phone = this._context.store.get("phones", user);
    if (phone) this._lamps.patch(phone);
  }

  _made(phone) {
    const lamp = el("button", { type: "button", class: "lamp", tabindex: "-1" },
      el("span", { class: "who" }, el("b", { class: "number" }), " ", el("span")),
      el("span", { class: "stands" }), el("span", { class: "partner" }));
    return el("li", { class: "phone", draggable: "true", data: { user: phone.user } }, lamp, el("span", { class: "buttons" }));
  }

  _update(item, phone) {
    const { t, store } = this._context;
    const [lamp, buttons] = item.children;
    const partners = partnersOf(phone, store);
    const marks = [phone.do_not_disturb && t("telephones.dnd"), phone.diversion && t("telephones.diverted")].filter(Boolean);
    setAttribute(item, "data-state", phone.device_state);
    setAttribute(lamp, "aria-expanded", String(this._open?.user === phone.user));
    setText(lamp.children[0].children[0], phone.internal || phone.user);
    setText(lamp.children[0].children[1], phone.owner || (this._agents.get(phone.user) ?? ""));
    setText(lamp.children[1], [t(`telephones.state.${phone.device_state}`), ...marks].join(" · "));
    setText(lamp.children[2], partners.length ? t("telephones.with", { partners: partners.join(", ") }) : "");
    this._updateButtons(buttons, phone);
  }

  /** What is most likely wanted of a telephone, without opening it. */
  _updateButtons(buttons, phone) {
    const { t } = this._context;
    const verbs = isRinging(phone) ? ["answer", "reject"] : phone.calls.length ? ["hangup"] : [];
    if (buttons.dataset.verbs === verbs.join(" ")) return;
    buttons.dataset.verbs = verbs.join(" ");
    const hadFocus = buttons.contains(document.activeElement);
    replace(buttons, verbs.map((verb) => el("button", { type: "button", data: { verb },
      "aria-label": `${t(`telephones.${verb}`)} ${phone.internal || phone.user}` }, t(`telephones.${verb}`))));
    if (hadFocus) (buttons.querySelector("button") ?? buttons.previousSibling).focus();
  }

  // -- hands and keys ----------------------------------------------------------------------------------------------------

  _listeners() {
    return {
      click: (event) => this._click(event),
      keydown: (event) => this._key(event),
      focusin: (event) => event.target.matches(".lamp") && this._reach(event.target),
      dragstart: (event) => this._drag(event),
      dragover: (event) => this._dragOver(event),
      dragleave: (event) => itemOf(event)?.classList.remove("under"),
      drop: (event) => this._drop(event),
      dragend: () => this._letGo(),
    };
  }

  _click(event) {
    const user = itemOf(event)?.dataset.user;
    const { verb } = event.target.closest("button")?.dataset ?? {};
    if (!user || !event.target.closest("button")) return;
    if (verb) this._hand.does(user, verb);
    else if (this._carried) this._hand.give(this._putDown(), user);
    else this._context.navigate(this._open?.user === user ? "telephones" : `telephones/${encodeURIComponent(user)}`);
  }

  _key(event) {
    if (!event.target.matches(".lamp") || event.ctrlKey || event.altKey || event.metaKey) return;
    const { user } = itemOf(event).dataset;
    const next = this._neighbour(event.target, event.key);
    if (next) next.focus();
    else if (event.key === "Escape" && this._carried) this._putDown();
    else if (event.key === "t") this._carry(user);
    else if (this._hand.hasKey(event.key, user)) this._hand.press(event.key, user);
    else return;
    event.preventDefault();
  }

  /** Take a telephone's call, to give it to the telephone that is chosen next. */
  _carry(user) {
    const { t, store, announce } = this._context;
    this._carried = user;
    const told = t("telephones.carrying", { who: nameOf(store.get("phones", user)) });
    const cancel = el("button", { type: "button", on: { click: () => this._putDown() } }, t("page.cancel"));
    this._carrying.hidden = false;
    replace(this._carrying, told, " ", cancel);
    announce(told);
    setAttribute(this._list, "data-carrying", true);
    this._lamp(user)?.focus();
  }

  _putDown() {
    const user = this._carried;
    this._carried = null;
    this._carrying.hidden = true;
    setAttribute(this._list, "data-carrying", null);
    return user;
  }

  _drag(event) {
    const item = itemOf(event);
    event.dataTransfer.setData(DRAGGED, item.dataset.user);
    event.dataTransfer.effectAllowed = "move";
    item.classList.add("dragged");
  }

  _dragOver(event) {
    const item = itemOf(event);
    if (!item || item.classList.contains("dragged") || !event.dataTransfer.types.includes(DRAGGED)) return;
    event.preventDefault();
    item.classList.add("under");
  }

  _drop(event) {
    event.preventDefault();
    const from = event.dataTransfer.getData(DRAGGED);
    const to = itemOf(event)?.dataset.user;
    this._letGo();
    if (from && to && from !== to) this._hand.give(from, to);
  }

  _letGo() {
    for (const item of this._list.querySelectorAll(".under, .dragged")) item.classList.remove("under", "dragged");
  }

  // -- which lamp the keyboard is at: one is in the order of tabs, arrows go from one to the next --------------------------

  _lamp(user) {
    return this._lamps.get(user)?.firstChild;
  }

  _reach(lamp) {
    if (this._reached && this._reached !== lamp) this._reached.tabIndex = -1;
    lamp.tabIndex = 0;
    this._reached = lamp;
  }

  _seeThatOneCanBeReached() {
    const first = this._list.querySelector(".lamp");
    if (first && !this._reached?.isConnected) this._reach(first);
  }

  _neighbour(lamp, key) {
    const items = [...this._list.children];
    const at = items.indexOf(lamp.parentNode);
    const forward = getComputedStyle(this._list).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const columns = Math.max(1, items.findIndex((item) => item.offsetTop > items[0].offsetTop));
    const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    const steps = { [forward]: 1, [backward]: -1, ArrowDown: columns, ArrowUp: -columns, Home: -at, End: items.length - 1 - at };
    return key in steps ? items[at + steps[key]]?.firstChild : null;
  }
}

function itemOf(event) {
  return event.target.closest?.("li.phone");
}
