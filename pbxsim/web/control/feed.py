"""The live events of one PBX, for all who look at it: a ring of what was told last, from which each is sent on.

While somebody looks, what has changed is gathered ten times a second, less often where that would take more than a
sixtieth of the time. Whoever comes gets all there is, then every change; whoever comes back in time gets what was
told meanwhile. Whoever is so slow that the ring has gone on without them is sent away, and comes back to all there is.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from itertools import islice
from secrets import token_hex
from typing import TYPE_CHECKING, Final, TypeAlias

from pbxsim.hosting.watching import Watch
from pbxsim.web.control.live_documents import changed, clock_document, clock_mark, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.watching import Marks

    _Part: TypeAlias = tuple[str, list[bytes]]

_log: Final = logging.getLogger("pbxsim")

PERIOD: Final = 0.1
"""Seconds of the loop's time between two looks at what has changed."""

LINGER: Final = 5.0
"""Seconds for which it goes on when nobody looks any more: a page that is read again, a connection that broke."""

RING_BYTES: Final = 2_000_000
"""How much of what was told is kept for those who are slow, or were away."""

SENT_BYTES: Final = 65_536
"""So much of it goes to one who is behind in one piece, or one event that is longer: whoever is slow holds no more."""

_SHARE: Final = 60  # a look that took so long is not followed by another before that many times as long
_LONGEST: Final = 8.0  # seconds between two looks at most: a page that hears nothing for longer thinks us gone
_HEARTBEAT: Final = 2.0  # seconds after which the clock is told although nothing has changed
_PAUSE: Final = 1.0  # seconds until everything is told where too much has changed to tell each


class Feed:
    """Tells of one PBX. Begins with the first who looks, ends `linger` seconds after the last, or with the PBX.

    `ring_bytes` is how much of what was told is kept. An event's id is `EPOCH-N`: the epoch is another after a reset,
    and in another run of the server.
    """

    def __init__(
        self, host: HostedPbx, *, period: float = PERIOD, linger: float = LINGER, ring_bytes: int = RING_BYTES
    ) -> None:
        self.lookers = 0
        self._host = host
        self._period, self._linger, self._ring_bytes = period, linger, ring_bytes
        self._loop = asyncio.get_running_loop()
        self._turned = asyncio.Event()
        self._is_closed = False
        self._spent = 0.0  # seconds that went into all there is, for everybody, since too much last happened
        self._ring: deque[tuple[int, bytes]] = deque()
        self._watch = Watch(host)
        self._watch.begin()
        self._begin()
        self._left_at = self._loop.time()
        self._timer = self._loop.call_later(period, self._look)
        host.audience = self

    @staticmethod
    def of(host: HostedPbx) -> Feed:
        """Give the PBX's feed, a new one where nobody looks at present."""
        return host.audience if isinstance(host.audience, Feed) else Feed(host)

    async def follow(self, last: str = "") -> AsyncIterator[bytes]:
        """Give what is to be sent to somebody who has seen everything up to the event `last`, empty: nothing."""
        self.lookers += 1
        try:
            epoch, position = self._place_of(last)
            while not self._is_closed:
                if epoch != self._epoch:
                    epoch, position = self._epoch, self._last
                    for part in self._all():
                        yield part
                elif position == self._last:
                    await self._turned.wait()
                elif self._is_lost(position):
                    return
                else:
                    news, position = self._behind(position)
                    yield news
        finally:
            self.lookers -= 1
            self._left_at = self._loop.time()

    def close(self) -> None:
        """Send everybody away, and listen no more."""
        if self._is_closed:
            return
        self._is_closed = True
        self._timer.cancel()
        self._watch.end()
        self._host.audience = None
        self._turned.set()

    # -- for one who looks --------------------------------------------------------------------------------------------

    def _place_of(self, last: str) -> tuple[str, int]:
        """Tell behind which event somebody goes on; an epoch that is none: with all there is."""
        epoch, _, number = last.partition("-")
        if epoch != self._epoch or not (number.isascii() and number.isdigit() and len(number) < 16):
            return "", 0
        position = int(number)
        return ("", 0) if position > self._last or self._is_lost(position) else (epoch, position)

    def _is_lost(self, position: int) -> bool:
        """Tell whether something behind that event is not kept any more."""
        return position < (self._ring[0][0] - 1 if self._ring else self._last)

    def _behind(self, position: int) -> tuple[bytes, int]:
        """Give what was told next, and up to which event; not the whole ring, of which each would hold a copy."""
        parts, size = [], 0
        for number, told in islice(self._ring, position + 1 - self._ring[0][0], None):  # they are numbered without gaps
            parts.append(told)
            size += len(told)
            position = number
            if size >= SENT_BYTES:
                break
        return b"".join(parts), position

    def _all(self) -> Iterator[bytes]:
        """Give all there is, in parts. What changes meanwhile is told once more afterwards, as it is then."""
        mark = f"{self._epoch}-{self._last}"
        for kind, documents in self._timed(everything(self._host)):
            part = b'{"kind":"%b","documents":[%b]}' % (kind.encode(), b",".join(documents))
            yield event("snapshot", part)
        last = b'{"kind":"clock","documents":[%b],"last":true}' % clock_document(self._host)
        yield event("snapshot", last, mark)

    def _timed(self, parts: Iterator[_Part]) -> Iterator[_Part]:
        """Give all parts, and count how long it took to make them."""
        while True:
            began = self._loop.time()
            part = next(parts, None)
            self._spent += self._loop.time() - began
            if part is None:
                return
            yield part

    # -- for all ------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Begin anew: whoever looks has seen nothing of what is now."""
        self._epoch = token_hex(4)
        self._last = 0
        self._clock = clock_mark(self._host)
        self._told_at = self._loop.time()
        self._ring.clear()
        self._kept_bytes = 0
        self._turn()

    def _look(self) -> None:
        """See what has changed, tell it, and look again later."""
        began = self._loop.time()
        if not self.lookers and began - self._left_at >= self._linger:
            self.close()
            return
        wait = self._period
        try:
            wait = self._see(began)
        except Exception:  # a fault in a document must not end all that is told: everything is told anew
            _log.exception("what changed in %s cannot be told", self._host.name)
            self._watch.end()
            wait = _PAUSE
        wait = max(wait, (self._loop.time() - began) * _SHARE)
        self._timer = self._loop.call_later(min(wait, _LONGEST), self._look)

    def _see(self, now: float) -> float:
        """Tell what has changed; give the seconds until the next look."""
        if not self._watch.is_on or not self._watch.is_of_the_present:
            self._watch.end()
            self._watch.begin()
            self._begin()
            return self._period
        marks = self._watch.take()
        if marks is None:  # so much happens that even listening costs: everything is told, as it is in a while
            self._watch.end()
            spent, self._spent = self._spent, 0.0
            return max(_PAUSE, spent * _SHARE)
        self._tell(marks, now)
        return self._period

    def _tell(self, marks: Marks, now: float) -> None:
        told = [(kind, document) for kind, document in changed(self._host, marks)] if marks.count else []
        clock = clock_mark(self._host)
        if clock != self._clock or now - self._told_at >= _HEARTBEAT:
            told.append(("clock", clock_document(self._host)))
            self._clock = clock
            self._told_at = now
        if told:
            self._last += 1
            mark = f"{self._epoch}-{self._last}"
            self._keep(b"".join(event(kind, document) for kind, document in told[:-1]) + event(*told[-1], mark))
            self._turn()

    def _keep(self, told: bytes) -> None:
        self._ring.append((self._last, told))
        self._kept_bytes += len(told)
        while self._kept_bytes > self._ring_bytes and len(self._ring) > 1:
            self._kept_bytes -= len(self._ring.popleft()[1])

    def _turn(self) -> None:
        """Wake those who wait for more."""
        self._turned.set()
        self._turned = asyncio.Event()


def event(name: str, data: bytes, mark: str = "") -> bytes:
    """Spell an event (WHATWG HTML, 9.2.5): its data is JSON, without a line break. With a `mark` it can be resumed."""
    line = f"id: {mark}\n".encode() if mark else b""
    return b"event: %b\n%bdata: %b\n\n" % (name.encode(), line, data)
