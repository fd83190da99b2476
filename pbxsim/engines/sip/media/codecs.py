"""Codecs as a description names them (RFC 3551, RFC 4733): which we speak, and which are the same by another number."""

from __future__ import annotations

from typing import Final

import msgspec

FRAME: Final = 160
"""Samples of 20 ms at 8,000 a second, and so the bytes of G.711 in a packet."""

RATE: Final = 8_000


class Codec(msgspec.Struct, frozen=True):
    """A format of a media stream: its payload type (0 to 127), name, clock rate in Hz, channels, and `fmtp`."""

    payload_type: int
    name: str
    rate: int = RATE
    channels: int = 1
    parameters: str = ""

    def is_same(self, other: Codec) -> bool:
        """Tell whether both code sound alike, whatever their payload types (names are compared as RFC 3555 has it)."""
        return (self.name.upper(), self.rate, self.channels) == (other.name.upper(), other.rate, other.channels)

    @property
    def is_events(self) -> bool:
        """Tell whether it carries digits (RFC 4733), not sound."""
        return self.name.lower() == "telephone-event"

    @property
    def is_speech(self) -> bool:
        """Tell whether it carries sound: neither digits nor comfort noise (RFC 3389), nor other packets again."""
        return self.name.lower() not in ("telephone-event", "cn", "red", "ulpfec")

    @property
    def is_g711(self) -> bool:
        """Tell whether we understand what is said in it."""
        return self.is_same(PCMU) or self.is_same(PCMA)


PCMU: Final = Codec(0, "PCMU")
PCMA: Final = Codec(8, "PCMA")
EVENTS: Final = Codec(101, "telephone-event", parameters="0-16")

OURS: Final = (PCMU, PCMA, EVENTS)
"""What we speak ourselves, as we like it best."""

STATIC: Final = {
    codec.payload_type: codec
    for codec in (
        PCMU,
        Codec(3, "GSM"),
        Codec(4, "G723"),
        Codec(5, "DVI4"),
        Codec(6, "DVI4", 16_000),
        Codec(7, "LPC"),
        PCMA,
        Codec(9, "G722"),
        Codec(10, "L16", 44_100, 2),
        Codec(11, "L16", 44_100),
        Codec(12, "QCELP"),
        Codec(13, "CN"),
        Codec(14, "MPA", 90_000),
        Codec(15, "G728"),
        Codec(16, "DVI4", 11_025),
        Codec(17, "DVI4", 22_050),
        Codec(18, "G729"),
    )
}
"""Payload types that need no `rtpmap` (RFC 3551, table 4)."""


def agreed(offered: tuple[Codec, ...], liked: tuple[Codec, ...]) -> tuple[Codec, ...]:
    """Choose, for an answer, one of the offered codecs, as who offers likes them; and digits, if both can.

    Payload types are those of the offer. Empty: there is none that both know.
    """
    common = [codec for codec in offered if any(codec.is_same(each) for each in liked)]
    speech = next((codec for codec in common if codec.is_speech), None)
    if speech is None:
        return ()
    digits = next((codec for codec in common if codec.is_events and codec.rate == speech.rate), None)
    return (speech,) if digits is None else (speech, digits)
