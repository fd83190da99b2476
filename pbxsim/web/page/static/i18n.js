/**
 * The page's words, numbers and times in the language of whoever looks; in English where none of theirs is there. Every
 * language has every text: a test sees to it.
 */

export const LANGUAGES = { en: "English", cs: "Čeština", es: "Español", fa: "فارسی" };

const UTC = { timeZone: "UTC", hourCycle: "h23" };
const CHOSEN = "pbxsim.language";
const RIGHT_TO_LEFT = new Set(["fa"]);
const DIGITS = { fa: "۰۱۲۳۴۵۶۷۸۹" };
const FORMATS = {
  number: (language) => new Intl.NumberFormat(language),
  percent: (language) => new Intl.NumberFormat(language, { style: "percent" }),
  time: (language) => new Intl.DateTimeFormat(language, { timeStyle: "medium", ...UTC }),
  moment: (language) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium", ...UTC }),
};

export class Words {
  constructor(language, texts) {
    this.language = language;
    this.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
    this._texts = texts;
    this._formats = {};
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

  /** A number as the language writes it. A browser's Intl takes 20 ms for its first: a small one is written here. */
  number(value) {
    return isSmall(value) ? this._digits(value) : this._format("number").format(value);
  }

  /** So many in a hundred. */
  percent(value) {
    return this._format("percent").format(value / 100);
  }

  /** The time of day of an ISO 8601 moment, in UTC, as everywhere in the control API. */
  time(moment) {
    return this._format("time").format(new Date(moment));
  }

  /** Date and time of an ISO 8601 moment, in UTC. */
  moment(moment) {
    return this._format("moment").format(new Date(moment));
  }

  /** Seconds as 0:07, 12:34, 1:02:03. */
  duration(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const shown = parts[0] ? parts : parts.slice(1);
    return shown.map((part, index) => (index ? this._digits(String(part).padStart(2, "0")) : this.number(part))).join(":");
  }

  _format(name) {
    return (this._formats[name] ??= FORMATS[name](this.language));
  }

  _digits(number) {
    const own = DIGITS[this.language];
    return own ? String(number).replace(/\d/g, (digit) => own[digit]) : String(number);
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

/** Give a language's words: the page came with those that the browser asks for, others are read. */
export async function wordsOf(language) {
  const there = document.getElementById("words");
  if (there.lang === language) return new Words(language, JSON.parse(there.textContent));
  const response = await fetch(`/page/languages/${language}.json`);
  if (!response.ok) throw new Error(`languages/${language}.json: ${response.status}`);
  return new Words(language, await response.json());
}

function isSmall(value) {
  return Number.isInteger(value) && value >= 0 && value < 1000;
}
