/** Telephones as lamps: how each stands, and who talks to whom. */

import { el, KeyedList, replace, setAttribute, setText } from "../dom.js";

export default {
  path: "telephones",
  mount(root, context) {
    const { store, t } = context;
    const list = el("ul", { class: "phones" });
    replace(root, el("h2", { class: "hidden-text" }, t("telephones.title")), list);
    const phones = new KeyedList(list, {
      key: (phone) => phone.user,
      create: () => el("li", { class: "phone" }, el("h3"), el("p")),
      update: (item, phone) => {
        setAttribute(item, "data-state", phone.device_state);
        setText(item.children[0], `${phone.internal} ${phone.owner}`);
        setText(item.children[1], phone.device_state);
      },
    });
    const show = ({ all, ids }) => {
      if (all) phones.set([...store.all("phones").values()]);
      else for (const id of ids) phones.patch(store.get("phones", id));
    };
    show({ all: true });
    return store.on("phones", show);
  },
};
