"""A telephone of pyVoIP's, in a process of its own: it answers each call. GPLv3: never imported here.

python -m tests.engines.sip.voip_telephone HOST PORT USER PASSWORD OWN_PORT FIRST_PORT_FOR_SOUND
"""

from __future__ import annotations

import sys
import threading
from typing import Any, Final

SOUND_PORTS: Final = 40
"""So many it has: pyVoIP gives one back some time after the call."""


def main(host: str, port: str, user: str, password: str, own_port: str, sound: str) -> None:
    """Register, say so, and answer calls until the input ends."""
    from pyVoIP.VoIP import CallState, InvalidStateError, VoIPPhone

    pause = threading.Event()

    def rings(call: Any) -> None:  # noqa: ANN401 - pyVoIP's own
        try:
            call.answer()
            while call.state is CallState.ANSWERED:
                call.read_audio(160, blocking=False)
                pause.wait(0.02)
        except InvalidStateError:  # given up meanwhile
            pass
        print("over", flush=True)

    telephone = VoIPPhone(
        host, int(port), user, password, myIP="127.0.0.1", sipPort=int(own_port), callCallback=rings,
        rtpPortLow=int(sound), rtpPortHigh=int(sound) + SOUND_PORTS - 1,
    )  # fmt: skip
    telephone.start()
    print("started", flush=True)
    sys.stdin.read()
    telephone.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
