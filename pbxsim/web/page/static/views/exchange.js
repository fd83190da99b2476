/** A request that was sent as it is, and the reply to it, byte for byte as far as a browser tells. */

import { el, replace } from "../dom.js";

const ROW = 16;
const MOST_SHOWN = 65536;

export class Exchange {
  /** `entry` says whose credentials the server is to put where `***` stands; empty: nobody's. */
  constructor(request, entry, context) {
    this._request = request;
    this._entry = entry;
    this._context = context;
    this._links = el("p", { class: "links" });
  }

  get status() {
    return this._response.status;
  }

  async send() {
    const { method, target, headers, body } = this._request;
    const { api } = this._context;
    const own = this._entry ? { "X-Pbxsim-As": this._entry, ...(api.token ? { "X-Pbxsim-Token": api.token } : {}) } : {};
    const began = performance.now();
    this._response = await fetch(target, { method, body, headers: { ...headers, ...own }, cache: "no-store", redirect: "manual" });
    this._bytes = new Uint8Array(await this._response.arrayBuffer());
    this._took = performance.now() - began;
  }

  show() {
    const { t } = this._context;
    const { status, statusText, headers } = this._response;
    const lines = [`${status} ${statusText}`, ...[...headers].map((pair) => pair.join(": "))];
    return [
      el("h3", {}, t("try.reply"), " ", el("span", { class: "badge", data: { state: status < 400 ? "good" : "bad" } }, status),
        el("span", { class: "quiet" }, ` ${t("try.took", { count: Math.round(this._took) })}`)),
      this._links,
      el("pre", { class: "raw reply", tabindex: "0", "aria-label": t("try.reply") }, `${lines.join("\n")}\n\n${this._text()}`),
      el("details", {}, el("summary", {}, t("try.bytes", { count: this._bytes.length })),
        el("pre", { class: "raw bytes", tabindex: "0", "aria-label": t("try.bytes", { count: this._bytes.length }) }, hex(this._bytes))),
    ];
  }

  /** Find the request in the journal, and link to it and to the call that it made. */
  async findRequest(last) {
    const { api, t } = this._context;
    const path = this._request.target.split("?")[0];
    const listed = await api.get("/_pbxsim/requests", { after: last });
    const found = listed.findLast((request) => request.path === path && request.method === this._request.method);
    if (!found) return;
    replace(this._links,
      el("a", { href: `#/requests/${found.seq}` }, t("try.see-request", { seq: String(found.seq) })),
      found.call === null ? null : [" ", el("a", { href: `#/calls/${found.call}` }, t("try.see-call", { call: String(found.call) }))],
      found.hints.map((hint) => el("span", { class: "hint" }, hint)));
  }

  _text() {
    const charset = /charset="?([\w-]+)/i.exec(this._response.headers.get("Content-Type") ?? "")?.[1] ?? "utf-8";
    return decoderOf(charset).decode(this._bytes.subarray(0, MOST_SHOWN));
  }
}

/** Spell a request as it goes over the wire, but for the headers that every browser adds. */
export function requestText({ method, target, headers, body }) {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${location.host}`, ...Object.entries(headers).map((pair) => pair.join(": "))];
  return `${lines.join("\n")}\n\n${body ?? ""}`.trimEnd();
}

/** Spell bytes as `xxd` does: place, sixteen bytes, what of them is ASCII. */
export function hex(bytes) {
  const lines = [];
  for (let place = 0; place < Math.min(bytes.length, MOST_SHOWN); place += ROW) {
    const row = [...bytes.subarray(place, place + ROW)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ").padEnd(3 * ROW);
    const letters = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${place.toString(16).padStart(6, "0")}  ${digits} ${letters}`);
  }
  return lines.join("\n");
}

function decoderOf(charset) {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder("latin1");
  }
}
