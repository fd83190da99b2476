/** One call of the telephone: what it is, and what can be done with it. */

const MEDIA = { mediaConstraints: { audio: true, video: false } };
const DECLINED = { status_code: 603, reason_phrase: "Decline" };

let made = 0;

export class Call {
  /**
   * `session` is JsSIP's. `state` is "ringing" (here), "dialling", "alerting" (it rings there), "up" or "ended"; of one that
   * has ended `cause` says why. `since` is when it came up, or was over (`performance.now()`). `onChange(call)` hears of
   * each change, `onProblem(key, cause)` of what could not be done.
   */
  constructor(session, isIncoming, onChange, onProblem) {
    this.key = (made += 1);
    this.session = session;
    this.isIncoming = isIncoming;
    this.state = isIncoming ? "ringing" : "dialling";
    this.isHeld = false;
    this.cause = "";
    this.wasEnded = false; // by the other party, or by the PBX, after it was answered or while it was dialled
    this.since = 0;
    this.sound = new Audio();
    this._change = (changes) => {
      Object.assign(this, changes);
      onChange(this);
    };
    this._onProblem = onProblem;
    this._listen();
  }

  get number() {
    return this.session.remote_identity.uri.user;
  }

  /** The other party's name, as its display name says; empty: none was sent. */
  get name() {
    return this.session.remote_identity.display_name ?? "";
  }

  get isUp() {
    return this.state === "up";
  }

  get isOver() {
    return this.state === "ended";
  }

  answer() {
    this.session.answer(MEDIA);
  }

  reject() {
    this._end(DECLINED);
  }

  hangUp() {
    this._end();
  }

  hold() {
    if (this.isUp && !this.isHeld) this.session.hold();
  }

  resume() {
    if (this.isUp && this.isHeld) this.session.unhold();
  }

  /** Press keys, as tones (RFC 4733). */
  press(keys) {
    this.session.sendDTMF(keys, { transportType: "RFC2833" });
  }

  /** Send the other party to an address; with another call, to whoever is in that. If it cannot be done they talk on. */
  transfer(address, other = null) {
    const failed = (said) => this._onProblem("phone.transfer.failed", said ? `${said.status_code} ${said.reason_phrase ?? ""}`.trim() : "");
    const eventHandlers = {
      requestFailed: ({ response }) => failed(response),
      failed: ({ status_line: said }) => failed(said),
      accepted: () => this._end(), // it is out of our hands; who is slow to hang up is hung up by us
    };
    this.session.refer(address, { eventHandlers, ...(other ? { replaces: other.session } : {}) });
  }

  _end(how = {}) {
    if (!this.session.isEnded()) this.session.terminate(how);
  }

  _listen() {
    const { session } = this;
    if (session.connection) this._hear(session.connection);
    else session.on("peerconnection", ({ peerconnection }) => this._hear(peerconnection));
    session.on("progress", ({ originator }) => originator === "remote" && this._change({ state: "alerting" }));
    session.on("accepted", () => this._change({ state: "up", since: performance.now() }));
    session.on("hold", ({ originator }) => originator === "local" && this._change({ isHeld: true }));
    session.on("unhold", ({ originator }) => originator === "local" && this._change({ isHeld: false }));
    session.on("sdp", (description) => this._see(description));
    session.on("getusermediafailed", () => this._onProblem("phone.microphone"));
    session.on("ended", (event) => this._over(event));
    session.on("failed", (event) => this._over(event));
  }

  /** Look at where the other side wants to have the sound. */
  _see({ originator, sdp }) {
    if (originator === "remote" && !sdp.includes("a=candidate")) this._onProblem("phone.nowhere");
  }

  _over({ cause, originator }) {
    this.sound.srcObject = null;
    const wasEnded = originator !== "local" && this.state !== "ringing";
    this._change({ state: "ended", isHeld: false, cause, wasEnded, since: performance.now() });
  }

  _hear(connection) {
    connection.addEventListener("track", ({ track, streams }) => {
      this.sound.srcObject = streams[0] ?? new MediaStream([track]);
      this.sound.play().catch(() => this._onProblem("phone.silent"));
    });
  }
}
