/**
 * The PBX's events (server-sent, `/_pbxsim/events`) into the store: a snapshot, then what changes. Read by fetch, since an
 * EventSource could not send the token. Where the connection breaks, or nothing comes for long (the server tells the clock
 * every few seconds), it is made again, and resumes behind the last event.
 */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 5000;
const LONGEST_SILENCE = 15000;
const SLICE = 12; // milliseconds of events at a time: a snapshot of a large PBX comes at once, and the page answers meanwhile

const KIND_OF = { clock: "clock", call: "calls", phone: "phones", queue: "queues", agent: "agents", account: "accounts",
  request: "requests", webhook: "webhooks", cdr: "cdrs" };

export class Stream {
  /**
   * `onState` hears how it stands: "connecting", "live", "lost" (it tries again), "locked" (a token is needed), "resting"
   * (nobody sees the page).
   */
  constructor(api, store, onState = () => {}) {
    this._api = api;
    this._store = store;
    this.state = "connecting";
    this._onState = (state) => onState((this.state = state));
    this._last = "";
    this._wait = FIRST_WAIT;
    this._parts = null;
    this._run = 0;
    this._rests = false;
  }

  /** Begin, or begin anew at once. */
  start() {
    this.stop();
    this._wait = FIRST_WAIT;
    this._follow(this._run);
  }

  /** End; nothing is listened to any more. */
  stop() {
    this._run += 1;
    this._rests = false;
    this._cut?.abort();
    clearTimeout(this._timer);
    clearTimeout(this._silence);
  }

  /** End for as long as nobody sees the page: a browser has six connections to a server, and a hidden tab needs none. */
  rest() {
    this.stop();
    this._rests = true;
    this._onState("resting");
  }

  /** Go on behind what was seen last, where it rests. */
  wake() {
    if (this._rests) this.start();
  }

  /** Forget what was seen last, and begin with a snapshot: for another PBX. */
  restart() {
    this._last = "";
    this.start();
  }

  async _follow(run) {
    this._onState("connecting");
    try {
      await this._read(run);
    } catch (error) {
      if (run !== this._run) return;
      if (error.status === 401) {
        this._onState("locked");
        return;
      }
    }
    if (run !== this._run) return;
    clearTimeout(this._silence);
    this._onState("lost");
    this._timer = setTimeout(() => this._follow(run), this._wait);
    this._wait = Math.min(this._wait * 2, LONGEST_WAIT);
  }

  async _read(run) {
    this._cut = new AbortController();
    this._parts = null;
    const headers = { Accept: "text/event-stream", ...(this._last ? { "Last-Event-ID": this._last } : {}) };
    this._listen();
    const options = { headers, signal: this._cut.signal };
    const response = await this._api.response("GET", "/_pbxsim/events", undefined, {}, options);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const events = new EventReader((event) => run === this._run && this._take(event));
    for (let since = performance.now(); ; ) {
      const { done, value } = await reader.read();
      if (done || run !== this._run) return;
      this._listen();
      events.feed(value);
      if (performance.now() - since < SLICE) continue;
      await breath();
      since = performance.now();
    }
  }

  /** Cut a connection by which nothing has come for long. */
  _listen() {
    clearTimeout(this._silence);
    this._silence = setTimeout(() => this._cut.abort(), LONGEST_SILENCE);
  }

  _take({ name, data, id }) {
    if (name === "snapshot") this._takePart(JSON.parse(data));
    else if (KIND_OF[name]) this._store.put(KIND_OF[name], JSON.parse(data));
    if (id) this._last = id;
    if (this._parts === null) {
      this._wait = FIRST_WAIT;
      this._onState("live");
    }
  }

  /** A snapshot comes in parts, `{ kind, documents, last }`, and counts when it is whole. */
  _takePart({ kind, documents, last }) {
    this._parts ??= {};
    if (kind) (this._parts[kind] ??= []).push(...documents);
    if (!last) return;
    this._store.begin(this._parts);
    this._parts = null;
  }
}

/** Let the browser do what else waits; not by a timer, which a page that nobody sees has once a second. */
function breath() {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });
}

/** Takes text as it comes, and gives whole events (WHATWG HTML, 9.2.6, as far as the server speaks it). */
export class EventReader {
  constructor(onEvent) {
    this._onEvent = onEvent;
    this._rest = "";
    this._event = { name: "", data: "", id: "" };
  }

  feed(text) {
    const lines = (this._rest + text).split("\n");
    this._rest = lines.pop();
    for (const line of lines) this._line(line);
  }

  _line(line) {
    if (line === "") {
      if (this._event.name) this._onEvent(this._event);
      this._event = { name: "", data: "", id: "" };
    } else if (line.startsWith("event: ")) this._event.name = line.slice(7);
    else if (line.startsWith("data: ")) this._event.data += line.slice(6);
    else if (line.startsWith("id: ")) this._event.id = line.slice(4);
  }
}
