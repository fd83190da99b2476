"""One request in pieces that can be changed each by itself, and its bytes; or bytes that are no request."""

from __future__ import annotations

import base64
import re
from typing import Final

import msgspec

Header = tuple[bytes, bytes]

_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET: Final = re.compile(rb"/[^\x00-\x20\x7f]*")
_TEXT: Final = re.compile(rb"[^\x00-\x08\x0a-\x1f\x7f]*")
_FRAMES: Final = frozenset({b"content-length", b"transfer-encoding", b"connection", b"upgrade", b"expect"})
"""Headers that say where a request ends, or what becomes of the connection."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A request. `query` is what stands behind `?`; `raw`, where it is not None, is sent instead of all else.

    A body goes with its right length, or with `chunked` in chunks.
    """

    method: bytes = b"GET"
    path: bytes = b"/"
    query: bytes = b""
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    chunked: bool = False
    raw: bytes | None = None

    @property
    def is_framed(self) -> bool:
        """Whether it is HTTP from which a server knows where the next request begins."""
        return (
            self.raw is None
            and self.method != b"CONNECT"
            and _TOKEN.fullmatch(self.method) is not None
            and _TARGET.fullmatch(self._target()) is not None
            and all(
                _TOKEN.fullmatch(name) is not None and _TEXT.fullmatch(value) is not None
                and name.lower() not in _FRAMES
                for name, value in self.headers
            )
        )  # fmt: skip

    def wire(self) -> bytes:
        """Give the bytes."""
        if self.raw is not None:
            return self.raw
        headers = b"".join(name + b": " + value + b"\r\n" for name, value in self.headers)
        length, body = self._framed_body()
        return (
            self.method
            + b" "
            + self._target()
            + b" HTTP/1.1\r\nHost: localhost\r\n"
            + headers
            + length
            + b"\r\n"
            + body
        )

    def again(self) -> str:
        """Give the command that sends it again."""
        return f'make fuzz ARGS="--again {base64.b64encode(self.wire()).decode()}"'

    def _target(self) -> bytes:
        return self.path + (b"?" + self.query if self.query else b"")

    def _framed_body(self) -> tuple[bytes, bytes]:
        if not self.chunked:
            has_body = bool(self.body) or self.method in (b"POST", b"PUT")
            return (b"Content-Length: %d\r\n" % len(self.body) if has_body else b""), self.body
        pieces = [self.body[at : at + 97] for at in range(0, min(len(self.body), 9_700), 97)] + [self.body[9_700:]]
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces if piece)
        return b"Transfer-Encoding: chunked\r\n", chunks + b"0\r\n\r\n"


def from_words(words: str) -> Sent:
    """Read what `again` has written. Raises ValueError."""
    return Sent(raw=base64.b64decode(words, validate=True))
