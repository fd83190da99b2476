/** Calls, those in progress and those that ended; one opens as a ladder. */

import { CallPanel, outcomeOf } from "./call.js";
import { Listing } from "./listing.js";

export default {
  path: "calls",
  mount(root, context) {
    const listing = new Listing(root, context, {
      kind: "calls",
      columns: {
        started: (call, words) => words.time(call.started),
        state: (call, words) => words.t(`calls.state.${call.state}`),
        from: (call) => call.src,
        to: (call) => call.dst,
        outcome: (call) => outcomeOf(call),
        talked: (call, words) => (call.seconds.from_connected === null ? "" : words.duration(call.seconds.from_connected)),
      },
      badges: { state: (call) => call.state },
      filters: { which: [["live", (call) => call.state !== "ended"], ["ended", (call) => call.state === "ended"]] },
      parts: partsOf,
      open: (panel, number, within) => new CallPanel(panel, number, within),
    });
    return { unmount: () => listing.unmount(), go: (rest) => listing.go(rest) };
  },
};

function partsOf({ id, src, dst, reference, vendor, disposition, legs }) {
  const ofLegs = legs.flatMap((leg) => [leg.number, leg.line, leg.trunk, leg.channel, leg.caller_id.number, leg.caller_id.name]);
  return [id, src, dst, reference, vendor, disposition, ...ofLegs];
}
