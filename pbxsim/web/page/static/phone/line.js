/** A line of the PBX, as which this browser is registered at Asterisk: SIP over a WebSocket, by JsSIP. */

const EXPIRES = 120; // seconds
const LONGEST_RINGING = 3600; // the PBX says when it has rung for long enough
const SOONEST = 1; // seconds between two tries to connect, at least and at most
const LATEST = 4;

export class Line {
  /**
   * `account` is what the control API tells of the line's registration. `onState(state, why)` hears how it stands:
   * "connecting", "registered", "lost" (it tries again by itself), "refused". `onCall(session, isIncoming)` is given each call.
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
    this._agent.on("registered", () => onState("registered"));
    this._agent.on("disconnected", () => this._agent && onState("lost"));
    this._agent.on("registrationFailed", ({ cause, response }) => response && onState("refused", cause));
    this._agent.on("newRTCSession", ({ session, originator }) => onCall(session, originator === "remote"));
  }

  start() {
    this._agent.start();
  }

  /** Unregister, and end what calls there are. */
  stop() {
    const agent = this._agent;
    this._agent = null;
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
