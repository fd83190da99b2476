"""Whose messages are not to be read at all for a while: who sends far beyond what waits of one source, without I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.sip.flow import Flow

MANY: Final = 4_000
"""Datagrams of one address that found no room within WINDOW: 20,000 a second, thrice what a processor can answer."""

WINDOW: Final = 0.2
"""Seconds within which they are counted."""

PAUSE: Final = 5.0
"""Seconds for which a source is blocked; if it then goes on, it is again."""

MOST: Final = 16
"""Sources that are blocked at once; the datagrams of one more are read, and find no room."""

_KNOWN: Final = 60.0  # seconds for which a source that was blocked is the same flood if it is again
_MOST_COUNTED: Final = 256


class Sender(msgspec.Struct, frozen=True):
    """Who floods: an address and the port that it sends from; 0: from several."""

    host: str
    port: int


class _Count:
    """What one address has lost since `begun`. `port` is the one that most of it came from, if one port's was most."""

    __slots__ = ("begun", "lead", "lost", "port")

    def __init__(self, now: float) -> None:
        self.begun = now
        self.lost = self.lead = self.port = 0

    def add(self, port: int) -> None:
        """Count a datagram; the majority is found as Boyer and Moore do it (1981), in two numbers for all ports."""
        self.lost += 1
        if port == self.port:
            self.lead += 1
        elif self.lead:
            self.lead -= 1
        else:
            self.port, self.lead = port, 1


class Floods:
    """`now` tells the time in seconds; `blocked` are those whose messages are not to be read, and until when."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.blocked: dict[Sender, float] = {}
        self._now = now
        self._counts: dict[str, _Count] = {}
        self._known: dict[Sender, float] = {}

    def lost(self, flow: Flow) -> Sender | None:
        """Count a datagram that found no room; give who is blocked from now on because of it."""
        count = self._counts.get(flow.host)
        if count is None:
            count = self._begun(flow.host)
        count.add(flow.port)
        return None if count.lost < MANY else self._judge(flow.host, count)

    def _begun(self, host: str) -> _Count:
        if len(self._counts) >= _MOST_COUNTED:
            self._counts.clear()
        made = self._counts[host] = _Count(self._now())
        return made

    def _judge(self, host: str, count: _Count) -> Sender | None:
        """See whether that many came too fast. A port alone is blocked where it sent three of four, and no other is."""
        now = self._now()
        del self._counts[host]
        if now - count.begun > WINDOW or len(self.blocked) >= MOST:
            return None
        has_one = any(each.host == host for each in self.blocked)
        sender = Sender(host, count.port if count.lead * 2 >= count.lost and not has_one else 0)
        if sender in self.blocked or Sender(host, count.port) in self.blocked:  # what the kernel had taken before
            return None
        self.blocked[sender] = now + PAUSE
        return sender

    def spare(self, sender: Sender) -> None:
        """Block somebody not even now."""
        del self.blocked[sender]

    def is_new(self, sender: Sender) -> bool:
        """Tell whether somebody who is blocked now is not known to flood yet; from now on it is."""
        now = self._now()
        self._known = {each: until for each, until in self._known.items() if until > now}
        was_known = sender in self._known
        self._known[sender] = now + PAUSE + _KNOWN
        return not was_known

    def due(self) -> float | None:
        """Tell when somebody is to be heard again; None: nobody is blocked."""
        return min(self.blocked.values(), default=None)

    def expire(self) -> None:
        """Block nobody longer than that."""
        now = self._now()
        self.blocked = {sender: until for sender, until in self.blocked.items() if until > now}
