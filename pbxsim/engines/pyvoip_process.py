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
from collections import deque
from contextlib import suppress
from itertools import count
from typing import Any, Final

from pbxsim.tones import pitch, voice

warnings.simplefilter("ignore")  # of `audioop`, and of its own deprecated names: nobody reads them here
try:
    from pyVoIP.VoIP.VoIP import SIP, CallState, InvalidStateError, VoIPPhone
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


class _Task:
    """One call: its leg's number, and what is to be done with it. One that nobody expects rings."""

    def __init__(self) -> None:
        self.leg = 0
        self.after: float | None = None
        self.code = ""
        self.over = threading.Event()  # it is to end
        self.talk: float | None = None  # seconds from now until it is hung up

    def take(self, order: dict[str, Any]) -> None:
        """Take what was told."""
        self.leg, self.after, self.code = order["leg"], order["after"], order.get("code", "")


class Telephone:
    """One line's telephone. What it is to do with a call comes before the call does (`expect`), in the same order."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.line: str = order["line"]
        self._voice = bytes((sample >> 8) + 128 for sample in voice(pitch(order["number"])))
        self._expected: deque[dict[str, Any]] = deque()
        self._tasks: dict[str, _Task] = {}  # by call
        first = _FIRST_PORT + next(_numbers) * _PORTS
        self._phone = _Phone(self, order, first)

    def begin(self) -> None:
        """Register, and wait for calls; pyVoIP tries it three times."""
        try:
            self._phone.start()
        except Exception as error:
            _tell(self.line, "failed", why=f"{type(error).__name__}: {error}")
        else:
            _tell(self.line, "registered")

    def expect(self, order: dict[str, Any]) -> None:
        """Know what to do with the next call: `after` so many seconds (None: never) answer, or refuse with a `code`."""
        self._expected.append(order)

    def talk(self, leg: int, seconds: float) -> None:
        """Hang up after so many seconds from now."""
        for task in self._tasks_of(leg):
            task.talk = seconds

    def forget(self, leg: int) -> None:
        """End a call, whether it has come already or not."""
        for expected in [each for each in self._expected if each["leg"] == leg]:
            self._expected.remove(expected)
        tasks = self._tasks_of(leg)
        for task in tasks:
            task.over.set()
        if not tasks:
            _tell(self.line, "quiet", leg=leg)

    def _tasks_of(self, leg: int) -> list[_Task]:
        return [task for task in list(self._tasks.values()) if task.leg == leg]

    def cancelled(self, call_id: str) -> None:
        """Hear that the caller has given up."""
        task = self._tasks.get(call_id)
        if task is not None:
            task.over.set()

    def invited(self, call_id: str) -> None:
        """Know a call from its first message on, not only when pyVoIP tells of it: it may be cancelled before."""
        self._tasks[call_id] = _Task()

    def rings(self, call: Any) -> None:  # noqa: ANN401 - pyVoIP's own
        """Do with a call what was told; in a thread of its own."""
        task = self._tasks[call.call_id]
        if self._expected and not task.over.is_set():
            task.take(self._expected.popleft())
        try:
            is_over = task.over.wait(None if task.after is None else max(0.0, task.after - OWN_DELAY))
            if is_over or task.code:
                self._phone.refuse(call, "487 Request Terminated" if is_over else task.code)
            else:
                call.answer()
                self._talks(call, task)
        except Exception as error:
            _tell(self.line, "failed", why=f"{type(error).__name__}: {error}")
        finally:
            del self._tasks[call.call_id]
            _tell(self.line, "quiet", leg=task.leg)

    def _talks(self, call: Any, task: _Task) -> None:  # noqa: ANN401 - pyVoIP's own
        """Say something until one of the two hangs up."""
        _tell(self.line, "talks", leg=task.leg)
        talked = said = 0.0
        while call.state is CallState.ANSWERED:
            if talked >= said:
                call.write_audio(self._voice)
                said += len(self._voice) / _SECOND
            if task.over.wait(_LOOK):
                self._lets_go(call)
                return
            talked += _LOOK
            if task.talk is not None:
                task.talk -= _LOOK
                if task.talk <= 0:
                    with suppress(InvalidStateError):  # the other one was quicker
                        call.hangup()
                    return

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
                with suppress(AttributeError):  # it was never started
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
        self._telephone.invited(request.headers["Call-ID"])

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


def _tell(line: str, what: str, **more: str | int) -> None:
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
            telephones[order["line"]].talk(order["leg"], order["seconds"])
        elif order["do"] == "forget":
            telephones[order["line"]].forget(order["leg"])
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
