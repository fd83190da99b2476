/**
 * The page's words, numbers and times in the language of whoever looks; in English where none of theirs is there. Every
 * language has every text: a test sees to it.
 */

export const LANGUAGES = { en: "English", cs: "Čeština", es: "Español", fa: "فارسی" };

const UTC = { timeZone: "UTC", hourCycle: "h23" };
const CHOSEN = "pbxsim.language";
const RIGHT_TO_LEFT = new Set(["fa"]);

export class Words {
  constructor(language, texts) {
    this.language = language;
    this.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
    this._texts = texts;
    this._number = new Intl.NumberFormat(language);
    this._time = new Intl.DateTimeFormat(language, { timeStyle: "medium", ...UTC });
    this._moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium", ...UTC });
    this.t = this.t.bind(this);
  }

  /** Give a text, with `{name}` filled in of `values`; a number is written as the language does. */
  t(key, values = {}) {
    const text = this._texts[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? this._value(values[name]) : whole));
  }

  /** Tell whether there is a text of that key: for words that come from the server. */
  has(key) {
    return key in this._texts;
  }

  number(value) {
    return this._number.format(value);
  }

  /** The time of day of an ISO 8601 moment, in UTC, as everywhere in the control API. */
  time(moment) {
    return this._time.format(new Date(moment));
  }

  /** Date and time of an ISO 8601 moment, in UTC. */
  moment(moment) {
    return this._moment.format(new Date(moment));
  }

  /** Seconds as 0:07, 12:34, 1:02:03. */
  duration(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const shown = parts[0] ? parts : parts.slice(1);
    const two = new Intl.NumberFormat(this.language, { minimumIntegerDigits: 2, useGrouping: false });
    return shown.map((part, index) => (index ? two : this._number).format(part)).join(":");
  }

  _value(value) {
    return typeof value === "number" ? this.number(value) : String(value);
  }
}

/** Give the language that was chosen, or else the first of the browser's that there is. */
export function preferred() {
  const chosen = localStorage.getItem(CHOSEN);
  const asked = [chosen, ...navigator.languages].map((each) => (each ?? "").toLowerCase().split("-")[0]);
  return asked.find((each) => each in LANGUAGES) ?? "en";
}

/** Remember a language for the next time. */
export function choose(language) {
  localStorage.setItem(CHOSEN, language);
}

/** Read a language's words. */
export async function wordsOf(language) {
  const response = await fetch(`/page/languages/${language}.json`);
  if (!response.ok) throw new Error(`languages/${language}.json: ${response.status}`);
  return new Words(language, await response.json());
}
