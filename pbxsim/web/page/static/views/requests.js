/** Requests of clients, as they came: parameters, reply, the call that each made, and what it probably meant. */

import { Listing } from "./listing.js";
import { RequestPanel } from "./request.js";

export default {
  path: "requests",
  mount(root, context) {
    const listing = new Listing(root, context, {
      kind: "requests",
      columns: {
        at: (request, words) => words.time(request.at),
        vendor: (request) => request.vendor ?? "–",
        what: (request) => `${request.method} ${request.path}`,
        status: (request) => statusOf(request),
        call: (request) => String(request.call ?? ""),
        hints: (request) => request.hints.join("; "),
      },
      badges: { status: (request) => stateOf(request) },
      mark: (request) => (request.hints.length ? "warn" : null),
      filters: {
        which: [
          ["hints", (request) => request.hints.length > 0],
          ["refused", (request) => stateOf(request) === "bad"],
          ["calls", (request) => request.call !== null],
          ["nobody", (request) => request.vendor === null],
        ],
      },
      parts: partsOf,
      open: (panel, number, within) => new RequestPanel(panel, number, within),
    });
    return { unmount: () => listing.unmount(), go: (rest) => listing.go(rest) };
  },
};

/** Say what became of a request: a vendor's refusal often comes with status 200. */
export function stateOf({ status, code }) {
  return code || status >= 400 || status === 0 ? "bad" : "good";
}

/** Spell a status with the vendor's own code, where that is another. */
function statusOf({ status, code }) {
  return [status, code].filter((each, index) => each && !(index && String(each) === String(status))).join(" ") || "–";
}

function partsOf({ seq, vendor, method, path, params, code, status, call, hints, reply }) {
  return [seq, vendor, method, path, code, status, call, reply, ...hints, ...Object.entries(params).map((pair) => pair.join("="))];
}
