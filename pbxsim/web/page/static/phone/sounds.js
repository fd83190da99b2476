/**
 * The tones of the telephone, made here of sines. A browser makes no sound until somebody has touched its page: what is to
 * sound by then begins at that moment.
 */

const AHEAD = 0.05; // seconds from now on in which a tone is planned
const LOUD = 0.15;
const EDGE = 0.01; // seconds in which a tone comes and goes: a sudden one clicks

/** Each tone: its frequencies, and the seconds that it sounds and is silent, in turn. */
export const TONES = {
  ringing: { hertz: [400, 450], turns: [0.4, 0.2, 0.4, 2] },
  waiting: { hertz: [425], turns: [0.2, 4] }, // a second call, while there is one
  alerting: { hertz: [425], turns: [1, 4] }, // it rings there, as in Europe
  ended: { hertz: [425], turns: [0.3, 0.3] },
};

/** Plan one round of a tone on an audio context, from a moment on; give the moment at which the next one begins. */
export function plan(context, { hertz, turns }, from, output = context.destination) {
  let at = from;
  turns.forEach((seconds, index) => {
    if (index % 2 === 0) sound(context, hertz, at, seconds, output);
    at += seconds;
  });
  return at;
}

function sound(context, hertz, from, seconds, output) {
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(LOUD, from + EDGE);
  volume.gain.setValueAtTime(LOUD, from + seconds - EDGE);
  volume.gain.linearRampToValueAtTime(0, from + seconds);
  volume.connect(output);
  for (const frequency of hertz) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(volume);
    tone.start(from);
    tone.stop(from + seconds);
  }
}

export class Sounds {
  constructor() {
    this._name = "";
    this._context = null;
    this._output = null;
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => this._touched(), { once: true });
    if (navigator.userActivation?.hasBeenActive) this._touched();
  }

  /** Have a tone of `TONES` sound from now on, again and again; "" is silence. */
  play(name) {
    if (name === this._name) return;
    this._name = name;
    document.documentElement.dataset.sound = name;
    this._begin();
  }

  _touched() {
    this._context ??= new AudioContext();
    this._begin();
  }

  _begin() {
    clearTimeout(this._timer);
    this._output?.disconnect(); // what was planned is heard no more
    if (!this._context || !this._name) return;
    this._output = new GainNode(this._context);
    this._output.connect(this._context.destination);
    this._round(this._context.currentTime + AHEAD);
  }

  _round(from) {
    const next = plan(this._context, TONES[this._name], from, this._output);
    this._timer = setTimeout(() => this._round(next), Math.max(0, next - this._context.currentTime - AHEAD) * 1000);
  }
}
