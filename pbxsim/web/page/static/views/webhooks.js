/** Webhooks: what was to be told to whom, each try and what came back, when the next one is. */

import { Listing } from "./listing.js";
import { WebhookPanel } from "./webhook.js";

export default {
  path: "webhooks",
  mount(root, context) {
    const listing = new Listing(root, context, {
      kind: "webhooks",
      columns: {
        at: (webhook, words) => words.time(webhook.posted_at),
        receiver: (webhook) => webhook.receiver,
        event: (webhook) => webhook.event,
        call: (webhook) => String(webhook.call ?? ""),
        state: (webhook, words) => words.t(`webhooks.state.${webhook.state}`),
        tries: (webhook, words) => words.number(webhook.tries.length),
        due: (webhook, words) => (webhook.due ? words.time(webhook.due) : ""),
      },
      badges: { state: (webhook) => webhook.state },
      filters: { which: ["pending", "delivered", "failed"].map((state) => [state, (webhook) => webhook.state === state]) },
      parts: ({ id, receiver, event, call, url, body, vendor }) => [id, receiver, event, call, url, body, vendor],
      open: (panel, number, within) => new WebhookPanel(panel, number, within),
    });
    return { unmount: () => listing.unmount(), go: (rest) => listing.go(rest) };
  },
};
