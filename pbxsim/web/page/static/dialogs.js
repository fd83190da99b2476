/** What the page asks and says: questions in a dialog, news in a line that a screen reader reads. */

import { el, replace } from "./dom.js";

const SHOWN_FOR = 6000;

/** Says things politely, and shows them for a while; problems stay longer, and say what the server said. */
export class Said {
  constructor(root, words) {
    this._root = root;
    this._words = words;
  }

  /** Say a text or a Problem. */
  say(told) {
    const isProblem = told instanceof Error;
    const text = isProblem ? problemText(told, this._words) : told;
    clearTimeout(this._timer);
    replace(this._root, el("p", { class: isProblem ? "problem" : "" }, text));
    this._timer = setTimeout(() => replace(this._root), isProblem ? 2 * SHOWN_FOR : SHOWN_FOR);
  }
}

/** Spell out what went wrong. */
export function problemText(problem, words) {
  if (problem.status === 0) return words.t("page.unreachable");
  return problem.detail || problem.title || problem.message;
}

/** Ask whether to do something that cannot be undone. Gives true or false. */
export async function confirmed(words, question, yes) {
  const { dialog, closed } = opened(question);
  replace(
    dialog,
    el("form", { method: "dialog" },
      el("p", {}, question),
      el("div", { class: "buttons" },
        el("button", { value: "", autofocus: true }, words.t("page.cancel")),
        el("button", { value: "yes", class: "strong" }, yes))),
  );
  return (await closed) === "yes";
}

/** Ask for the control token; `isAgain`: the last one was not the server's. */
export async function askToken(words, isAgain) {
  const { dialog, closed } = opened(words.t("page.token"));
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  const field = el("input", { type: "password", autocomplete: "current-password", required: true, autofocus: true });
  replace(
    dialog,
    el("form", { method: "dialog" },
      el("p", {}, words.t("page.token.why")),
      isAgain && el("p", { class: "problem", role: "alert" }, words.t("page.token.wrong")),
      el("label", {}, words.t("page.token"), field),
      el("div", { class: "buttons" }, el("button", { value: "yes", class: "strong" }, words.t("page.token.use")))),
  );
  await closed;
  return field.value;
}

/**
 * Open a dialog with fields, and give what was filled in, null where it was dismissed. `fields`: `{ name: { label, field } }`,
 * with more elements as `with`. `attempt(values)` is what is to be done with it: while it throws, its problem is shown and
 * the dialog stays.
 */
export async function asked(words, title, yes, fields, attempt = async () => {}) {
  const { dialog, closed } = opened(title);
  const problem = el("p", { class: "problem", role: "alert" });
  const given = () => Object.fromEntries(Object.entries(fields).map(([name, { field }]) => [name, valueOf(field)]));
  const go = async (event) => {
    event.preventDefault();
    try {
      await attempt(given());
      dialog.close("yes");
    } catch (error) {
      replace(problem, problemText(error, words));
    }
  };
  replace(
    dialog,
    el("form", { method: "dialog", on: { submit: go } },
      el("h2", {}, title),
      Object.values(fields).map(({ label, field, with: more }) => [el("label", {}, label, field), more]),
      problem,
      el("div", { class: "buttons" },
        el("button", { type: "button", on: { click: () => dialog.close("") } }, words.t("page.cancel")),
        el("button", { class: "strong" }, yes))),
  );
  return (await closed) === "yes" ? given() : null;
}

function valueOf(field) {
  return field.type === "checkbox" ? field.checked : field.value;
}

function opened(title) {
  const dialog = el("dialog", { "aria-label": title });
  const closed = new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
  document.body.append(dialog);
  queueMicrotask(() => dialog.showModal()); // when it has been filled
  return { dialog, closed };
}
