"""What a telephone is sent as one stream, whomever it hears: a telephone, then another, or what we play (RFC 3550).

Numbers follow each other and times go on as the clock does, though who is heard changes, as Asterisk has it
(res_rtp_asterisk.c, rtp_raw_write): not every telephone takes a stream that changes for the same one. What is lost, or
out of order, of one source stays so.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final

from pbxsim.engines.sip.media.codecs import FRAME
from pbxsim.engines.sip.media.rtp import HEADER, MARK

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBERS: Final = Struct("!HI")
_RATE: Final = 8_000  # of G.711, and of digits beside it: we speak nothing else
_MOST_SOURCES: Final = 8  # that are known again: who is heard, and what we press meanwhile
_OFF: Final = 800  # samples by which the times of one that went on may be off
_NEAR: Final = 100  # packets between two that came one after the other


class _Source:
    """One of those that are led: how far the stream's times are ahead of its, and its last number and time."""

    __slots__ = ("ahead", "at", "number")

    def __init__(self, ahead: int, number: int, at: int) -> None:
        self.ahead = ahead
        self.number = number
        self.at = at


class Stream:
    """One telephone's. `now` tells the time in seconds. It bears the name (SSRC) of the first source that it led."""

    __slots__ = ("_at", "_last", "_name", "_now", "_number", "_sources", "_went")

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._name = self._last = b""
        self._number = self._at = 0  # those of the last packet
        self._sources: dict[bytes, _Source] = {}
        self._went = 0.0

    @property
    def name(self) -> bytes:
        """Give the name (SSRC) that it bears; empty before anything was led."""
        return self._name

    @property
    def heard(self) -> bytes:
        """Give the name that whoever was heard last gives itself."""
        return self._last

    def led(self, packet: bytes) -> bytes:
        """Give a packet of whoever is heard as this stream has it. It has a whole header."""
        name, head = packet[8:HEADER], packet[:2]
        number, at = _NUMBERS.unpack_from(packet, 2)
        if name != self._last:
            head = self._turn(name, head, number, at)
        source = self._sources[name]
        further = number - source.number & 0xFFFF
        if _NEAR < further < 0x10000 - _NEAR:
            further = 1
        source.number, source.at = number, at
        self._number = number = self._number + further & 0xFFFF
        self._at = at = at + source.ahead & 0xFFFFFFFF
        self._went = self._now()
        return b"%b%b%b%b" % (head, _NUMBERS.pack(number, at), self._name, packet[HEADER:])

    def _turn(self, name: bytes, head: bytes, number: int, at: int) -> bytes:
        """Go on with another source. One that is new, or has stood still, says that sound begins there."""
        if not self._last:
            self._name = self._last = name
            self._sources[name] = _Source(0, number, at)
            self._number = number
            return head
        self._last = name
        passed = round((self._now() - self._went) * _RATE)
        known = self._sources.get(name)
        if known is not None:
            off = at + known.ahead - self._at - passed + _OFF & 0xFFFFFFFF
            if at == known.at or off < 2 * _OFF:  # a digit that is still pressed; or it has gone on meanwhile
                return head
        if len(self._sources) >= _MOST_SOURCES:
            self._sources.clear()
        self._sources[name] = _Source(self._at + max(FRAME, passed) - at, number - 1, at)
        return bytes((head[0], head[1] | MARK))
