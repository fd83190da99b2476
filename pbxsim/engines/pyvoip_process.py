"""Telephones of pyVoIP, in a process of their own: `python -m pbxsim.engines.pyvoip_process`, and never imported.

pyVoIP is GPLv3; so nothing but this program knows it, and this program is told in lines of JSON what its telephones are
to do, and tells so what has become of it. Its known faults are bounded here: CANCEL is answered, which it is not there
(its calls would be picked up by nobody's wish); refusals say why; OPTIONS is answered. What it costs in time is not
ours: a second before a call can be answered, a second before a telephone hears anything.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import warnings
from contextlib import suppress
from itertools import count
from typing import Any, Final

from pbxsim.tones import pitch, voice

warnings.simplefilter("ignore")  # of `audioop`, and of its own deprecated names: nobody reads them here
try:
    from pyVoIP.VoIP.VoIP import SIP, CallState, VoIPPhone
except ImportError as _missing:  # from Python 3.13 on it needs audioop-lts, which it does not ask for
    print(json.dumps({"line": "", "is": "failed", "why": f"pyVoIP cannot be imported: {_missing}"}), flush=True)
    raise SystemExit(1) from _missing

OWN_DELAY: Final = 1.0
"""Seconds that pyVoIP takes before it tells that it rings."""

_LOOK: Final = 0.05  # seconds between two looks at a call
_GRACE: Final = 1.0  # seconds for the other side's BYE
_SECOND: Final = 8_000  # bytes of its sound
_PORTS: Final = 20  # for sound, of each telephone
_FIRST_PORT: Final = 20_000 + os.getpid() % 400 * 50  # apart from those of other processes, as far as they can be
_saying: Final = threading.Lock()
_out: Final = sys.stdout
sys.stdout = sys.stderr  # pyVoIP prints what it does not understand
_numbers: Final = count()


class Telephone:
    """One line's telephone. What it is to do with a call comes before the call does (`expect`)."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.line: str = order["line"]
        self._voice = bytes((sample >> 8) + 128 for sample in voice(pitch(order["number"])))
        self._expected: dict[str, Any] = {}
        self._calls: dict[str, threading.Event] = {}  # by call: it is to end
        self._talks_until: threading.Event = threading.Event()
        self._talk: float | None = None
        first = _FIRST_PORT + next(_numbers) * _PORTS
        self._phone = _Phone(self, order, first)

    def begin(self) -> None:
        """Register, and wait for calls; it is tried until somebody is there."""
        try:
            self._phone.start()
        except Exception as error:
            _tell(self.line, "failed", why=f"{type(error).__name__}: {error}")
        else:
            _tell(self.line, "registered")

    def expect(self, order: dict[str, Any]) -> None:
        """Know what to do with the next call: `after` so many seconds (None: never) answer, or refuse with a `code`."""
        self._expected, self._talk = order, None

    def talk(self, seconds: float) -> None:
        """Hang up after so many seconds from now."""
        self._talk = seconds
        self._talks_until.set()

    def forget(self) -> None:
        """End whatever it does."""
        for over in list(self._calls.values()):
            over.set()
        if not self._calls:
            _tell(self.line, "quiet")

    def cancelled(self, call_id: str) -> None:
        """Hear that the caller has given up."""
        over = self._calls.get(call_id)
        if over is not None:
            over.set()

    def invited(self, call: Any) -> None:  # noqa: ANN401 - pyVoIP's own
        """Know a call from its first message on, not only when pyVoIP tells of it."""
        self._calls[call.call_id] = threading.Event()

    def rings(self, call: Any) -> None:  # noqa: ANN401 - pyVoIP's own
        """Do with a call what was told; in a thread of its own."""
        over, expected = self._calls.setdefault(call.call_id, threading.Event()), self._expected
        try:
            after = expected.get("after")
            is_over = over.wait(None if after is None else max(0.0, after - OWN_DELAY))
            if is_over:
                self._phone.refuse(call, "487 Request Terminated")
            elif expected.get("code"):
                self._phone.refuse(call, expected["code"])
            else:
                call.answer()
                self._talks(call, over)
        except Exception as error:
            _tell(self.line, "failed", why=f"{type(error).__name__}: {error}")
        finally:
            self._calls.pop(call.call_id, None)
            if not self._calls:
                _tell(self.line, "quiet")

    def _talks(self, call: Any, over: threading.Event) -> None:  # noqa: ANN401 - pyVoIP's own
        """Say something until one of the two hangs up."""
        _tell(self.line, "talks")
        talked = said = left = 0.0
        while call.state is CallState.ANSWERED:
            if talked >= said:
                call.write_audio(self._voice)
                said += len(self._voice) / _SECOND
            if self._talk is not None and self._talks_until.is_set():
                self._talks_until.clear()
                left = talked + self._talk
            if left and talked >= left:
                call.hangup()
                return
            if over.wait(_LOOK):
                self._lets_go(call)
                return
            talked += _LOOK

    def _lets_go(self, call: Any) -> None:  # noqa: ANN401 - pyVoIP's own
        """Wait for the other side's BYE, and do without where it does not come."""
        waited = 0.0
        while call.state is CallState.ANSWERED and waited < _GRACE:
            threading.Event().wait(_LOOK)
            waited += _LOOK
        call.bye()

    def end(self) -> None:
        """Take its registration back."""
        with suppress(Exception):
            self._phone.stop()


class _Phone(VoIPPhone):  # type: ignore[misc]
    """pyVoIP's telephone, with what it does not do."""

    def __init__(self, telephone: Telephone, order: dict[str, Any], first_port: int) -> None:
        self._telephone = telephone
        super().__init__(
            order["host"],
            order["port"],
            order["line"],
            order["secret"],
            myIP=_own_address(order["host"]),
            callCallback=telephone.rings,
            sipPort=_free_port(_own_address(order["host"])),
            rtpPortLow=first_port,
            rtpPortHigh=first_port + _PORTS - 1,
        )
        self._parse = self.sip.parse_message
        self.sip.parse_message = self._parsed

    def refuse(self, call: Any, answer: str) -> None:  # noqa: ANN401 - pyVoIP's own
        """Refuse a call that rings, with this status; pyVoIP knows busy only, and raises then."""
        if call.state is CallState.RINGING:
            self._send(self.sip.gen_busy(call.request).replace("486 Busy Here", answer, 1))
            for client in call.RTPClients:
                client.stop()
            call.state = CallState.ENDED
            self.calls.pop(call.call_id, None)

    def callback(self, request: Any) -> None:  # noqa: ANN401 - pyVoIP's own
        """Take what came; a CANCEL too."""
        if request.type is SIP.SIPMessageType.MESSAGE and request.method == "CANCEL":
            self._telephone.cancelled(request.headers["Call-ID"])
            return
        super().callback(request)

    def _create_Call(self, request: Any, sess_id: int) -> None:  # noqa: ANN401 - pyVoIP's own
        super()._create_Call(request, sess_id)
        self._telephone.invited(self.calls[request.headers["Call-ID"]])

    def _parsed(self, message: Any) -> None:  # noqa: ANN401 - pyVoIP's own
        if message.type is SIP.SIPMessageType.MESSAGE and message.method == "OPTIONS":
            self._send(self.sip.gen_ok(message))
        else:
            self._parse(message)

    def _send(self, message: str) -> None:
        self.sip.out.sendto(message.encode(), (self.server, self.port))


def _own_address(towards: str) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect((towards, 9))
        return str(asking.getsockname()[0])


def _free_port(host: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.bind((host, 0))
        return int(asked.getsockname()[1])


def _tell(line: str, what: str, **more: str) -> None:
    with _saying, suppress(BrokenPipeError):
        print(json.dumps({"line": line, "is": what, **more}), file=_out, flush=True)


def main() -> None:
    """Do what is told on the standard input, to its end."""
    telephones: dict[str, Telephone] = {}
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "register":
            telephone = telephones[order["line"]] = Telephone(order)
            threading.Thread(target=telephone.begin, daemon=True).start()
        elif order["do"] == "talk":
            telephones[order["line"]].talk(order["seconds"])
        elif order["do"] == "forget":
            telephones[order["line"]].forget()
        else:
            telephones[order["line"]].expect(order)
    ending = [threading.Thread(target=telephone.end, daemon=True) for telephone in telephones.values()]
    for thread in ending:
        thread.start()
    for thread in ending:
        thread.join(1.0)
    os._exit(0)  # its threads end with their last call, or never


if __name__ == "__main__":
    main()
