"""What a telephone is sent as one stream, whomever it hears: a telephone, then another, or what we play (RFC 3550).

Numbers follow each other and times go on as the clock does, though who is heard changes, as Asterisk has it
(res_rtp_asterisk.c, rtp_raw_write): not every telephone takes a stream that changes for the same one. What is lost, or
out of order, of one source stays so. Each packet that passes comes through here: what is to be known of it when who is
heard changes is looked for then.
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
_TIMES: Final = 2**32  # that there are, before they begin again
_MOST_SOURCES: Final = 8  # that are known again: who is heard, and what we press meanwhile
_OFF: Final = 800  # samples by which the times of one that went on may be off


class Stream:
    """One telephone's. `now` tells the time in seconds. It bears the name (SSRC) of the first source that it led."""

    __slots__ = (
        "_at_ahead",
        "_begun",
        "_begun_at",
        "_is_own",
        "_name",
        "_now",
        "_number_ahead",
        "_packet",
        "_source",
        "_sources",
    )

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._name = self._source = self._packet = b""  # the packet is the last one, as its source has it
        self._at_ahead = self._number_ahead = 0  # of what the source counts
        self._is_own = False  # packets of this source pass as they are
        self._begun, self._begun_at = 0.0, 0  # a moment, and the time of the stream then
        self._sources: dict[bytes, tuple[int, int]] = {}  # of those before: how far ahead, and their last time

    @property
    def name(self) -> bytes:
        """Give the name (SSRC) that it bears; empty before anything was led."""
        return self._name

    @property
    def heard(self) -> bytes:
        """Give the name that whoever was heard last gives itself."""
        return self._source

    def send(self, send: Callable[[bytes], object], packet: bytes) -> None:
        """Send a packet of whoever is heard, as this stream has it. It has a whole header."""
        if self._is_own and packet[8:HEADER] == self._source:
            self._packet = packet
            send(packet)
        else:
            send(self.led(packet))

    def led(self, packet: bytes) -> bytes:
        """Give a packet of whoever is heard as this stream has it."""
        mark = 0 if packet[8:HEADER] == self._source else self._turn(packet)
        self._packet = packet
        number, at = self._numbers(packet)
        return b"%c%c%b%b%b" % (packet[0], packet[1] | mark, _NUMBERS.pack(number, at), self._name, packet[HEADER:])

    def _numbers(self, packet: bytes) -> tuple[int, int]:
        number, at = _NUMBERS.unpack_from(packet, 2)
        return number + self._number_ahead & 0xFFFF, (at + self._at_ahead) % _TIMES

    def _turn(self, packet: bytes) -> int:
        """Go on with another source. One that is new, or has stood still, says that sound begins there: MARK."""
        source, (number, at), now = packet[8:HEADER], _NUMBERS.unpack_from(packet, 2), self._now()
        if not self._source:
            self._name = self._source = source
            self._is_own, self._begun, self._begun_at = True, now, at
            return 0
        last_number, last_at = self._numbers(self._packet)
        self._sources[self._source] = self._at_ahead, _NUMBERS.unpack_from(self._packet, 2)[1]
        passed = (self._begun_at + round((now - self._begun) * _RATE) - last_at) % _TIMES
        passed = passed if passed < _TIMES // 2 else 0
        known = self._sources.pop(source, None)
        goes_on = known is not None and _goes_on(at, known, last_at + passed)
        if goes_on and known is not None:
            self._at_ahead = known[0]
        else:
            self._at_ahead = last_at + max(FRAME, passed) - at
            self._begun, self._begun_at = now, at + self._at_ahead
        if len(self._sources) > _MOST_SOURCES:
            self._sources.clear()
        self._source, self._number_ahead = source, last_number + 1 - number
        self._is_own = source == self._name and not self._at_ahead and not self._number_ahead
        return 0 if goes_on else MARK


def _goes_on(at: int, known: tuple[int, int], expected: int) -> bool:
    """Tell whether a source has gone on meanwhile, or says the same still, as of a digit that is pressed."""
    ahead, before = known
    return at == before or (at + ahead - expected + _OFF) % _TIMES < 2 * _OFF
