/**
 * A call as steps between columns: who did what to whom, in the order of the PBX's journal, with the request that asked for
 * it and each try of its webhooks. The picture and the text are both made of this.
 *
 * A head is `{ key, title, sub }`. A step is `{ at, from, to, both, tone, label, kind, channel }`: `from` and `to` are keys of
 * heads, the same one for what happens at one place; `tone` is "", "good", "warn" or "bad".
 */

const CLIENT = "client";
export const PBX = "pbx";
const RECORDS = "records";
const CLEARED = new Set([16, 31]); // Q.850: normal clearing, and normal where nothing else is said
const COUNTS = new Set(["billsec", "duration", "attempt"]);
const UNITS = 1e6; // amounts are millionths

/** Most steps that are shown; of a longer call the beginning and the end. */
const MOST = 400;
const FIRST = 100;

/** Give `{ heads, steps, left_out }` of what is known: `{ call, entries, request, webhooks }`. */
export function stepsOf({ call, entries, request, webhooks }, words) {
  const spell = new Spelling(words, call);
  const told = entries.filter((entry) => entry.kind !== "notice-posted" || !webhooks.length);
  const all = [...asked(request, words), ...told.map((entry) => spell.step(entry))];
  const steps = merged(all, webhooks.flatMap((webhook) => tried(webhook, words)));
  const heads = headsOf(call, request, steps, words);
  if (steps.length <= MOST) return { heads, steps, leftOut: 0 };
  const kept = [...steps.slice(0, FIRST), ...steps.slice(FIRST - MOST)];
  return { heads, steps: kept, leftOut: steps.length - kept.length };
}

/** Give the number of the request that asked for the call, if the journal knows of one. */
export function requestNumber(entries) {
  return entries.find((entry) => entry.kind === "reply")?.data.request ?? null;
}

/** Give the records with a recording: `[{ id, file }]`, as the journal has them, moves included. */
export function recordingsOf(entries) {
  const files = new Map();
  for (const { kind, data } of entries) {
    if (kind === "cdr-closed" && data.recording_file) files.set(data.id, data.recording_file);
    if (kind === "recording-moved") files.set(data.cdr, data.recording_file);
  }
  return [...files].map(([id, file]) => ({ id, file }));
}

/** Give the time of an ISO 8601 moment, to the millisecond where it is not a whole second. */
export function timeOf(at) {
  const [whole, fraction = ""] = at.slice(11, -1).split(".");
  const part = fraction.slice(0, 3);
  return Number(part) ? `${whole}.${part}` : whole;
}

// -- heads -------------------------------------------------------------------------------------------------------------

function headsOf(call, request, steps, words) {
  const { t } = words;
  const legs = call.legs.map((leg) => ({ key: keyOf(leg.channel), title: leg.number, sub: leg.line ?? leg.trunk ?? "" }));
  const used = new Set(steps.flatMap((step) => [step.from, step.to]));
  const ends = [...used].filter((key) => key.startsWith("to:"));
  return [
    request && { key: CLIENT, title: t("calls.head.client"), sub: request.remote },
    { key: PBX, title: t("calls.head.pbx"), sub: call.vendor },
    ...legs,
    used.has(RECORDS) && { key: RECORDS, title: t("calls.head.records"), sub: "" },
    ...ends.map((key) => ({ key, title: key.slice(3), sub: t("calls.head.receiver") })),
  ].filter(Boolean);
}

function keyOf(channel) {
  return `leg:${channel}`;
}

// -- the request -------------------------------------------------------------------------------------------------------

function asked(request, { t }) {
  if (!request) return [];
  const { method, path, at } = request;
  return [step(at, "request", CLIENT, PBX, t("calls.step.request", { method, path }))];
}

// -- webhooks ----------------------------------------------------------------------------------------------------------

function tried(webhook, words) {
  const { t } = words;
  const { event, receiver, state, posted_at: posted, tries, due } = webhook;
  const to = `to:${receiver}`;
  const made = tries.map(({ at, status, error }, index) => {
    const values = { event, number: index + 1, came: status === null ? (error ?? "") : String(status) };
    const isTaken = state === "delivered" && index === tries.length - 1;
    const key = tries.length > 1 ? "calls.step.webhook-tried" : "calls.step.webhook";
    return step(at, "webhook", PBX, to, t(key, values), isTaken ? "good" : "bad");
  });
  if (state !== "pending") return made;
  const wait = t("calls.step.webhook-waits", { event, due: words.time(due) });
  return [...made, step(tries.length ? tries.at(-1).at : posted, "webhook", PBX, to, wait, "warn")];
}

function merged(steps, others) {
  const rest = others.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  const out = [];
  for (const each of steps) {
    while (rest.length && rest[0].at < each.at) out.push(rest.shift());
    out.push(each);
  }
  return [...out, ...rest];
}

// -- entries of the journal --------------------------------------------------------------------------------------------

function step(at, kind, from, to, label, tone = "", more = {}) {
  return { at, kind, from, to, label, tone, both: false, channel: null, ...more };
}

/** Spells entries. A kind without a text of its own is shown by its name and what the journal has of it. */
class Spelling {
  constructor(words, call) {
    this._words = words;
    this._legs = new Set(call.legs.map((leg) => leg.channel));
  }

  step(entry) {
    const { at, kind, data } = entry;
    const channel = this._legs.has(entry.channel) ? entry.channel : null;
    const leg = channel ? keyOf(channel) : PBX;
    const { from = leg, to = PBX, tone = "", both = false } = this._way(kind, data, leg);
    return step(at, kind, from, to, this._label(kind, data), tone, { both, channel });
  }

  _way(kind, data, leg) {
    switch (kind) {
      case "reply":
        return { from: PBX, to: CLIENT, tone: data.code ? "bad" : "good" };
      case "leg-dialed":
        return data.calls_us ? {} : { from: PBX, to: leg };
      case "leg-answered":
        return { tone: "good" };
      case "leg-held":
        return { tone: "warn" };
      case "leg-refused":
      case "call-fault-struck":
      case "recording-failed":
        return { tone: "bad" };
      case "leg-ended": {
        const tone = CLEARED.has(data.cause) ? "" : "bad";
        return data.ends_call ? { tone } : { from: PBX, to: leg, tone };
      }
      case "call-bridged":
        return { from: this._end(data.first), to: this._end(data.second), both: true, tone: "good" };
      case "call-ended":
        return { tone: data.disposition === "ANSWERED" ? "" : "bad" };
      case "cdr-closed":
      case "credit-changed":
      case "recording-moved":
        return { from: PBX, to: RECORDS };
      case "notice-posted":
        return { from: PBX, to: `to:${data.receiver}` };
      default:
        return {};
    }
  }

  _end(channel) {
    return this._legs.has(channel) ? keyOf(channel) : PBX;
  }

  _label(kind, data) {
    const key = kind === "leg-dialed" && data.calls_us ? "calls.step.leg-calls" : `calls.step.${kind}`;
    if (!this._words.has(key)) return `${kind} ${JSON.stringify(data)}`;
    return this._words.t(key, this._values(kind, data)).trim();
  }

  _values(kind, data) {
    const values = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, shown(name, value)]));
    if (kind === "credit-changed") {
      values.amount = this._amount(data.millionths);
      values.credit = this._amount(data.balance);
    }
    if (kind === "leg-dialed") values.sees = [data.sees.number, data.sees.name].filter(Boolean).join(" ") || "–";
    if (kind === "decision-answered") values.said = data.failed ?? JSON.stringify(data.said);
    if (kind === "announcement-played") values.said = data.said.join(" ");
    if (kind === "call-parked") values.until = this._words.time(data.until);
    return values;
  }

  _amount(millionths) {
    return new Intl.NumberFormat(this._words.language, { minimumFractionDigits: 2, maximumFractionDigits: 6 }).format(millionths / UNITS);
  }
}

/** Numbers that name something are written as they are; those that count, as the language writes numbers. */
function shown(name, value) {
  if (value === null) return "–";
  if (typeof value === "object") return JSON.stringify(value);
  return COUNTS.has(name) || name.endsWith("seconds") ? value : String(value);
}
