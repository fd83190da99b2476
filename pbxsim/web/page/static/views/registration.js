/** Where a telephone is registered, in words; and how a real one registers, to type in or to hold a camera in front of. */

import { problemText } from "../dialogs.js";
import { el, replace } from "../dom.js";

export function registrationOf({ registered, registration, user }, t) {
  const { host, port, contact, user_agent: agent, status } = registration;
  const place = host ? `${host}:${port}` : "";
  const known = [place, contact, agent, status].filter(Boolean).join(" · ");
  return [user, t(registered ? "telephones.registered" : "telephones.unregistered"), known].filter(Boolean).join(" · ");
}

/** Ask how a real telephone registers as a line, and show it in an element. */
export async function showAccount(root, user, { api, t, words, pbx }) {
  try {
    const account = await api.get(`/_pbxsim/phones/${encodeURIComponent(user)}/registration`);
    replace(root, account.server ? accountOf(account, t, pbx) : el("p", { class: "quiet" }, t("telephones.acted")));
  } catch (problem) {
    if (problem.status !== 401) replace(root, el("p", { class: "problem" }, problemText(problem, words)));
  }
}

function accountOf(account, t, pbx) {
  const said = ["server", "user", "secret", "uri", "ws"].filter((name) => account[name]);
  const facts = said.map((name) => el("div", {}, el("dt", {}, t(`telephones.account.${name}`)), el("dd", { class: "mono", dir: "ltr" }, account[name])));
  const picture = account.qr
    ? el("img", { src: account.qr, alt: t("telephones.account.qr", { uri: account.uri }), class: "qr" })
    : el("p", { class: "quiet" }, t("telephones.account.no_qr"));
  const here = account.ws && el("p", {}, el("a", { href: phoneOf(account.line, pbx) }, t("telephones.account.browser")));
  return [el("dl", { class: "facts" }, facts), picture, here];
}

/** Give the address of the page that is a line's telephone. */
function phoneOf(line, pbx) {
  return `/phone?${new URLSearchParams({ line, ...(pbx ? { pbx } : {}) })}`;
}
