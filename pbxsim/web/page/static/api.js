/** The control API: what a page asks of it, as the PBX that is looked at and with the token that was given. */

const TOKEN = "pbxsim.token";

/** What the control API answered instead (RFC 9457): `status` (0: nothing came), `title`, `detail`. */
export class Problem extends Error {
  constructor(status, title, detail, members = {}) {
    super(detail || title);
    this.name = "Problem";
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.members = members;
  }
}

export class Api {
  /** `pbx` is the name of the PBX that is meant, empty: the server's first. `onLocked` hears that a token is needed. */
  constructor(pbx = "", onLocked = () => {}) {
    this.pbx = pbx;
    this._onLocked = onLocked;
  }

  /** The control token; it is forgotten with the tab. */
  get token() {
    return sessionStorage.getItem(TOKEN) ?? "";
  }

  set token(token) {
    if (token) sessionStorage.setItem(TOKEN, token);
    else sessionStorage.removeItem(TOKEN);
  }

  /** Read a document. Throws Problem. */
  async get(path, query = {}) {
    return (await this.response("GET", path, undefined, query)).json();
  }

  /** Do something; gives the document that was answered, null where there is none. Throws Problem. */
  async send(method, path, body = undefined, query = {}) {
    const text = await (await this.response(method, path, body, query)).text();
    return text ? JSON.parse(text) : null;
  }

  /** Read something that is no document: a recording, a CSV file. Throws Problem. */
  async blob(path, query = {}) {
    return (await this.response("GET", path, undefined, query)).blob();
  }

  /** Ask, and give the response, which is a good one. `options` go to fetch. Throws Problem. */
  async response(method, path, body = undefined, query = {}, options = {}) {
    const { token } = this;
    const headers = { ...this._authorization(), ...options.headers };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const given = body === undefined ? undefined : JSON.stringify(body);
    const response = await fetched(this.url(path, query), { cache: "no-store", ...options, method, headers, body: given });
    if (response.ok) return response;
    const problem = await problemOf(response);
    if (problem.status === 401 && token === this.token) this._onLocked(); // else it was given meanwhile
    throw problem;
  }

  /** Give the address of something, with the PBX that is meant. */
  url(path, query = {}) {
    const pairs = Object.entries({ ...query, ...(this.pbx ? { pbx: this.pbx } : {}) });
    const asked = new URLSearchParams(pairs.filter(([, value]) => value !== null && value !== undefined && value !== ""));
    return asked.size ? `${path}?${asked}` : path;
  }

  _authorization() {
    return this.token ? { Authorization: `Bearer ${this.token}` } : {};
  }
}

async function fetched(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "", error.message);
  }
}

async function problemOf(response) {
  try {
    const { title, detail, ...members } = await response.json();
    return new Problem(response.status, title ?? response.statusText, detail ?? "", members);
  } catch {
    return new Problem(response.status, response.statusText, "");
  }
}
