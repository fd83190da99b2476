/** Somebody calls: an outsider, or the person at one of the PBX's own telephones. */

import { asked } from "../dialogs.js";
import { el } from "../dom.js";

const TARGETS = ["to", "queue", "group", "menu", "context"];

/** Ask who calls whom, and have them call. */
export async function askIncomingCall({ api, store, t, words, announce }) {
  const field = (attributes) => el("input", { autocomplete: "off", maxlength: "128", ...attributes });
  const kind = el("select", {}, TARGETS.map((each) => el("option", { value: each }, t(`telephones.target.${each}`))));
  const known = el("datalist", { id: "incoming-targets" }, targetsOf(store).map((each) => el("option", { value: each })));
  const fields = {
    from: { label: t("telephones.from"), field: field({ value: "777123456", required: true, inputmode: "tel" }) },
    kind: { label: t("telephones.target"), field: kind },
    to: { label: t("telephones.to"), field: field({ list: known.id, required: true, autofocus: true }), with: known },
    name: { label: t("telephones.caller_name"), field: field({}) },
    presses: { label: t("telephones.presses"), field: field({ maxlength: "64" }) },
  };
  let call = null;
  await asked(words, t("telephones.incoming"), t("telephones.call"), fields, async (given) => {
    call = await api.send("POST", "/_pbxsim/calls", wishOf(given));
  });
  if (!call) return;
  store.put("calls", call);
  announce(t("telephones.calls", { from: call.src, to: call.dst }));
}

function wishOf({ from, kind, to, name, presses }) {
  const optional = { name: name.trim(), presses: presses.trim() };
  return { from: from.trim(), [kind]: to.trim(), ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value)) };
}

/** What can be called from outside, as far as it is known: public numbers, and queues by name. */
function targetsOf(store) {
  const numbers = [...store.all("phones").values()].flatMap((phone) => phone.public);
  return [...new Set([...numbers, ...store.all("queues").keys()])].slice(0, 200);
}
