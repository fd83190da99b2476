"""How long a telephone waits for its answers while another address floods the engine `sip`: medians, in ms."""

from __future__ import annotations

import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from pbxsim.engines.sip.message import Request, Response, read, response
from tests.bench.harness import CLIENT_CPU, ROOT, Figures, WrongResult, pin
from tests.bench.servers import Kind, running
from tests.engines.sip.wire import SDP, authorization, request
from tests.ports import own_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_Heard = TypeVar("_Heard", Request, Response)

PBXSIM: Final = "pbxsim"
NOBODY: Final = "nobody"
_HERE: Final = "127.0.0.2"
_TURNS: Final = 60
_WARM: Final = 10
_BETWEEN: Final = 0.02
_PATIENCE: Final = 0.5  # seconds until something is sent again, as SIP has it
_PBX: Final = """
name: bench
extensions:
  - {{internal: "100", lines: [{{user: sip100, calls: 100}}]}}
  - {{internal: "101", lines: [{{user: sip101, calls: 100}}]}}
sip:
  port: {port}
  lines: [{{line: sip100, secret: first-secret}}, {{line: sip101, secret: second-secret}}]
"""


def figures(per_second: int, at: str) -> Figures:
    """Measure a telephone while so many messages a second are sent to pbxsim from another address, or to NOBODY.

    The latter costs the telephone's processor as much. 0 a second: as many as can be sent.
    """
    pin(CLIENT_CPU)
    port = own_port()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.yaml"
        file.write_text(_PBX.format(port=port), "utf-8")
        command = (sys.executable, "-m", "pbxsim", "serve", str(file), "--engine", "sip", "--port", "{port}")
        kind = Kind((*command, "--db", ":memory:"), "/readyz")
        with running(kind), _flooded(port if at == PBXSIM else 0, per_second):
            return _measured(port)


@contextmanager
def _flooded(port: int, per_second: int) -> Iterator[None]:
    command = (sys.executable, "-m", "tests.bench.sip_flood_load", str(port), str(per_second))
    flood = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    try:
        time.sleep(1)  # until it flows
        yield
        if flood.poll() is not None:
            said = b"" if flood.stderr is None else flood.stderr.read()
            raise WrongResult(f"the flood ended: {said.decode()}")
    finally:
        flood.kill()
        flood.communicate()


def _measured(port: int) -> Figures:
    with _Telephone(port, "sip100", "first-secret") as caller, _Telephone(port, "sip101", "second-secret") as called:
        called.register()
        registers, rings = [], []
        for _ in range(_WARM + _TURNS):
            registers.append(caller.register())
            rings.append(_rings(caller, called))
            time.sleep(_BETWEEN)
        lost = caller.asked_again + called.asked_again
    return {
        "ms to be registered": 1_000 * statistics.median(registers[_WARM:]),
        "ms to ringing": 1_000 * statistics.median(rings[_WARM:]),
        "slowest ms": 1_000 * max(registers[_WARM:] + rings[_WARM:]),
        "asked again": lost,
    }


def _rings(caller: _Telephone, called: _Telephone) -> float:
    """Call until it rings, and give up; give the seconds until the caller heard of the ringing."""
    begun = time.perf_counter()
    invite = caller.asks("INVITE", "sip:101@127.0.0.1", SDP)
    rung = called.hears(Request, "INVITE")
    called.answers(rung, 180, "Ringing")
    caller.hears(Response, "180")
    took = time.perf_counter() - begun
    caller.gives_up(invite)
    called.answers(called.hears(Request, "CANCEL"), 200, "OK")
    called.answers(rung, 487, "Request Terminated")
    called.hears(Request, "ACK")
    return took


class _Telephone:
    """A telephone over UDP that does one thing after the other. `asked_again` counts what had to be sent twice."""

    def __init__(self, port: int, user: str, password: str) -> None:
        self.asked_again = 0
        self._user, self._password = user, password
        self._sequence = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((_HERE, 0))
        self._socket.connect(("127.0.0.1", port))
        self._socket.settimeout(_PATIENCE)
        self._contact = f"<sip:{user}@{_HERE}:{self._socket.getsockname()[1]}>"
        self._last = b""

    def __enter__(self) -> _Telephone:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def register(self) -> float:
        """Register; give the seconds that it took, the question for the password with it."""
        begun = time.perf_counter()
        self.asks("REGISTER", f"sip:{self._user}@127.0.0.1")
        self.hears(Response, "200")
        return time.perf_counter() - begun

    def asks(self, method: str, to: str, body: bytes = b"") -> list[str]:
        """Ask, and ask again with the password; give the second request's lines, without it."""
        call_id = secrets.token_hex(8)
        asked = self._lines(method, to, call_id)
        self._says(asked, body)
        challenge = self.hears(Response, "401").first("www-authenticate")
        if method == "INVITE":
            self._says([line.replace("INVITE", "ACK") for line in asked])
        lines = self._lines(method, to, call_id)
        self._says([*lines, authorization(challenge, method, to, self._user, self._password)], body)
        return lines

    def gives_up(self, invite: list[str]) -> None:
        """Give up a call, and acknowledge that it is over."""
        self._says([line.replace("INVITE", "CANCEL") for line in invite])
        self.hears(Response, "487")
        self._says([line.replace("INVITE", "ACK") for line in invite])

    def answers(self, asked: Request, code: int, phrase: str) -> None:
        """Answer a request."""
        answer = response(asked, code, phrase, tag="called")
        answer.headers.append(("contact", self._contact))
        self._socket.send(bytes(answer))

    def hears(self, kind: type[_Heard], what: str) -> _Heard:
        """Wait for a method, or for an answer of that code; what does not come is asked for again."""
        for _ in range(20):
            try:
                message = read(self._socket.recv(65_535))
            except TimeoutError:
                self.asked_again += 1
                self._socket.send(self._last)
                continue
            if isinstance(message, kind) and what in (
                getattr(message, "method", ""),
                str(getattr(message, "code", "")),
            ):
                return message
        raise WrongResult(f"{what} never came")

    def _lines(self, method: str, to: str, call_id: str) -> list[str]:
        self._sequence += 1
        branch, sender = f"z9hG4bK{secrets.token_hex(8)}", f"sip:{self._user}@127.0.0.1"
        text = request(method, to, sender=sender, sequence=self._sequence, call_id=call_id, branch=branch)
        return [f"Contact: {self._contact}" if line.startswith("Contact:") else line for line in text.split("\n")]

    def _says(self, lines: list[str], body: bytes = b"") -> None:
        kind = ["Content-Type: application/sdp"] if body else []
        self._last = "\r\n".join([*lines, *kind, f"Content-Length: {len(body)}", "", ""]).encode() + body
        self._socket.send(self._last)
