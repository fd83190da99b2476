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

/** Ask for the control token until one is given. */
export async function askToken(words) {
  const { dialog, closed } = opened(words.t("page.token"));
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  const field = el("input", { type: "password", autocomplete: "current-password", required: true, autofocus: true });
  replace(
    dialog,
    el("form", { method: "dialog" },
      el("p", {}, words.t("page.token.why")),
      el("label", {}, words.t("page.token"), field),
      el("div", { class: "buttons" }, el("button", { value: "yes", class: "strong" }, words.t("page.token.use")))),
  );
  await closed;
  return field.value;
}

/** Open a dialog with fields, and give what was filled in, null where it was dismissed. `fields`: `{ name: element }`. */
export async function asked(words, title, yes, fields) {
  const { dialog, closed } = opened(title);
  replace(
    dialog,
    el("form", { method: "dialog" },
      el("h2", {}, title),
      Object.values(fields).map(({ label, field }) => el("label", {}, label, field)),
      el("div", { class: "buttons" },
        el("button", { value: "", formnovalidate: true }, words.t("page.cancel")),
        el("button", { value: "yes", class: "strong" }, yes))),
  );
  // The first button of a form is what Enter presses: it is to be the one that goes on.
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName === "BUTTON") return;
    event.preventDefault();
    dialog.querySelector("button.strong").click();
  });
  if ((await closed) !== "yes") return null;
  return Object.fromEntries(Object.entries(fields).map(([name, { field }]) => [name, valueOf(field)]));
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
