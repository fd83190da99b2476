/**
 * What became of the queues' callers in the last hour of the PBX's clock, minute by minute, drawn as small lines. It is read
 * of the journal: once at the beginning, and from then on what is new, at most once in a while.
 */

import { el, svg } from "../dom.js";

const MINUTE = 60_000;
const MINUTES = 60;
const PAUSE = 1000;
const PAGE = 10_000;
const KINDS = "caller-joined,caller-left";
const WIDTH = 240;
const HEIGHT = 40;

export class LastHour {
  /** `onChange` hears when there is something to draw anew. */
  constructor(context, onChange) {
    this._context = context;
    this._onChange = onChange;
    this._entries = [];
    this._last = 0;
    this._drawn = -1;
    this.look();
  }

  close() {
    this._isClosed = true;
    clearTimeout(this._timer);
  }

  /** Give the PBX's time in milliseconds, as it goes on between two events. */
  now() {
    const clock = this._context.store.get("clock");
    if (!clock) return 0;
    if (clock !== this._clock) {
      this._clock = clock;
      this._heard = performance.now();
    }
    return Date.parse(clock.now) + (performance.now() - this._heard) * clock.rate;
  }

  /** Look whether there is something new, soon. */
  look() {
    if (this._timer || this._isClosed) return;
    this._timer = setTimeout(() => this._read(), this._last ? PAUSE : 0);
  }

  /** Draw again where another minute has begun. */
  tick() {
    if (Math.floor(this.now() / MINUTE) !== this._drawn) this._draw();
  }

  /** Everything is new: another history, as after a reset. */
  forget() {
    this._entries = [];
    this._last = 0;
    this.look();
  }

  async _read() {
    const { api } = this._context;
    const now = this.now();
    try {
      if (now) await this._readPages(api, new Date(Math.max(0, now - MINUTES * MINUTE)).toISOString());
    } catch {
      // The stream says that the server is away; what is missing is read when it is back.
    }
    this._timer = null;
    if (this._isClosed) return;
    if (!now) this._timer = setTimeout(() => this._read(), PAUSE);
    this._draw();
  }

  async _readPages(api, since) {
    for (;;) {
      const query = { kind: KINDS, limit: PAGE, ...(this._last ? { after: this._last } : { since }) };
      const entries = await api.get("/_pbxsim/journal", query);
      this._entries.push(...entries);
      if (entries.length) this._last = entries[entries.length - 1].seq;
      if (entries.length < PAGE) break;
    }
    const first = this.now() - MINUTES * MINUTE;
    this._entries = this._entries.filter(({ at }) => Date.parse(at) >= first);
  }

  _draw() {
    if (this._isClosed) return;
    this._drawn = Math.floor(this.now() / MINUTE);
    this._onChange();
  }

  /** Draw a queue's hour: callers who were waiting, and per minute those who were answered and who gave up. */
  draw(queue) {
    const { t, words } = this._context;
    const series = this._seriesOf(queue);
    return ["waiting", "answered", "abandoned"].map((name) => {
      const most = Math.max(...series[name]);
      const label = t(`wallboard.hour.${name}`, { most: words.number(most) });
      return [el("span", { class: "quiet" }, t(`wallboard.${name}`)), svg("svg", { class: `spark ${name}`, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
        svg("title", {}, label), svg("path", { class: "area", d: `${pathOf(series[name], most)} L ${WIDTH} ${HEIGHT} L 0 ${HEIGHT} Z` }),
        svg("path", { class: "line", d: pathOf(series[name], most) }))];
    });
  }

  /** Give a queue's entries, but for the callers who could not even join it: those never waited. */
  _ofQueue(name) {
    const own = this._entries.filter(({ data }) => data.queue === name);
    const joined = new Set(own.filter(({ kind }) => kind === "caller-joined").map(({ call }) => call));
    return own.filter(({ data, call }) => data.how !== "overflow" || joined.has(call));
  }

  /** Count by minute, the oldest first; how many waited is reckoned back from how many wait now. */
  _seriesOf(queue) {
    const now = this.now();
    const answered = new Array(MINUTES).fill(0);
    const abandoned = new Array(MINUTES).fill(0);
    const waiting = new Array(MINUTES).fill(0);
    const own = this._ofQueue(queue.name);
    let waits = queue.waiters.length;
    let minute = MINUTES - 1;
    waiting[minute] = waits;
    for (const entry of own.toReversed()) {
      const place = MINUTES - 1 - Math.floor((now - Date.parse(entry.at)) / MINUTE);
      if (place < 0) break;
      while (minute > place) waiting[(minute -= 1)] = waits;
      waits = Math.max(0, waits + (entry.kind === "caller-left" ? 1 : -1));
      waiting[minute] = Math.max(waiting[minute], waits);
      if (entry.data.how === "connected") answered[place] += 1;
      else if (entry.data.how === "abandoned") abandoned[place] += 1;
    }
    while (minute > 0) waiting[(minute -= 1)] = waits;
    return { waiting, answered, abandoned };
  }
}

function pathOf(values, most) {
  const step = WIDTH / (values.length - 1);
  const height = (value) => HEIGHT - 2 - (most ? (value / most) * (HEIGHT - 4) : 0);
  return values.map((value, index) => `${index ? "L" : "M"} ${(index * step).toFixed(1)} ${height(value).toFixed(1)}`).join(" ");
}
