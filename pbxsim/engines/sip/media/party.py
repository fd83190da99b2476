"""One leg's media: its ports, what has been agreed with its telephone, and what that hears, switched at will.

A packet from a telephone is looked up by its payload type, and goes at once to whoever hears it: untouched where both
telephones use that format by the same number. Only what is listened to besides (recorded, spied on, digits) is read.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from pbxsim.engines.sip.media import rtp
from pbxsim.engines.sip.media.codecs import OURS, PCMA
from pbxsim.engines.sip.media.digits import Hearing
from pbxsim.engines.sip.media.g711 import Law, decoded, other_law
from pbxsim.engines.sip.media.negotiation import Negotiation
from pbxsim.engines.sip.media.player import Player
from pbxsim.engines.sip.media.rtcp import renamed
from pbxsim.engines.sip.media.sdp import Direction, is_nowhere
from pbxsim.engines.sip.media.sounds import Sound
from pbxsim.engines.sip.media.stream import Stream
from pbxsim.engines.sip.media.wire import Wire

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable
    from socket import socket

    from pbxsim.engines.sip.media.codecs import Codec
    from pbxsim.engines.sip.media.sounds import Source
    from pbxsim.engines.sip.media.ticker import Ticker

_Action: TypeAlias = "Callable[[bytes], object]"

PRESS: Final = 100
"""Milliseconds that a digit is pressed, unless somebody wants it otherwise (Asterisk's default too)."""


class Party:
    """What a telephone in a call says and hears. Made by `Media.open`; holds two ports until `close`.

    `on_digit` is called with each digit that is pressed there. `said` and `heard` are told the samples of what the
    telephone says, and of what it is sent, where that is G.711; whoever changes them calls `listened` then.
    """

    def __init__(
        self, loop: AbstractEventLoop, ticker: Ticker, ports: tuple[socket, socket], host: str, told: str, number: int
    ) -> None:
        self.on_digit: Callable[[str], object] | None = None
        self.said: list[_Action] = []
        self.heard: list[_Action] = []
        self.port: Final[int] = ports[0].getsockname()[1]
        self._rtp = Wire(loop, ports[0], host, self._learned)
        self._rtcp = Wire(loop, ports[1], host, _nothing)
        self._rtp.take, self._rtcp.take = self._take, self._take_rtcp
        self._stream = Stream(loop.time)
        self._talks = Negotiation(told, self.port, number)
        self._player = Player(ticker, number * 0x9E3779B1, self._send_ours)  # spread: two streams must not be alike
        self._hearing = Hearing(self._digit)
        self._hears: Party | None = None
        self._listeners: list[Party] = []
        self._routes: dict[int, _Action] = {}

    # -- offers and answers --------------------------------------------------------------------------------------------

    def offer(self, codecs: tuple[Codec, ...] = OURS, direction: Direction = Direction.SENDRECV) -> bytes:
        """Offer the telephone sound of ours: the description for an INVITE."""
        body = self._talks.offer(codecs, direction)
        self._agreed()
        return body

    def accept(self, body: bytes) -> None:
        """Take the telephone's answer to our offer. Raises Unacceptable, BadDescription; all is then as it was."""
        self._talks.accept(body)
        self._agreed()

    def take_offer(self, body: bytes) -> None:
        """Take an offer of the telephone's, which holds when it is answered. Raises Unacceptable, BadDescription."""
        self._talks.take_offer(body)

    def answer(self, direction: Direction = Direction.SENDRECV) -> bytes:
        """Answer the telephone's last offer with what we speak ourselves. Raises Unacceptable."""
        body = self._talks.answer(direction)
        self._agreed()
        return body

    @property
    def codecs(self) -> tuple[Codec, ...]:
        """Give the formats in which the telephone may be sent to, the best one first; nothing before it has agreed."""
        return self._talks.remote.codecs if self._talks.remote is not None else ()

    @property
    def holds(self) -> bool:
        """Tell whether the telephone's own description says that it is not to be sent to: it holds the other."""
        return self._talks.remote is not None and not self._talks.remote.direction.receives

    # -- what it hears -------------------------------------------------------------------------------------------------

    def hears(self, what: Party | Sound | Source | None, over: Callable[[], object] | None = None) -> None:
        """Have the telephone hear another one, a sound, or nothing, instead of what it heard.

        `over` is called when a sound has come to its own end; not if something else is to be heard before.
        """
        if self._hears is not None:
            self._hears._listeners.remove(self)  # noqa: SLF001
            self._hears.listened()
        self._hears = what if isinstance(what, Party) else None
        if isinstance(what, Party):
            what._listeners.append(self)  # noqa: SLF001
            what.listened()
            self._player.play(None)
        else:
            self._player.play(what.played() if isinstance(what, Sound) else what, over)

    def press(self, digit: str, milliseconds: int = PRESS) -> bool:
        """Have the telephone hear a digit, as if whom it hears had pressed it; False: it takes none, or too many wait.

        Raises ValueError for what is no digit.
        """
        return self._player.press(digit, milliseconds)

    def listened(self) -> None:
        """Hear that somebody listens who did not, or does no more."""
        self._player.heard = self._played if self.heard else None
        self._lead()
        if self._hears is not None:
            self._hears._lead()  # noqa: SLF001

    def close(self) -> None:
        """End it, and let go of its ports. A second time does nothing."""
        self.hears(None)
        self._player.stop()
        for listener in tuple(self._listeners):
            listener.hears(None)
        self._rtp.close()
        self._rtcp.close()
        self.on_digit = None
        self._routes = {}
        self._hearing = Hearing(_unheard)  # what calls back here would keep it until the collector comes

    # -- leading packets -----------------------------------------------------------------------------------------------

    def _take(self, packet: bytes) -> None:
        route = self._routes.get(packet[1] & 127) if len(packet) >= rtp.HEADER else None
        if route is not None:
            route(packet)

    def _take_rtcp(self, packet: bytes) -> None:
        """Lead reports on, of what it says and of what it hears, with the names that these bear on the other side."""
        heard = {self._stream.name: self._stream.heard}
        for listener in self._listeners:
            names = heard | {listener._stream.heard: listener._stream.name}  # noqa: SLF001
            listener._rtcp.send(renamed(packet, names))  # noqa: SLF001

    def _agreed(self) -> None:
        """Go by what has been agreed."""
        remote = self._talks.remote
        if remote is not None:
            if not is_nowhere(remote.host):  # held: it is where it was
                self._rtp.aim(remote.host, remote.port)
                self._rtcp.aim(remote.host, remote.port + 1)
            self._player.law = next((_law(codec) for codec in remote.codecs if codec.is_g711), None)
            self._player.events = remote.events.payload_type if remote.events is not None else None
        self._learned()
        self._lead()

    def _learned(self) -> None:
        """Have what is sent to the telephone go where it is."""
        if self._hears is not None:
            self._hears._lead()  # noqa: SLF001

    def _lead(self) -> None:
        """Say anew, for each format of the telephone's packets, where they go."""
        actions = {codec.payload_type: self._actions(codec) for codec in self._talks.local}
        self._routes = {kind: each[0] if len(each) == 1 else partial(_all, each) for kind, each in actions.items()}

    def _actions(self, codec: Codec) -> list[_Action]:
        actions: list[_Action] = [self._hearing.take] if codec.is_events else []
        taps = [*self.said, *(tap for listener in self._listeners for tap in listener.heard)]
        if codec.is_g711 and taps:
            actions.append(partial(_tap, _law(codec), taps))
        forwarded = (listener._forwards(codec) for listener in self._listeners)  # noqa: SLF001
        return actions + [each for each in forwarded if each is not None]

    def _forwards(self, codec: Codec) -> _Action | None:
        """Give what sends on to this telephone what another one says in a codec; None: it cannot, or may not, hear."""
        if self.holds:
            return None
        send = partial(self._stream.send, self._rtp.send)
        same = next((each for each in self.codecs if each.is_same(codec)), None)
        if same is not None:
            kind = same.payload_type
            return send if kind == codec.payload_type else partial(_renumber, send, kind)
        if codec.is_g711 and self._player.law is not None:
            return partial(_translate, send, self._player.law.value, other_law(_law(codec)))
        return None

    def _send_ours(self, packet: bytes) -> None:
        if not self.holds:
            self._stream.send(self._rtp.send, packet)

    def _played(self, law: Law, payload: bytes) -> None:
        _told(self.heard, law, payload)

    def _digit(self, digit: str) -> None:
        if self.on_digit is not None:
            self.on_digit(digit)


def _law(codec: Codec) -> Law:
    return Law.A if codec.is_same(PCMA) else Law.MU


def _all(actions: list[_Action], packet: bytes) -> None:
    for action in actions:
        with suppress(OSError):  # nobody listens at one of them any more: the others are there
            action(packet)


def _tap(law: Law, taps: list[_Action], packet: bytes) -> None:
    _told(taps, law, rtp.payload(packet))


def _told(taps: list[_Action], law: Law, payload: bytes) -> None:
    samples = decoded(law, payload)
    for tap in taps:
        tap(samples)


def _renumber(send: _Action, kind: int, packet: bytes) -> None:
    send(rtp.renumbered(packet, kind))


def _translate(send: _Action, kind: int, table: bytes, packet: bytes) -> None:
    send(rtp.with_payload(packet, kind, rtp.payload(packet).translate(table)))


def _unheard(_digit: str) -> None:
    """Let a digit go: the telephone is gone."""


def _nothing() -> None:
    """Take note of where a telephone's RTCP comes from: nobody sends there by a way of their own."""
