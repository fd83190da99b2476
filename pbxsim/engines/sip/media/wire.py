"""One UDP port of a leg: sends to where its telephone is, and takes packets from nobody else.

A telephone behind a NAT is not where its description says. So packets go there only until one comes: from then on they
go to whence it came (symmetric RTP, RFC 4961), and the kernel keeps everybody else's away, at no cost to us. That first
packet must come from the host that its signalling comes from, or that its description names: else whoever sends to all
ports would be sent the sound of each new call.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pbxsim.engines.sip.media.ports import opened
from pbxsim.engines.sip.media.rtp import LARGEST, is_rtp

if TYPE_CHECKING:
    import socket
    from asyncio import AbstractEventLoop
    from collections.abc import Callable

Address: TypeAlias = "tuple[Any, ...]"
"""As a socket has it: host, port, and for IPv6 two numbers more."""

_LARGEST_PORT: Final = 65_535
_MOST_WAITING: Final = 256  # packets that came while the first one was looked at


class Wire:
    """Holds a bound socket that does not wait, until `close`. `host` is where the telephone's signalling comes from.

    `send` sends a packet, and may raise OSError; nobody may keep it, for it is another one after `learned` was called.
    `take` gets each packet that comes from the telephone. `refused` counts what was no packet, or no telephone's.
    """

    __slots__ = ("_aim", "_host", "_learned", "_loop", "_peer", "_recv", "_socket", "refused", "send", "take")

    def __init__(self, loop: AbstractEventLoop, bound: socket.socket, host: str, learned: Callable[[], None]) -> None:
        self.refused = 0
        self.send: Callable[[bytes], object] = _nowhere
        self.take: Callable[[bytes], object] = _nowhere
        self._loop = loop
        self._host = host
        self._learned = learned
        self._aim: Address | None = None
        self._peer: Address | None = None
        self._use(bound)

    @property
    def peer(self) -> Address | None:
        """Tell where packets come from; None: none has come yet."""
        return self._peer

    def aim(self, host: str, port: int) -> None:
        """Send to where a description says; one that says something new stands for a telephone that has moved."""
        if (host, port) == self._aim:
            return
        self._aim = (host, port)
        if self._peer is not None:
            self.unlearn()
        elif self.send is _nowhere:
            self.send = self._to_aim
            self._learned()

    def unlearn(self) -> None:
        """Forget where the telephone was, and learn it again. Raises OSError where somebody takes the port just then.

        A connected socket stays so, and hears nobody else: another one takes its port.
        """
        if self._peer is None:
            return
        here = self._socket.getsockname()
        self._loop.remove_reader(self._socket)
        self._socket.close()
        self._peer = None
        self.send = self._to_aim
        self._use(opened(*here[:2]))
        self._learned()

    def close(self) -> None:
        """Let go of the port; nothing comes or goes any more. A second time does nothing."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._socket.close()
        self.send = self.take = _nowhere
        self._learned = _nothing

    def _use(self, bound: socket.socket) -> None:
        self._socket = bound
        self._recv = bound.recv
        self._loop.add_reader(bound, self._first)

    def _to_aim(self, packet: bytes) -> None:
        if self._aim is not None and self._aim[1] <= _LARGEST_PORT:  # RTCP's of the last port is none
            self._socket.sendto(packet, self._aim)

    def _first(self) -> None:
        """Learn from the first packet where the telephone is."""
        try:
            packet, peer = self._socket.recvfrom(LARGEST)
        except OSError:  # nothing there after all, or the telephone's host says that nobody listens
            return
        if not is_rtp(packet) or peer[0] not in (self._host, self._aim[0] if self._aim is not None else ""):
            self.refused += 1
            return
        self._peer = peer
        self._socket.connect(peer)
        self._loop.remove_reader(self._socket)
        self._loop.add_reader(self._socket, self._next)
        self.send = self._socket.send
        self._learned()
        self.take(packet)
        self._take_waiting(peer)

    def _take_waiting(self, peer: Address) -> None:
        """Take what came before the kernel knew whom to keep away."""
        with suppress(OSError):
            for _ in range(_MOST_WAITING):
                packet, sender = self._socket.recvfrom(LARGEST)
                if sender == peer:
                    self.take(packet)
                else:
                    self.refused += 1

    def _next(self) -> None:
        try:
            self.take(self._recv(LARGEST))
        except OSError:  # the other one's buffer is full, or nobody listens there any more: sound is lost, no more
            self.refused += 1


def _nothing() -> None:
    """Have nobody told: the port is closed."""


def _nowhere(_packet: bytes) -> None:
    """Let a packet go: nobody is there."""
