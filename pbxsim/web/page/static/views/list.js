/**
 * The views, in the order of the tabs; the first is where the page begins. Each is read when it is first looked at.
 *
 * A view is a module `views/NAME.js`:
 *
 *   export default {
 *     path: "calls", // `#/calls`, and `#/calls/12`: what is behind it is `context.rest`, here "12"
 *     mount(root, context) { ...; return unmount; },
 *   };
 *
 * `mount` fills `root`, an empty element of the view's own, and gives the function that ends what it began (listeners of
 * the store, timers). Where it gives `{ unmount, go }` instead, `go(rest)` is called when only the rest of the path has
 * changed; otherwise the view is mounted anew. The tab's text is the key `NAME.title` of the languages, of which all
 * keys of a view begin with its name.
 *
 * `context` has
 *   store      what is known of the PBX: `store.all("calls")`, `store.get("phones", "sip100")`, `store.on("calls", callback)`
 *   api        `api.get(path, query)`, `api.send(method, path, body, query)`, `api.blob(path, query)`; they throw Problem
 *   t          `t("calls.title", { count: 3 })`; `words` has numbers, times and durations in that language
 *   navigate   `navigate("calls/12")` goes there
 *   announce   `announce(text)` has a screen reader say it, and shows it for a while; `announce(problem)` a Problem
 *   rest       what stands behind the view's path
 *   pbx        the name of the PBX that is looked at
 */
export const VIEWS = [
  { path: "telephones", load: () => import("./telephones.js") },
  { path: "calls", load: () => import("./calls.js") },
  { path: "requests", load: () => import("./requests.js") },
  { path: "webhooks", load: () => import("./webhooks.js") },
  { path: "wallboard", load: () => import("./wallboard.js") },
  { path: "try", load: () => import("./try.js") },
  { path: "cdrs", load: () => import("./cdrs.js") },
];
