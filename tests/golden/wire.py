"""Requests as bytes on a socket, replies as the bytes that came back; nothing of pbxsim is imported here.

What differs from run to run without anybody having changed anything is taken out of a reply by `Seen.settled`, and only
that: see the package's docstring.
"""

from __future__ import annotations

import json
import re
import socket
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

_PATIENCE: Final = 60.0  # seconds of the world's time that a reply may take on a busy machine
_FIRST_FRAME: Final = 288  # bytes, at 32 kbit/s and 8,000 samples a second
_PHRASES: Final = {
    b"413 Request Entity Too Large": b"413 Content Too Large",
    b"416 Requested Range Not Satisfiable": b"416 Range Not Satisfiable",
    b"422 Unprocessable Entity": b"422 Unprocessable Content",
}
"""What Python's library called statuses until 3.12, and what it calls them since (RFC 9110)."""
_VOLATILE: Final = (b"date:", b"server:")


@dataclass(frozen=True)
class Request:
    """One request, as it goes over the wire. `alone`: on a connection of its own, read until the server closes it."""

    raw: bytes
    alone: bool = False

    @property
    def method(self) -> bytes:
        """Give the method."""
        return self.raw.partition(b" ")[0]


@dataclass(frozen=True)
class Reply:
    """Status line and headers as they came, the body without its chunks' frames."""

    head: bytes
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - the script picks something out of it
        """Read the body as JSON."""
        return json.loads(self.body)


Script: TypeAlias = "Generator[Request, Reply, None]"
"""A part of the script: yields requests, is sent each one's reply."""


def request(
    method: str, target: str, body: bytes | str = b"", headers: Mapping[str, str] | None = None, *, alone: bool = False
) -> Request:
    """Spell a request; a body has its Content-Length."""
    content = body.encode() if isinstance(body, str) else body
    named = {"Host": "localhost"} | dict(headers or {})
    if content and "Content-Length" not in named and "Transfer-Encoding" not in named:
        named["Content-Length"] = str(len(content))
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items())]
    return Request("\r\n".join(lines).encode() + b"\r\n\r\n" + content, alone=alone)


def get(target: str, **headers: str) -> Request:
    """Spell a GET; header names are written with `_` for `-`."""
    return request("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})


def query(path: str, *common: Mapping[str, str], **params: str) -> str:
    """Spell a target with a query, the common parameters first."""
    given: dict[str, str] = {}
    for each in (*common, params):
        given |= each
    return f"{path}?{urlencode(given, quote_via=quote)}"


def form(path: str, fields: Mapping[str, str], method: str = "POST") -> Request:
    """Spell a form that is posted."""
    return request(method, path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})


def send_json(method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Request:
    """Spell a request with a JSON body; None: without a body."""
    text = "" if body is None else json.dumps(body, ensure_ascii=False)
    return request(method, path, text, {"Content-Type": "application/json"} | dict(headers or {}))


def basic(username: str, password: str) -> str:
    """Spell HTTP Basic credentials."""
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode()


class Client:
    """Keeps one connection to a server for as long as the server does."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: socket.socket | None = None

    def ask(self, asked: Request) -> Reply:
        """Send a request and read its reply."""
        if asked.alone:
            return _read_all(self._connect(), asked.raw)
        if self._connection is None:
            self._connection = self._connect()
        self._connection.sendall(asked.raw)
        reply = _read(self._connection, asked.method)
        if b"\r\nconnection: close" in reply.head.lower():
            self.close()
        return reply

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._port), timeout=_PATIENCE)


def _read_all(connection: socket.socket, raw: bytes) -> Reply:
    with connection, connection.makefile("rb") as stream:
        connection.sendall(raw)
        head, _, body = stream.read().partition(b"\r\n\r\n")
        return Reply(head, body)


def _read(connection: socket.socket, method: bytes) -> Reply:
    with connection.makefile("rb") as stream:
        lines = [stream.readline().rstrip(b"\r\n")]
        if not lines[0]:
            raise ConnectionError(f"the server closed instead of answering {method.decode()}")
        while line := stream.readline().rstrip(b"\r\n"):
            lines.append(line)
        head = b"\r\n".join(lines)
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        if method == b"HEAD" or lines[0].split(b" ")[1] in (b"204", b"304"):
            return Reply(head, b"")
        if length:
            return Reply(head, stream.read(int(length[1])))
        body = b""
        while size := int(stream.readline(), 16):
            body += stream.read(size)
            stream.readline()
        stream.readline()
        return Reply(head, body)


@dataclass(frozen=True)
class Seen:
    """What a run has that the next has not: receivers' ports and folders, by the words that stand for them."""

    places: tuple[tuple[bytes, bytes], ...] = ()

    def settled(self, reply: Reply) -> bytes:
        """Give a reply in the bytes that are compared."""
        body = self.text(_settled_body(reply))
        lines = [line for line in reply.head.split(b"\r\n") if not line.lower().startswith(_VOLATILE)]
        version, _, status = lines[0].partition(b" ")
        lines[0] = version + b" " + _PHRASES.get(status, status)
        head = re.sub(rb'\r\nETag: "[0-9a-f]+-', b'\r\nETag: "TIME-', self.text(b"\r\n".join(lines)))
        if f"\r\nContent-Length: {len(reply.body)}".encode() in head:
            head = re.sub(rb"\r\nContent-Length: \d+", b"\r\nContent-Length: %d" % len(body), head)
        return head + b"\r\n\r\n" + body

    def text(self, content: bytes) -> bytes:
        """Have the words stand for ports and folders."""
        for found, word in self.places:
            content = content.replace(found, word)
        return content


def _settled_body(reply: Reply) -> bytes:
    if b"\r\nContent-Type: audio/mpeg" in reply.head:
        return without_sound(reply.body)
    status = reply.head.partition(b"\r\n")[0].partition(b" ")[2]
    body = reply.body
    if status in _PHRASES:
        body = body.replace(b'"title":"%s"' % status[4:], b'"title":"%s"' % _PHRASES[status][4:])
    body = re.sub(rb'("took_ms":)[0-9.e+-]+', rb"\1MS", body)
    body = re.sub(rb"(?m)^(pbxsim_(?:deliveries|recordings_waiting)(?:_bytes)?\{.*\}) .*$", rb"\1 N", body)
    body = re.sub(rb"(?m)^(pbxsim_connections(?:_accepted_total)?) .*$", rb"\1 N", body)
    return re.sub(rb"(?m)^(pbxsim_store_(?:flushes_total|rows_waiting|rows_written_total)) .*$", rb"\1 N", body)


def without_sound(mp3: bytes) -> bytes:
    """Keep of an MP3 file its first frame, which holds no sound, and its length: the encoder may be the machine's."""
    return mp3[:_FIRST_FRAME] + b"\n(%d bytes of MP3)\n" % len(mp3)
