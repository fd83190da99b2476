"""Has the system drop what a flood sends: it costs 2 µs to read a datagram only to drop it, which 90,000 times a second
is most of what there is."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from pbxsim.engines.sip import packet_filter
from pbxsim.engines.sip.floods import PAUSE, Floods

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Collection, Mapping

    from pbxsim.engines.sip.floods import Sender
    from pbxsim.engines.sip.flow import Flow

_log: Final = logging.getLogger("pbxsim")


class FloodFilter:
    """Around `sockets`, by family. `registered` gives the ports of an address at which telephones have registered.

    Where the system has no such filters nothing is blocked, and nothing counted after the first try.
    """

    def __init__(self, sockets: Mapping[int, socket.socket], registered: Callable[[str], Collection[int]]) -> None:
        self._loop = asyncio.get_running_loop()
        self._sockets = sockets
        self._registered = registered
        self._floods = Floods(self._loop.time)
        self._timer: asyncio.TimerHandle | None = None
        self._is_able = True

    @property
    def blocked(self) -> Collection[Sender]:
        """Give whose datagrams are not read now."""
        return self._floods.blocked.keys()

    @property
    def dropped(self) -> int:
        """Count what the system has dropped, for a flood or for a full buffer."""
        return sum(packet_filter.dropped(opened) for opened in self._sockets.values())

    def lost(self, flow: Flow) -> None:
        """Hear of a datagram that found no room."""
        sender = self._floods.lost(flow) if self._is_able else None
        if sender is None:
            return
        if not sender.port and len(self._registered(sender.host)) > packet_filter.MOST_EXEMPT:
            self._floods.spare(sender)
        elif self._filter() and self._floods.is_new(sender):
            _tell(sender)

    def close(self) -> None:
        """Let nothing more be due."""
        if self._timer is not None:
            self._timer.cancel()
        self._is_able = False

    def _filter(self) -> bool:
        """Have the sockets drop what comes of those who are blocked now."""
        blocked = self._floods.blocked
        exempt = {sender.host: self._registered(sender.host) for sender in blocked if not sender.port}
        for family, opened in self._sockets.items():
            if not packet_filter.attach(opened, packet_filter.program(family, blocked, exempt)):
                self._give_up()
        self._rearm()
        return self._is_able

    def _give_up(self) -> None:
        """Read what comes, as where there are no such filters."""
        self._is_able = False
        self._floods.blocked.clear()
        for opened in self._sockets.values():
            packet_filter.attach(opened, b"")

    def _rearm(self) -> None:
        due = self._floods.due()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if due is None else self._loop.call_at(due, self._hear_again)

    def _hear_again(self) -> None:
        self._floods.expire()
        self._filter()


def _tell(sender: Sender) -> None:
    port = f"port {sender.port}" if sender.port else "several ports"
    _log.warning(
        "a flood of SIP messages from %s, %s: none of them is read, for %g s at a time until it is over",
        sender.host, port, PAUSE,
    )  # fmt: skip
