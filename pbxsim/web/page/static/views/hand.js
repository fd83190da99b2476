/** A person's hand on a telephone: its verbs, and what follows from how the telephone stands. */

const KEYS = { a: ["answer"], r: ["reject"], x: ["hangup"], h: ["hold", "unhold"] };

export class Hand {
  constructor(context) {
    this._context = context;
  }

  /** Do something with a telephone, and show at once how it stands then. Gives whether it could be done. */
  async does(user, verb, body = undefined, method = "POST") {
    const { api, store, announce, t } = this._context;
    try {
      const phone = await api.send(method, `/_pbxsim/phones/${encodeURIComponent(user)}/${verb}`, body);
      store.put("phones", phone);
      announce(t("telephones.done", { what: t(`telephones.${verb}`), who: nameOf(phone) }));
      return true;
    } catch (problem) {
      if (problem.status !== 401) announce(problem);
      return false;
    }
  }

  /** Give what a telephone has in hand to another: its call, by a transfer; one at rest calls the other. */
  give(from, to) {
    const { store } = this._context;
    const [giver, taker] = [store.get("phones", from), store.get("phones", to)];
    if (!giver || !taker || from === to) return false;
    return this.does(from, talksOf(giver).length ? "transfer" : "dial", { to: taker.internal || taker.public[0] || taker.user });
  }

  /** Tell whether a key means something for a telephone as it stands. */
  hasKey(key, user) {
    return this._verb(key, user) !== undefined;
  }

  /** Do what a key means. */
  press(key, user) {
    return this.does(user, this._verb(key, user));
  }

  _verb(key, user) {
    const phone = this._context.store.get("phones", user);
    return (KEYS[key] ?? []).find((verb) => phone && can(phone, verb));
  }
}

/** Tell whether there is something to do for a verb without a body. */
export function can(phone, verb) {
  const [talks, held] = [talksOf(phone), phone.calls.filter((call) => call.on_hold)];
  return {
    answer: isRinging(phone),
    reject: isRinging(phone),
    hangup: phone.calls.length > 0 && !(isRinging(phone) && phone.calls.length === 1),
    hold: talks.length > 0,
    unhold: held.length > 0,
    swap: talks.length > 0 && held.length > 0,
    complete: held.length > 0 && phone.calls.length > 1,
    cancel: held.length > 0 && phone.calls.length > 1,
    register: !phone.registered,
    unregister: phone.registered,
  }[verb];
}

export function isRinging(phone) {
  return phone.calls.some((call) => call.state === "Ringing");
}

/** Give the calls that are up, and not on hold. */
export function talksOf(phone) {
  return phone.calls.filter((call) => call.state === "Up" && !call.on_hold);
}

/** Name a telephone: its number and whose it is. */
export function nameOf(phone) {
  return phone ? [phone.internal || phone.user, phone.owner].filter(Boolean).join(" ") : "";
}

/** Name those with whom a telephone is in calls, as far as the calls are known. */
export function partnersOf(phone, store) {
  return phone.calls.map((call) => partnerOf(call, store)).filter(Boolean);
}

/** Name who is at the other end of one of a telephone's calls; while nobody is, what its display shows. */
export function partnerOf({ call: number, channel }, store) {
  const call = store.get("calls", number);
  if (!call) return "";
  const others = call.legs.filter((leg) => leg.channel !== channel && !leg.ended);
  if (others.length) return others.slice(0, 3).map((leg) => ofLeg(leg, store)).join(", ");
  const own = call.legs.find((leg) => leg.channel === channel);
  return [own?.caller_id.number || call.dst, own?.caller_id.name].filter(Boolean).join(" ");
}

function ofLeg(leg, store) {
  return leg.line ? nameOf(store.get("phones", leg.line)) || leg.number : leg.number || leg.channel;
}
