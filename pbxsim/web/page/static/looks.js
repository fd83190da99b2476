/** How a page looks and speaks: two lists to choose from, remembered for the next time. */

import { el } from "./dom.js";
import { choose, LANGUAGES } from "./i18n.js";
import { chooseTheme, chosenTheme, THEMES } from "./theme.js";

/** Give the lists of colours and of languages. */
export function looks({ t, language: spoken }) {
  const theme = el("select", { "aria-label": t("head.theme"), on: { change: () => chooseTheme(theme.value) } },
    THEMES.map((each) => el("option", { value: each, selected: each === chosenTheme() }, t(`head.theme.${each || "system"}`))));
  const language = el("select", { "aria-label": t("head.language"), on: { change: () => speak(language.value) } },
    Object.entries(LANGUAGES).map(([name, title]) => el("option", { value: name, lang: name, selected: name === spoken }, title)));
  return el("span", { class: "looks" }, theme, language);
}

function speak(language) {
  choose(language);
  location.reload();
}
