"""Who is told and asked by the server under test: a web service and a mail server, on ports of their own."""

from __future__ import annotations

import json
import re
import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from tests.golden.wire import without_sound

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIVE_DIGITS: Final = range(10_000, 65_536)
_COMPONENTS: Final[dict[str, dict[str, object]]] = {
    "/ask/extension": {"ok": 1, "extension": "103"},
    "/ask/trunk": {"ok": "1", "trunk": "spare", "extension": "777123001", "call_limit": "20"},
    "/ask/ivr": {"ok": 1, "case": "3"},
    "/ask/nobody": {"ok": 1, "extension": "199"},
    "/ask/no": {"ok": 0},
}


class Heard:
    """What the receivers were told, by receiver, each in its order: receivers are told side by side."""

    def __init__(self) -> None:
        self._told: dict[str, list[bytes]] = {}
        self._lock = threading.Lock()

    def note(self, receiver: str, content: bytes) -> int:
        """Note something; give how many there were before."""
        with self._lock:
            told = self._told.setdefault(receiver, [])
            told.append(content)
            return len(told) - 1

    def all(self) -> list[bytes]:
        """Give everything, receiver by receiver."""
        with self._lock:
            return [b"%s: %s" % (name.encode(), one) for name in sorted(self._told) for one in self._told[name]]


class _WebReceiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    heard: Heard

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(size)
        path = self.path.partition("?")[0]
        headers = "".join(f"{name}: {value}\n" for name, value in self.headers.items())
        agent = re.sub(r"(User-Agent: pbxsim)/.*", r"\1", headers)
        before = self.heard.note(path, f"{self.command} {self.path}\n{agent}\n".encode() + body)
        self._answer(*self._reply(path, before, body))

    do_POST = do_GET

    def _reply(self, path: str, before: int, body: bytes) -> tuple[int, str]:
        if path in _COMPONENTS:
            asked = json.loads(body) if body else {name: value[0] for name, value in parse_qs(self.path).items()}
            return 200, json.dumps(_COMPONENTS[path] | {"to": asked.get("dst", "")})
        if path.startswith("/flaky"):
            return (503, "not yet") if before % 3 < 2 else (200, "thank you")
        if path.startswith("/moved"):
            return 302, ""
        return 200, "heard"

    def _answer(self, status: int, text: str) -> None:
        self.send_response_only(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class's
        """Say nothing."""


class _MailReceiver(socketserver.StreamRequestHandler):
    """Takes one e-mail after the other (RFC 5321), and puts off the first."""

    heard: Heard

    def handle(self) -> None:
        self._say("220 receiver")
        while line := self.rfile.readline().strip():
            verb = line[:4].upper()
            if verb == b"QUIT":
                self._say("221 bye")
                return
            if verb in (b"MAIL", b"RCPT"):
                before = self.heard.note("smtp", line)
                self._say("451 come again" if before == 0 else "250 ok")
            elif verb == b"DATA":
                self._say("354 go on")
                self.heard.note("smtp", _settled_mail(b"".join(iter(self.rfile.readline, b".\r\n"))))
                self._say("250 taken")
            else:
                self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


def _settled_mail(raw: bytes) -> bytes:
    message = message_from_bytes(raw)
    for part in message.walk():
        if part.get_content_type() == "audio/mpeg":
            sound = part.get_payload(decode=True)
            assert isinstance(sound, bytes)
            shown = b"\r\n\r\n" + repr(without_sound(sound)).encode()
            head, _, _ = raw.rpartition(b"\r\n\r\n")
            return head + shown
    return raw


@contextmanager
def listening(heard: Heard) -> Iterator[tuple[int, int]]:
    """Receive until the block ends; give the ports of the web service and of the mail server."""
    web = _bound(lambda: ThreadingHTTPServer(("127.0.0.1", 0), type("Web", (_WebReceiver,), {"heard": heard})))
    mail = _bound(
        lambda: socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Mail", (_MailReceiver,), {"heard": heard}))
    )
    for server in (web, mail):
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield web.server_address[1], mail.server_address[1]
    finally:
        for server in (web, mail):
            server.shutdown()
            server.server_close()


def _bound(make: Any) -> Any:  # noqa: ANN401 - two kinds of server
    """Bind a port of five digits, so that no length depends on which it is."""
    while True:
        server = make()
        if server.server_address[1] in _FIVE_DIGITS:
            return server
        server.server_close()
