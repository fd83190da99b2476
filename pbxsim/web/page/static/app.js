/** The page begins here: words, shell, stream of events, and the view that the address names. */

import { Api } from "./api.js";
import { Head } from "./head.js";
import { askToken, Said } from "./dialogs.js";
import { el, replace, whenSeen } from "./dom.js";
import { preferred, wordsOf } from "./i18n.js";
import { Store } from "./store.js";
import { Stream } from "./stream.js";
import { chooseTheme, chosenTheme } from "./theme.js";
import { VIEWS } from "./views/list.js";

const HIDDEN_FOR = 20000;

class Page {
  constructor(words) {
    this.words = words;
    this.store = new Store();
    this.pbx = new URLSearchParams(location.search).get("pbx") ?? "";
    this.api = new Api(this.pbx, () => this.askToken());
    this.stream = new Stream(this.api, this.store, (state) => this.head?.showState(state));
    this.stream.start(); // first of all: what it asks for comes while the rest is made
    this.said = new Said(document.getElementById("said"), words);
    this.main = document.getElementById("main");
    this.head = new Head(document.getElementById("head"), this);
    this.head.showState(this.stream.state);
    this._mounted = null;
    this._turn = 0;
    this._asking = null;
  }

  start() {
    const skip = document.getElementById("skip");
    replace(skip, this.words.t("page.skip"));
    skip.addEventListener("click", (event) => {
      event.preventDefault();
      this.main.focus();
    });
    addEventListener("hashchange", () => this.show());
    document.addEventListener("visibilitychange", () => this._see());
    addEventListener("pagehide", () => this.stream.stop());
    addEventListener("pageshow", (event) => event.persisted && this.stream.restart());
    whenSeen(() => this._goOn());
    return this.show();
  }

  /** Nobody chooses a PBX or presses a key before there is something to see. */
  _goOn() {
    this.head.readPbxs();
    import("./keys.js").then(({ Keys }) => new Keys(this));
  }

  /** A tab that is hidden for a while lets go of its connection, and goes on when it is seen again. */
  _see() {
    clearTimeout(this._hidden);
    if (document.hidden) this._hidden = setTimeout(() => this.stream.rest(), HIDDEN_FOR);
    else this.stream.wake();
  }

  navigate(path) {
    location.hash = `#/${path}`;
  }

  /** Look at another PBX. The address has it, so that a link leads to the same one. */
  choosePbx(name) {
    const url = new URL(location.href);
    if (name) url.searchParams.set("pbx", name);
    else url.searchParams.delete("pbx");
    const [, path, ...rest] = url.hash.split("/");
    if (rest.length && path !== "try") url.hash = `/${path}`; // a call, a telephone of that number is another one here
    history.replaceState(null, "", url);
    this.pbx = this.api.pbx = name;
    this.stream.restart();
    this._unmount();
    return this.show();
  }

  /** Ask for the control token, once, however many need it, and begin again with it. */
  async askToken() {
    if (this._asking) return;
    this._asking = askToken(this.words, this.api.token !== "");
    this.api.token = await this._asking;
    this._asking = null;
    this.stream.restart();
    this.head.readPbxs();
    this._unmount();
    await this.show();
  }

  /** Show the view of the address. */
  async show() {
    const [path, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decoded);
    const entry = VIEWS.find((view) => view.path === path) ?? VIEWS[0];
    const behind = entry.path === path ? rest.join("/") : "";
    this.head.mark(entry.path);
    document.title = `${this.words.t(`${entry.path}.title`)} · pbxsim`;
    if (this._mounted?.path === entry.path && this._mounted.go) {
      this._mounted.go(behind);
      return;
    }
    const turn = (this._turn += 1);
    const { default: view } = await entry.load();
    if (turn !== this._turn) return; // somebody went on while it was read
    this._mount(view, behind);
  }

  _mount(view, rest) {
    const moved = this._mounted !== null && this._mounted.path !== view.path;
    this._unmount();
    const root = el("div", { class: `view ${view.path}` });
    replace(this.main, root);
    const ended = view.mount(root, this._context(rest));
    const { unmount = null, go = null } = typeof ended === "function" ? { unmount: ended } : (ended ?? {});
    this._mounted = { path: view.path, unmount, go };
    if (moved) this.main.focus({ preventScroll: true });
  }

  _unmount() {
    this._mounted?.unmount?.();
    this._mounted = null;
  }

  _context(rest) {
    const { store, api, words, pbx } = this;
    const announce = (told) => this.said.say(told);
    return { store, api, words, pbx, rest, announce, t: words.t, navigate: (path) => this.navigate(path) };
  }
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

chooseTheme(chosenTheme());
const words = await wordsOf(preferred());
document.documentElement.lang = words.language;
document.documentElement.dir = words.dir;
await new Page(words).start();
