"""Telephones with a party of ours each, that has agreed with them; time passes for them when it is told to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pbxsim.engines.sip.media.codecs import EVENTS, PCMU, Codec
from pbxsim.engines.sip.media.media import Media
from tests.engines.sip.media.telephones import Telephone, Time

if TYPE_CHECKING:
    from pbxsim.engines.sip.media.party import Party

SAID = bytes(range(160))


class Scene:
    """Telephones, each with a party of ours that has agreed with it."""

    def __init__(self) -> None:
        self.time = Time()
        self.media = Media(timer=self.time)
        self.telephones: list[Telephone] = []

    def telephone(self, *codecs: Codec, host: str = "127.0.0.1") -> tuple[Telephone, Party]:
        """Have one more, that takes these codecs."""
        telephone, party = Telephone(host), self.media.open(host)
        self.telephones.append(telephone)
        party.take_offer(telephone.describes(codecs or (PCMU, EVENTS)))
        party.answer()
        return telephone, party

    def two(
        self, first: tuple[Codec, ...] = (), second: tuple[Codec, ...] = ()
    ) -> tuple[Telephone, Party, Telephone, Party]:
        """Have two that hear each other."""
        (one, his), (other, hers) = self.telephone(*first), self.telephone(*second)
        his.hears(hers)
        hers.hears(his)
        return one, his, other, hers

    def __enter__(self) -> Scene:
        return self

    def __exit__(self, *_about: object) -> None:
        self.media.close_all()
        for telephone in self.telephones:
            telephone.socket.close()


def notice(party: Party) -> asyncio.Event:
    """Give what is set when the telephone's next packet has come to us."""
    came = asyncio.Event()
    party.said.append(lambda _samples: came.set())
    party.listened()
    return came
