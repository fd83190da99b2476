/** The page's colours: those of the system, or light or dark as was chosen and is remembered. */

const THEME = "pbxsim.theme";

export const THEMES = ["", "light", "dark"];

/** Set the colours: "light", "dark", or "" for those of the system. */
export function chooseTheme(theme) {
  localStorage.setItem(THEME, theme);
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

/** Give what was chosen. */
export function chosenTheme() {
  const theme = localStorage.getItem(THEME) ?? "";
  return THEMES.includes(theme) ? theme : "";
}
