/** One request: what was sent, what came back, why, what it probably meant; and the same again for one's own program. */

import { LANGUAGES, isWhole, written } from "../copies.js";
import { el } from "../dom.js";
import { copy } from "../saving.js";
import { Panel, causesOf, factsOf } from "./panel.js";

export class RequestPanel extends Panel {
  constructor(root, number, context) {
    super(root, number, context, { kind: "requests", path: "/_pbxsim/requests" });
  }

  show(request, why) {
    const { t, words } = this.context;
    const copies = el("div", { class: "buttons" }, Object.keys(LANGUAGES).map((language) =>
      el("button", { type: "button", data: { copies: language }, on: { click: () => this._copy(language, request) } }, language)));
    return [
      factsOf(words, "requests", [
        ["at", words.moment(request.at)],
        ["vendor", request.vendor],
        ["client", el("bdi", {}, request.remote)],
        ["status", String(request.status || "")],
        ["code", request.code],
        ["call", request.call !== null && el("a", { href: `#/calls/${request.call}` }, t("calls.one", { id: String(request.call) }))],
        ["injected", request.injected],
        ["fault", request.fault],
      ]),
      request.hints.length ? el("section", { class: "hints" },
        el("h4", {}, t("requests.hints")), el("ul", {}, request.hints.map((hint) => el("li", {}, el("bdi", {}, coloured(hint)))))) : null,
      el("section", { class: "why" }, el("h4", {}, t("listing.why")), causesOf(why)),
      el("section", {}, el("h4", {}, t("requests.sent")), el("pre", { class: "target", dir: "ltr", tabindex: 0 }, `${request.method} ${request.path}`),
        paramsOf(request, t), bodyOf(request)),
      el("details", {}, el("summary", {}, t("requests.headers")), table(Object.entries(request.headers), t("requests.headers"), t)),
      el("section", {}, el("h4", {}, t("requests.reply")), el("pre", { class: "reply", dir: "ltr", tabindex: 0 }, request.reply),
        request.reply_size ? el("p", { class: "quiet" }, t("requests.reply-size", { count: request.reply_size })) : null),
      el("section", {}, el("h4", {}, t("requests.copy")), copies,
        isWhole(request) ? null : el("p", { class: "quiet" }, t("requests.not-whole"))),
    ];
  }

  async _copy(language, request) {
    const { announce, api, pbx, t } = this.context;
    try {
      const name = pbx || (await api.get("/_pbxsim/pbxs", { limit: 1 }))[0].name;
      await copy(written(language, request, location.origin, name));
      announce(t("requests.copied", { language }));
    } catch {
      announce(t("requests.not-copied"));
    }
  }
}

/** Colour what a hint names: `parameter 'Secret' is written 'secret'`, the wrong and the right. */
function coloured(hint) {
  const quoted = hint.split(/('[^']*')/);
  let seen = 0;
  return quoted.map((part, index) => (index % 2 ? el("mark", { class: (seen += 1) === 1 ? "bad" : "good", dir: "auto" }, part) : part));
}

function paramsOf(request, t) {
  const entries = Object.entries(request.params);
  if (!entries.length) return null;
  const named = new Set(request.hints.flatMap((hint) => [...hint.matchAll(/'([^']*)'/g)].map(([, name]) => name)));
  return table(entries, t("requests.params"), t, named);
}

function bodyOf({ body, params }) {
  if (body === null || JSON.stringify(body) === JSON.stringify(params)) return null; // a form: its fields stand there already
  const text = typeof body === "string" ? body : JSON.stringify(body, null, 2);
  return el("pre", { class: "body", dir: "ltr", tabindex: 0 }, text);
}

function table(entries, label, t, named = new Set()) {
  const rows = entries.map(([name, value]) =>
    el("tr", { class: named.has(name) ? "near" : null }, el("th", { scope: "row" }, el("bdi", {}, name)), el("td", {}, el("bdi", {}, value))));
  return el("table", { class: "pairs", "aria-label": label }, el("tbody", {}, rows));
}
