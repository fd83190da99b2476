"""Digits as packets (RFC 4733): heard among what a telephone sends, and made for who presses none of its own."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final

from pbxsim.engines.sip.media import rtp
from pbxsim.engines.sip.media.codecs import FRAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DIGITS: Final = "0123456789*#ABCD"
"""The digits by their event codes (RFC 4733, table 3)."""

SHORTEST: Final = 40
"""Milliseconds that a digit must be pressed at least (ITU-T Q.24)."""

_EVENT: Final = Struct("!BBH")
_END, _VOLUME = 0x80, 10  # 10 dB below full
_LONGEST: Final = 0xFFFF  # of an event's duration field: a longer press goes on as a new event from there
_ENDS: Final = 3  # the last packet is sent so often (RFC 4733, 2.5.1.4)


class Hearing:
    """Hears the digits of one telephone: each once, though a press is several packets, of which some may be lost."""

    __slots__ = ("_at", "_code", "_source", "_tell")

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._source = self._at = self._code = -1

    def take(self, packet: bytes) -> None:
        """Take a packet of the format `telephone-event`; what is no digit (a flash, a fax tone) is passed over."""
        content = rtp.payload(packet)
        if len(content) < _EVENT.size:
            return
        source, at, code = rtp.source(packet), rtp.timestamp(packet), content[0]
        is_known = source == self._source and code == self._code
        goes_on = is_known and at == (self._at + _LONGEST) & 0xFFFFFFFF
        is_new = not is_known or at != self._at
        self._source, self._at, self._code = source, at, code
        if is_new and not goes_on and code < len(DIGITS):
            self._tell(DIGITS[code])


def press(digit: str, milliseconds: int) -> Iterator[bytes]:
    """Give the payloads of one press, one each 20 ms, and the last three times. Raises ValueError."""
    code = DIGITS.index(digit)
    frames = max(SHORTEST, milliseconds) // 20
    for frame in range(1, frames + 1):
        yield _EVENT.pack(code, _VOLUME, min(frame * FRAME, _LONGEST))
    for _ in range(_ENDS):
        yield _EVENT.pack(code, _END | _VOLUME, min(frames * FRAME, _LONGEST))
