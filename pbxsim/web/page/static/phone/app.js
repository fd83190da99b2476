/** The telephone in the browser begins here: words, head, and the line that the address names, or the first there is. */

import { Api } from "../api.js";
import { askToken, problemText, Said } from "../dialogs.js";
import { el, replace, setAttribute, setText } from "../dom.js";
import { preferred, wordsOf } from "../i18n.js";
import { looks } from "../looks.js";
import { chooseTheme, chosenTheme } from "../theme.js";
import { nameOf } from "../views/hand.js";
import { Desk } from "./desk.js";
import { Line } from "./line.js";

const AGAIN = 3000;

class PhonePage {
  constructor(words) {
    const asked = new URLSearchParams(location.search);
    this.words = words;
    this.t = words.t;
    this.pbx = asked.get("pbx") ?? "";
    this._user = asked.get("line") ?? "";
    this.api = new Api(this.pbx, () => {});
    this.said = new Said(document.getElementById("said"), words);
    this._main = document.getElementById("main");
    this._desk = new Desk(this);
    this._line = null;
    this._turn = 0;
    this._others = new BroadcastChannel("pbxsim.phone");
    this._others.addEventListener("message", ({ data }) => this._hearOther(data));
    this._lines = el("select", { "aria-label": this.t("phone.line"), hidden: true, on: { change: () => this._choose(this._lines.value) } });
    this._state = el("span", { class: "state", role: "status" });
    const live = el("a", { href: this.pbx ? `/?pbx=${encodeURIComponent(this.pbx)}` : "/" }, this.t("phone.live"));
    replace(document.getElementById("head"),
      el("div", { class: "bar" }, el("h1", {}, this.t("phone.title")), this._lines, this._state, live, looks(words)));
  }

  async start() {
    document.title = `${this.t("phone.title")} · pbxsim`;
    const { needs } = document.documentElement.dataset;
    if (needs) return this._tell(this.t(`phone.needs.${needs}`));
    addEventListener("pagehide", () => this._stop());
    addEventListener("pageshow", (event) => event.persisted && this._connect());
    try {
      await this._readLines();
    } catch (problem) {
      return this._tell(problemText(problem, this.words));
    }
    return this._connect();
  }

  // -- which line --------------------------------------------------------------------------------------------------

  async _readLines() {
    const phones = await this._asked(() => this.api.get("/_pbxsim/phones"));
    replace(this._lines, phones.map((phone) => el("option", { value: phone.user }, nameOf(phone))));
    this._lines.hidden = phones.length === 0;
    this._user ||= (await this._firstWithPlace(phones)) ?? phones[0]?.user ?? "";
  }

  /** Find the first line as which a browser can register: others are acted. */
  async _firstWithPlace(phones) {
    for (const { user } of phones) if ((await this._account(user)).ws) return user;
    return null;
  }

  _account(user) {
    return this._asked(() => this.api.get(`/_pbxsim/phones/${encodeURIComponent(user)}/registration`));
  }

  _choose(user) {
    const url = new URL(location.href);
    url.searchParams.set("line", user);
    history.replaceState(null, "", url);
    this._user = user;
    return this._connect();
  }

  /** Ask the control API, for the token first where it wants one. */
  async _asked(ask) {
    for (;;) {
      try {
        return await ask();
      } catch (problem) {
        if (problem.status !== 401) throw problem;
        this.api.token = await askToken(this.words, this.api.token !== "");
      }
    }
  }

  // -- its life ------------------------------------------------------------------------------------------------------

  /** Register as the line; what does not come to be now is tried again, for a server may just be starting. */
  async _connect() {
    const turn = this._stop();
    this._showState("connecting");
    this._lines.value = this._user;
    try {
      const account = await this._account(this._user);
      if (turn !== this._turn) return;
      if (account.ws) await this._register(account, turn);
      else this._tell(this.t("phone.acted"));
    } catch (problem) {
      if (turn !== this._turn) return;
      this._tell(problemText(problem, this.words));
      if (problem.status === 0) this._timer = setTimeout(() => this._connect(), AGAIN);
    }
  }

  async _register(account, turn) {
    const { default: JsSIP } = await import("/page/jssip.js");
    if (turn !== this._turn) return;
    this._others.postMessage(this._mark());
    const showState = (state, why) => turn === this._turn && this._showState(state, why);
    const line = new Line(JsSIP, account, showState, (session, isIncoming) => this._desk.take(session, isIncoming));
    this._line = this._desk.line = line;
    replace(this._main, this._desk.root);
    line.start();
  }

  _showState(state, why = "") {
    this._state.dataset.state = { registered: "live", connecting: "connecting" }[state] ?? "lost";
    setText(this._state, [this.t(`phone.state.${state}`), why].filter(Boolean).join(": "));
    setAttribute(document.documentElement, "data-line", state);
    clearTimeout(this._timer);
    if (state === "refused") this._timer = setTimeout(() => this._connect(), AGAIN);
  }

  /** One tab has a line at a time: the one that was opened last. */
  _hearOther({ pbx, user }) {
    if (!this._line || user !== this._user || pbx !== this.pbx) return;
    this._stop();
    this._showState("elsewhere");
    this._tell(this.t("phone.elsewhere"),
      el("button", { type: "button", class: "strong", on: { click: () => this._connect() } }, this.t("phone.take")));
  }

  _mark() {
    return { pbx: this.pbx, user: this._user };
  }

  _tell(text, ...more) {
    replace(this._main, el("p", { class: "empty", role: "alert" }, text), more);
  }

  _stop() {
    clearTimeout(this._timer);
    this._line?.stop();
    this._line = this._desk.line = null;
    return (this._turn += 1);
  }
}

chooseTheme(chosenTheme());
const words = await wordsOf(preferred());
document.documentElement.lang = words.language;
document.documentElement.dir = words.dir;
await new PhonePage(words).start();
