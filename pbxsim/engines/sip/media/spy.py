"""What a spy hears: both sides of one party's telephone, added up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.engines.sip.media.codecs import FRAME
from pbxsim.engines.sip.media.g711 import Law, encoded
from pbxsim.engines.sip.media.sounds import mixed

if TYPE_CHECKING:
    from pbxsim.engines.sip.media.party import Party

_BYTES: Final = 2 * FRAME
_LONGEST: Final = 10 * _BYTES
"""Bytes of one side that wait to be heard: 200 ms; a side that is ahead by more loses its oldest."""


class Spy:
    """A source that listens to a party: what is said there and what is heard there.

    A side that says nothing is silent; as sound comes when it comes, up to 200 ms of it wait.
    """

    def __init__(self, party: Party) -> None:
        self._party = party
        self._said = bytearray()
        self._heard = bytearray()
        party.said.append(self._takes_said)
        party.heard.append(self._takes_heard)
        party.listened()

    def frame(self, law: Law) -> bytes:
        """Give the next 20 ms of both."""
        return encoded(law, mixed(_cut(self._said), _cut(self._heard)))

    def stop(self) -> None:
        """Listen no more."""
        if self._takes_said in self._party.said:
            self._party.said.remove(self._takes_said)
            self._party.heard.remove(self._takes_heard)
            self._party.listened()

    def _takes_said(self, samples: bytes) -> None:
        _add(self._said, samples)

    def _takes_heard(self, samples: bytes) -> None:
        _add(self._heard, samples)


def _add(side: bytearray, samples: bytes) -> None:
    side += samples
    if len(side) > _LONGEST:
        del side[: len(side) - _LONGEST]


def _cut(side: bytearray) -> bytes:
    """Take 20 ms off a side, filled up with silence."""
    piece = bytes(side[:_BYTES])
    del side[:_BYTES]
    return piece + bytes(_BYTES - len(piece))
