/** One delivery: what was sent, each try, the next one, and sending it once more. */

import { el } from "../dom.js";
import { Panel, causesOf, factsOf } from "./panel.js";

export class WebhookPanel extends Panel {
  constructor(root, number, context) {
    super(root, number, context, { kind: "webhooks", path: "/_pbxsim/webhooks" });
  }

  actions(webhook) {
    const { t } = this.context;
    return [
      el("span", { class: "badge", data: { state: webhook.state } }, t(`webhooks.state.${webhook.state}`)),
      el("div", { class: "buttons" }, el("button", { type: "button", on: { click: () => this._resend() } }, t("webhooks.resend"))),
    ];
  }

  show(webhook, why) {
    const { t, words } = this.context;
    return [
      factsOf(words, "webhooks", [
        ["receiver", el("bdi", {}, webhook.receiver)],
        ["event", webhook.event],
        ["vendor", webhook.vendor],
        ["at", words.moment(webhook.posted_at)],
        ["call", webhook.call !== null && el("a", { href: `#/calls/${webhook.call}` }, t("calls.one", { id: String(webhook.call) }))],
        ["due", webhook.due && words.moment(webhook.due)],
        ["redelivered", webhook.redelivered ? words.number(webhook.redelivered) : ""],
      ]),
      el("section", { class: "why" }, el("h4", {}, t("listing.why")), causesOf(why)),
      el("section", {}, el("h4", {}, t("webhooks.sent")),
        el("pre", { class: "sent", dir: "ltr", tabindex: 0 }, [`${webhook.method} ${webhook.url}`, webhook.content_type && `Content-Type: ${webhook.content_type}`, "",
          bodyOf(webhook)].filter((line) => line !== null).join("\n"))),
      el("section", {}, el("h4", {}, t("webhooks.tries")), this._tries(webhook)),
    ];
  }

  _tries({ tries }) {
    const { t, words } = this.context;
    if (!tries.length) return el("p", { class: "quiet" }, t("webhooks.no-try"));
    const names = ["try", "at", "came", "took", "reply"];
    return el("table", { class: "tries", "aria-label": t("webhooks.tries") },
      el("thead", {}, el("tr", {}, names.map((name) => el("th", { scope: "col" }, t(`webhooks.${name}`))))),
      el("tbody", {}, tries.map((each, index) => el("tr", {},
        el("td", {}, words.number(index + 1)), el("td", { class: "number" }, words.time(each.at)),
        el("td", {}, el("span", { class: "badge", data: { state: isTaken(each) ? "good" : "bad" } }, each.status ?? each.error)),
        el("td", { class: "number" }, t("webhooks.milliseconds", { count: Math.round(each.took_ms) })),
        el("td", {}, el("bdi", {}, each.reply))))));
  }

  async _resend() {
    const { api, announce, store, t } = this.context;
    try {
      store.put("webhooks", await api.send("POST", `/_pbxsim/webhooks/${this.number}/redeliver`));
      announce(t("webhooks.resent", { id: String(this.number) }));
    } catch (problem) {
      if (problem.status !== 401) announce(problem);
    }
  }
}

function isTaken({ status }) {
  return status !== null && status >= 200 && status < 300;
}

function bodyOf({ body, body_base64: coded, content_type: type }) {
  if (coded !== null) return coded;
  if (body === null || !(type ?? "").includes("json")) return body ?? "";
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
