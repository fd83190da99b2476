"""Messages out of a stream of bytes (RFC 3261, 18.3; RFC 5626, 3.5.1), without I/O."""

from __future__ import annotations

import re
from typing import Final

from pbxsim.engines.sip.message import LARGEST

_LENGTH: Final = re.compile(rb"\r\n(?:content-length|l)[ \t]*:[ \t]*([0-9]{1,6})[ \t]*(?=\r\n)", re.IGNORECASE)
_END: Final = b"\r\n\r\n"


class NotSip(Exception):
    """What comes cannot be cut into messages: the connection is of no use any more."""


class Framer:
    """Cuts what came on one connection. `pings` counts the keep-alives that are to be answered."""

    def __init__(self) -> None:
        self.pings = 0
        self._rest = b""
        self._at = 0  # what of `_rest` was cut off: it is not moved for each small message of a large read

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes; give the messages that are whole by now. Raises NotSip."""
        self._rest, self._at = self._rest[self._at :] + data, 0
        messages: list[bytes] = []
        while True:
            self._skip_pings()
            message = self._next()
            if message is None:
                return messages
            messages.append(message)

    def _skip_pings(self) -> None:
        while self._rest.startswith(b"\r\n", self._at):
            is_ping = self._rest.startswith(_END, self._at)
            self.pings += is_ping
            self._at += 4 if is_ping else 2

    def _next(self) -> bytes | None:
        end = self._rest.find(_END, self._at)
        if end < 0:
            if len(self._rest) - self._at > LARGEST:
                raise NotSip("a message without an end")
            return None
        found = _LENGTH.search(self._rest, self._at, end + 2)
        if found is None:
            raise NotSip("a message on a connection says how long it is")
        begin, whole = self._at, end + len(_END) + int(found[1])
        if whole - begin > LARGEST:
            raise NotSip("a message is too long")
        if len(self._rest) < whole:
            return None
        self._at = whole
        return self._rest[begin:whole]
