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

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes; give the messages that are whole by now. Raises NotSip."""
        self._rest += data
        messages: list[bytes] = []
        while True:
            self._skip_pings()
            message = self._next()
            if message is None:
                return messages
            messages.append(message)

    def _skip_pings(self) -> None:
        while self._rest.startswith(b"\r\n"):
            is_ping = self._rest.startswith(_END)
            self.pings += is_ping
            self._rest = self._rest[4 if is_ping else 2 :]

    def _next(self) -> bytes | None:
        end = self._rest.find(_END)
        if end < 0:
            if len(self._rest) > LARGEST:
                raise NotSip("a message without an end")
            return None
        found = _LENGTH.search(self._rest, 0, end + 2)
        if found is None:
            raise NotSip("a message on a connection says how long it is")
        whole = end + len(_END) + int(found[1])
        if whole > LARGEST:
            raise NotSip("a message is too long")
        if len(self._rest) < whole:
            return None
        message, self._rest = self._rest[:whole], self._rest[whole:]
        return message
