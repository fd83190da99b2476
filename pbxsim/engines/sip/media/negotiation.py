"""What one leg and we have told each other of media: offers, answers, and what holds since (RFC 3264).

Pure. A description of ours that says something new has a higher version than the one before, as RFC 3264 (8) demands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from pbxsim.engines.sip.media import sdp
from pbxsim.engines.sip.media.codecs import OURS, Codec
from pbxsim.engines.sip.media.sdp import Audio, Direction, Ours, Unacceptable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Spelling: TypeAlias = Callable[[Ours], tuple[bytes, tuple[Codec, ...]]]


class Negotiation:
    """One leg's. `local` are the formats in which it may send to us, `remote` is how it wants to be sent to, if known.

    `offered` is its last offer.
    """

    def __init__(self, host: str, port: int, session: int) -> None:
        self.local: tuple[Codec, ...] = ()
        self.remote: Audio | None = None
        self.offered: sdp.Description | None = None
        self._ours = Ours(host, port, session)
        self._last = b""

    def offer(self, codecs: tuple[Codec, ...] = OURS, direction: Direction = Direction.SENDRECV) -> bytes:
        """Offer sound of ours."""
        return self._spell(lambda ours: (sdp.offer(ours, codecs, direction), codecs))

    def accept(self, body: bytes) -> None:
        """Take the answer to our offer. Raises Unacceptable, BadDescription."""
        audio = sdp.read(body).audio
        chosen = tuple(codec for codec in audio.codecs if any(codec.is_same(each) for each in self.local))
        if not any(codec.is_speech for codec in chosen):
            raise Unacceptable("the answer takes none of the codecs that were offered")
        self.remote = replace(audio, codecs=chosen)

    def take_offer(self, body: bytes) -> None:
        """Take an offer; it holds when it is answered. Raises Unacceptable, BadDescription."""
        offered = sdp.read(body)
        if offered.audio.speech is None:
            raise Unacceptable("no codec is offered that carries sound")
        self.offered = offered

    def answer(self, direction: Direction = Direction.SENDRECV) -> bytes:
        """Answer the last offer with what we speak ourselves. Raises Unacceptable."""
        offered = self._offered()
        return self._agree(lambda ours: sdp.answer(offered, ours, OURS, direction))

    def _offered(self) -> sdp.Description:
        if self.offered is None:
            raise Unacceptable("there is no offer to answer")
        return self.offered

    def _agree(self, spelling: Spelling) -> bytes:
        body = self._spell(spelling)
        self.remote = replace(self._offered().audio, codecs=self.local)
        return body

    def _spell(self, spelling: Spelling) -> bytes:
        body, self.local = spelling(self._ours)
        if self._last and body != self._last:
            self._ours = replace(self._ours, version=self._ours.version + 1)
            body, _ = spelling(self._ours)
        self._last = body
        return body
