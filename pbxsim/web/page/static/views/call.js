/** One call: its facts, why it went as it did, its recordings, and its ladder, which grows while the call goes on. */

import { problemText } from "../dialogs.js";
import { el, replace, setText } from "../dom.js";
import { fileOf, pictureOf } from "../ladder/picture.js";
import { recordingsOf, requestNumber, stepsOf } from "../ladder/steps.js";
import { linesOf, textOf } from "../ladder/text.js";
import { copy, save } from "../saving.js";
import { backTo, causesOf, factsOf } from "./panel.js";

const PAUSE = 300; // milliseconds between two readings of what is new: a call in progress changes often
const MOST = 10000;

export class CallPanel {
  constructor(root, number, context) {
    this.number = number;
    this._root = root;
    this._context = context;
    this._entries = [];
    this._webhooks = new Map();
    this._request = null;
    this._why = null;
    this._call = null;
    this._closed = false;
    this._reading = false;
    this._stale = false;
    const { t, store } = context;
    this._article = el("article", { class: "call", "aria-label": t("calls.one", { id: String(number) }) });
    this._parts = parts(t, this);
    replace(root, this._article);
    replace(this._article, el("p", { class: "quiet" }, t("listing.reading")));
    this._ends = [
      store.on("calls", ({ all, ids }) => (all ? this._begin() : ids.has(number) && this._read())),
      store.on("webhooks", ({ all, ids }) => !all && this._takeWebhooks(ids)),
    ];
    this._begin();
  }

  /** Listen no more. */
  close() {
    this._closed = true;
    this._ends.forEach((end) => end());
    clearTimeout(this._timer);
    this._parts.recordings.replaceChildren();
    for (const address of this._sounds ?? []) URL.revokeObjectURL(address);
  }

  /** Forget what was read, and read it anew: the PBX may have been reset. */
  _begin() {
    this._entries = [];
    this._webhooks.clear();
    this._request = null;
    this._recordings = "";
    this._read();
  }

  /** Read what is new, once in a while however often something changes. */
  _read() {
    this._stale = true;
    if (this._reading || this._closed) return;
    this._reading = true;
    this._readNow().finally(() => {
      this._timer = setTimeout(() => {
        this._reading = false;
        if (this._stale) this._read();
      }, PAUSE);
    });
  }

  async _readNow() {
    this._stale = false;
    const { api } = this._context;
    const call = this.number;
    const after = this._entries.at(-1)?.seq ?? 0;
    const ask = (path, query) => api.get(path, query);
    try {
      const [shown, entries, webhooks, why] = await Promise.all([
        ask(`/_pbxsim/calls/${call}`),
        ask("/_pbxsim/journal", { call, after, limit: MOST }),
        ask("/_pbxsim/webhooks", { call, limit: MOST }),
        ask(`/_pbxsim/explain/${call}`),
      ]);
      this._call = shown;
      if (after === (this._entries.at(-1)?.seq ?? 0)) this._entries.push(...entries);
      for (const webhook of webhooks) this._webhooks.set(webhook.id, webhook);
      this._why = why;
      await this._readRequest();
      if (!this._closed) this._show();
    } catch (problem) {
      if (!this._closed) this._fail(problem);
    }
  }

  async _readRequest() {
    const number = requestNumber(this._entries);
    if (number === null || this._request?.seq === number) return;
    const { store, api } = this._context;
    const known = store.get("requests", number);
    const [request] = known ? [known] : await api.get("/_pbxsim/requests", { after: number - 1, limit: 1 });
    this._request = request?.seq === number ? request : null;
  }

  _takeWebhooks(ids) {
    const mine = [...ids].map((id) => this._context.store.get("webhooks", id)).filter((each) => each?.call === this.number);
    if (mine.length) this._read();
  }

  _fail(problem) {
    if (problem.status === 401) return;
    const { words } = this._context;
    replace(this._article, backTo("calls", words.t), el("p", { class: "empty" }, problemText(problem, words)));
  }

  // -- shown -----------------------------------------------------------------------------------------------------------

  _show() {
    const { _parts: shown, _call: call, _context: { t, words } } = this;
    const webhooks = [...this._webhooks.values()];
    this._ladder = stepsOf({ call, entries: this._entries, request: this._request, webhooks }, words);
    if (shown.all.parentNode !== this._article) replace(this._article, shown.all);
    setText(shown.title, t("calls.one", { id: String(call.id) }));
    shown.badge.dataset.state = call.state;
    setText(shown.badge, t(`calls.state.${call.state}`));
    shown.hangup.hidden = call.state === "ended";
    replace(shown.facts, facts(call, this._request, words));
    replace(shown.why, causesOf(this._why));
    setText(shown.leftOut, this._ladder.leftOut ? t("calls.left-out", { count: this._ladder.leftOut }) : "");
    this._draw();
    this._showRecordings();
  }

  _draw() {
    const { _parts: shown, _context: { t } } = this;
    this._picture = pictureOf(this._ladder, t("calls.ladder.label", { id: String(this.number) }));
    replace(shown.ladder, el("div", { class: "stays" }, this._picture.heads), this._picture.rows);
    replace(shown.steps, linesOf(this._ladder).map(({ time, way, label, tone }) =>
      el("li", { class: tone }, el("span", { class: "number" }, time), el("bdi", {}, way), el("bdi", {}, label))));
  }

  _showRecordings() {
    const { _parts: shown, _context: { t } } = this;
    const files = recordingsOf(this._entries);
    const told = JSON.stringify(files);
    if (told === this._recordings) return; // one that is being played goes on
    this._recordings = told;
    shown.recordingsPart.hidden = !files.length;
    replace(shown.recordings, files.map(({ id, file }) => {
      const item = el("li", {}, el("bdi", {}, file));
      const play = el("button", { type: "button", on: { click: () => this._play(id, file, item, play) } }, t("calls.play"));
      item.append(" ", play);
      return item;
    }));
  }

  /** Read a recording, with the token where one is needed, and play it. */
  async _play(id, file, item, button) {
    const { api, announce, t } = this._context;
    button.disabled = true;
    try {
      const sound = await api.blob(`/_pbxsim/cdrs/${id}/recording`);
      const address = URL.createObjectURL(sound);
      (this._sounds ??= []).push(address);
      const audio = el("audio", { controls: true, src: address, "aria-label": t("calls.recording", { file }) });
      replace(item, el("bdi", {}, file), audio, el("button", { type: "button", on: { click: () => save(file, sound) } }, t("calls.save")));
      audio.focus();
      await audio.play();
    } catch (problem) {
      button.disabled = false;
      if (problem.name !== "AbortError") announce(problem);
    }
  }

  // -- what buttons do -------------------------------------------------------------------------------------------------

  async hangUp() {
    const { api, announce, t } = this._context;
    try {
      await api.send("POST", `/_pbxsim/calls/${this.number}/hangup`, {});
      announce(t("calls.hung-up", { id: String(this.number) }));
    } catch (problem) {
      if (problem.status !== 401) announce(problem);
    }
  }

  savePicture() {
    save(`call-${this.number}.svg`, fileOf(this._picture), "image/svg+xml");
  }

  saveText() {
    save(`call-${this.number}.txt`, this.text());
  }

  async copyLink() {
    const { announce, t, pbx } = this._context;
    const link = new URL(location.href);
    if (pbx) link.searchParams.set("pbx", pbx);
    link.hash = `#/calls/${this.number}`;
    await copy(String(link));
    announce(t("calls.copied"));
  }

  /** Give the call in words: its facts, why it went so, its steps. */
  text() {
    const { _call: call, _context: { t } } = this;
    const said = [`${t("calls.one", { id: String(call.id) })}: ${call.src} → ${call.dst}, ${t(`calls.state.${call.state}`)} ${outcomeOf(call)}`.trim()];
    return textOf(this._ladder, [...said, this._why.answer, ...this._why.causes.map((cause) => `- ${cause.words}`)]);
  }
}

function parts(t, panel) {
  const button = (key, does) => el("button", { type: "button", on: { click: does } }, t(key));
  const shown = {
    title: el("h3"),
    badge: el("span", { class: "badge" }),
    facts: el("div"),
    hangup: button("calls.hang-up", () => panel.hangUp()),
    why: el("div"),
    recordings: el("ul", { class: "recordings" }),
    ladder: el("div", { class: "ladder", tabindex: 0, role: "group", dir: "ltr", "aria-label": t("calls.ladder") }),
    leftOut: el("p", { class: "quiet" }),
    steps: el("ol", { class: "steps" }),
  };
  shown.recordingsPart = el("section", { hidden: true }, el("h4", {}, t("calls.recordings")), shown.recordings);
  shown.all = el("div", { class: "call-parts" },
    backTo("calls", t),
    el("div", { class: "call-head" }, shown.title, shown.badge,
      el("div", { class: "buttons" }, shown.hangup, button("calls.copy-link", () => panel.copyLink()),
        button("calls.save-svg", () => panel.savePicture()), button("calls.save-text", () => panel.saveText()))),
    shown.facts,
    el("section", { class: "why" }, el("h4", {}, t("listing.why")), shown.why),
    shown.recordingsPart,
    shown.ladder, shown.leftOut,
    el("details", {}, el("summary", {}, t("calls.in-words")), shown.steps));
  return shown;
}

function facts(call, request, words) {
  const { t } = words;
  return factsOf(words, "calls", [
    ["from", el("bdi", {}, call.src)],
    ["to", el("bdi", {}, call.dst)],
    ["by", request ? el("a", { href: `#/requests/${request.seq}` }, t("calls.request", { vendor: call.vendor, seq: String(request.seq) })) : call.vendor],
    ["reference", call.reference && el("bdi", {}, call.reference)],
    ["started", words.moment(call.started)],
    ["outcome", outcomeOf(call)],
    ["talked", call.seconds.from_connected === null ? "" : words.duration(call.seconds.from_connected)],
  ]);
}

/** Say what became of a call: its disposition, and why where that is no ordinary end. */
export function outcomeOf(call) {
  if (!call.disposition) return "";
  return call.cause === 16 || call.cause === null ? call.disposition : `${call.disposition} (${call.cause} ${call.cause_text})`;
}
