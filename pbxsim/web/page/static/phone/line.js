/** A line of the PBX, as which this browser is registered at Asterisk: SIP over a WebSocket, by JsSIP. */

const EXPIRES = 120; // seconds
const LONGEST_RINGING = 3600; // the PBX says when it has rung for long enough
const SOONEST = 1; // seconds between two tries to connect, at least and at most
const LATEST = 4;
const LONGEST_SILENCE = 5000; // ms: an Asterisk that still starts ignores all, and over a WebSocket nobody repeats it

export class Line {
  /**
   * `account` is what the control API tells of the line's registration. `onState(state, why)` hears how it stands:
   * "connecting", "registered", "lost" (it tries again by itself), "refused", or not answered at all: it is to be made
   * anew. `onCall(session, isIncoming)` is given each call.
   */
  constructor(JsSIP, account, onState, onCall) {
    this._JsSIP = JsSIP;
    const own = JsSIP.URI.parse(account.uri);
    this._place = [own.host, own.port];
    this._agent = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(account.ws)],
      uri: account.uri,
      authorization_user: account.user,
      password: account.secret,
      register_expires: EXPIRES,
      session_timers: false,
      no_answer_timeout: LONGEST_RINGING,
      connection_recovery_min_interval: SOONEST,
      connection_recovery_max_interval: LATEST,
      user_agent: `pbxsim ${document.documentElement.dataset.version}`,
    });
    const told = (state, why) => {
      clearTimeout(this._silence);
      if (this._agent) onState(state, why);
    };
    this._agent.on("connected", () => {
      this._silence = setTimeout(() => told("refused", JsSIP.C.causes.REQUEST_TIMEOUT), LONGEST_SILENCE);
    });
    this._agent.on("registered", () => told("registered"));
    this._agent.on("disconnected", () => told("lost"));
    this._agent.on("registrationFailed", ({ cause, response }) => {
      if (response || this._agent?.isConnected()) told("refused", cause);
    });
    this._agent.on("newRTCSession", ({ session, originator }) => onCall(session, originator === "remote"));
  }

  start() {
    this._agent.start();
  }

  /** Unregister, and end what calls there are. */
  stop() {
    const agent = this._agent;
    this._agent = null;
    clearTimeout(this._silence);
    agent.stop();
  }

  /** Dial a number. The call is told of as others are. */
  dial(number) {
    this._agent.call(this.address(number), { mediaConstraints: { audio: true, video: false } });
  }

  /** Give a number's address at the PBX. */
  address(number) {
    return new this._JsSIP.URI("sip", number, ...this._place);
  }
}
