/** The page's head: which PBX, its clock and how to move it, where to go, how the page looks and speaks. */

import { confirmed } from "./dialogs.js";
import { el, frame, replace, setAttribute, setText, whenSeen } from "./dom.js";
import { looks } from "./looks.js";
import { VIEWS } from "./views/list.js";

const CLOCK = "/_pbxsim/clock";
const RATES = [0, 1, 10, 60];
const IDLE_LIMIT = 3600;
const TICK = 250;

export class Head {
  constructor(root, page) {
    this._page = page;
    this._t = page.words.t;
    this._pbx = el("select", { "aria-label": this._t("head.pbx"), on: { change: () => this._choosePbx() } });
    this._state = el("span", { class: "state", role: "status" });
    this._now = el("time", { class: "now", title: this._t("head.utc") });
    this._rate = el("span", { class: "rate" });
    this._next = el("span", { class: "next" });
    this._tabs = VIEWS.map(({ path }) => el("a", { href: `#/${path}` }, this._t(`${path}.title`)));
    this._rates = RATES.map((rate) => this._rateButton(rate));
    const heading = el("h1", {}, "pbxsim");
    replace(root, this._open(), el("div", { class: "bar" }, heading, this._pbx, this._state, looks(page.words)),
      this._clock(), el("nav", { "aria-label": this._t("head.views") }, this._tabs));
    page.store.on("clock", ({ all }) => (all ? whenSeen(() => this._takeClock()) : this._takeClock()));
    setInterval(() => this._showNow(), TICK);
  }

  /** Show which view is looked at. */
  mark(path) {
    VIEWS.forEach((view, index) => setAttribute(this._tabs[index], "aria-current", view.path === path ? "page" : null));
    frame(() => this._scrollTo(this._tabs[VIEWS.findIndex((view) => view.path === path)]));
  }

  /** Have a tab in sight: on a small screen they stand in a row that is scrolled. The page itself stays where it is. */
  _scrollTo(tab) {
    const row = tab.parentNode;
    const [own, seen] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
    if (own.left < seen.left) row.scrollLeft += own.left - seen.left;
    else if (own.right > seen.right) row.scrollLeft += own.right - seen.right;
  }

  /** Show how the connection stands. */
  showState(state) {
    this._state.dataset.state = state;
    setText(this._state, this._t(`head.state.${state}`));
  }

  /** Ask which PBXs there are. */
  async readPbxs() {
    try {
      const pbxs = await this._page.api.get("/_pbxsim/pbxs");
      const meant = this._page.pbx || pbxs[0].name;
      replace(this._pbx, pbxs.map(({ name }) => el("option", { value: name, selected: name === meant }, name)));
    } catch (problem) {
      if (problem.status === 404 && this._page.pbx) this._page.choosePbx("");
      else if (problem.status !== 401) this._page.said.say(problem);
    }
  }

  _choosePbx() {
    this._page.choosePbx(this._pbx.value);
  }

  /** Say what is open to whom, where the server can be reached from elsewhere. */
  _open() {
    const told = document.documentElement.dataset.open;
    return told ? el("p", { class: "open", role: "note" }, this._t(`head.open.${told}`)) : null;
  }

  // -- the clock ---------------------------------------------------------------------------------------------------

  _clock() {
    const moves = [
      this._move("head.plus10s", () => this._advance(10)),
      this._move("head.plus1min", () => this._advance(60)),
      this._move("head.next", () => this._page.api.send("POST", `${CLOCK}/next`)),
      this._move("head.idle", () => this._untilIdle()),
      this._move("head.reset", () => this._reset()),
    ];
    return el("div", { class: "clock", role: "group", "aria-label": this._t("head.clock") },
      el("span", { class: "dial" }, this._now, this._rate, this._next),
      el("span", { class: "buttons joined" }, this._rates), el("span", { class: "buttons" }, moves));
  }

  _rateButton(rate) {
    const label = rate ? this._t("head.times", { rate }) : this._t("head.pause");
    const setRate = () => this._done(() => this._page.api.send("PUT", CLOCK, { rate }));
    return el("button", { type: "button", "aria-pressed": "false", data: { rate }, on: { click: setRate } }, label);
  }

  _move(key, move) {
    const name = key.split(".")[1];
    return el("button", { type: "button", data: { move: name }, on: { click: () => this._done(move) } }, this._t(key));
  }

  _advance(seconds) {
    return this._page.api.send("POST", `${CLOCK}/advance`, { seconds });
  }

  async _untilIdle() {
    const clock = await this._page.api.send("POST", `${CLOCK}/run-until-idle`, { limit_seconds: IDLE_LIMIT });
    this._page.said.say(this._t(clock.idle ? "head.idle.yes" : "head.idle.no"));
    return clock;
  }

  async _reset() {
    const { words, api, said } = this._page;
    if (!(await confirmed(words, this._t("head.reset.sure"), this._t("head.reset")))) return null;
    await api.send("POST", "/_pbxsim/reset");
    said.say(this._t("head.reset.done"));
    return null;
  }

  /** Do something to the clock, and show at once what was answered; the stream says it again. */
  async _done(move) {
    try {
      const clock = await move();
      if (clock?.now) this._page.store.put("clock", clock);
    } catch (problem) {
      if (problem.status !== 401) this._page.said.say(problem);
    }
  }

  _takeClock() {
    const clock = this._page.store.get("clock");
    if (!clock) return;
    this._told = { at: Date.parse(clock.now), heard: performance.now(), rate: clock.rate };
    for (const button of this._rates) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.rate) === clock.rate));
    }
    setText(this._rate, clock.rate ? this._t("head.times", { rate: clock.rate }) : this._t("head.held"));
    this._due = clock.next_due ? Date.parse(clock.next_due) : NaN;
    setText(this._next, clock.next_due ? this._t("head.due", { time: this._page.words.time(clock.next_due) }) : "");
    this._showNow();
  }

  /** Show the time; between two events it goes on here as fast as it does there. */
  _showNow() {
    if (!this._told || document.hidden) return;
    const { at, heard, rate } = this._told;
    const now = new Date(at + (performance.now() - heard) * rate);
    if (Number.isNaN(now.getTime())) return; // a clock that has run into the year 9999 and further
    setText(this._now, this._page.words.moment(now.toISOString()));
    setAttribute(this._now, "datetime", now.toISOString());
    if (now > this._due) setText(this._next, ""); // it is done; what comes next, the server will say
  }
}
