"""A telephone of pyVoIP's, in a process of its own: it answers each call. GPLv3: never imported here.

It says a tone, and tells of each call how loud it heard two tones, as in `heard 12 9000`: the loudest quarter of a
second of each, of 8-bit sound as pyVoIP has it.

python -m tests.engines.sip.voip_telephone HOST PORT USER PASSWORD OWN_PORT FIRST_PORT_FOR_SOUND HERTZ HERTZ
"""

from __future__ import annotations

import sys
import threading
from math import hypot, pi, sin
from typing import Any, Final

_RATE: Final = 8_000
_PACKET: Final = 160
_WINDOW: Final = 2_000

SOUND_PORTS: Final = 40
"""So many it has: pyVoIP gives one back some time after the call."""


def main(
    host: str, port: str, user: str, password: str, own_port: str, sound: str, says: str, listens_for: str
) -> None:
    """Register, say so, and answer calls until the input ends."""
    from pyVoIP.VoIP import CallState, InvalidStateError, VoIPPhone

    pause = threading.Event()
    said = bytes(int(128 + 70 * sin(2 * pi * int(says) * index / _RATE)) for index in range(_RATE))

    def rings(call: Any) -> None:  # noqa: ANN401 - pyVoIP's own
        heard = bytearray()
        try:
            call.answer()
            call.write_audio(said * 60)  # a minute, which it sends at its own speed
            while call.state is CallState.ANSWERED:
                heard += call.read_audio(_PACKET, blocking=False)
                pause.wait(_PACKET / _RATE)
        except InvalidStateError:  # given up meanwhile
            pass
        sound = bytes(heard)
        sys.stdout.write(f"heard {loudest(sound, int(says))} {loudest(sound, int(listens_for))}\n")  # whole: it is read
        sys.stdout.flush()

    telephone = VoIPPhone(
        host, int(port), user, password, myIP="127.0.0.1", sipPort=int(own_port), callCallback=rings,
        rtpPortLow=int(sound), rtpPortHigh=int(sound) + SOUND_PORTS - 1,
    )  # fmt: skip
    telephone.start()
    print("started", flush=True)
    sys.stdin.read()
    telephone.stop()


def loudest(sound: bytes, hertz: int) -> int:
    """Tell how loud a tone is in 8-bit sound, at its loudest."""
    turns = [2 * pi * hertz * index / _RATE for index in range(_WINDOW)]
    waves = [(sin(turn), sin(turn + pi / 2)) for turn in turns]
    found = 0.0
    for start in range(0, len(sound) - _WINDOW + 1, _WINDOW):
        window = sound[start : start + _WINDOW]
        sines = sum((sample - 128) * wave[0] for sample, wave in zip(window, waves, strict=True))
        cosines = sum((sample - 128) * wave[1] for sample, wave in zip(window, waves, strict=True))
        found = max(found, 2 * hypot(sines, cosines) / _WINDOW)
    return int(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
