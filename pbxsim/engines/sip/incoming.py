"""What has come in and is not taken yet, by where from: each source has its turn, however much another sends."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable

    from pbxsim.engines.sip.flow import Flow

LONGEST: Final = 1_024
"""Messages of one source that wait; a datagram beyond is dropped, and comes again if it is of use."""

AHEAD: Final = 64
"""Messages of one connection that wait before it is read no further."""

MOST: Final = 4_096
"""Sources of which something waits; a message of one more is dropped."""


class Incoming:
    """One queue for each source. `dropped` counts what found no room.

    Of a connection nothing is dropped, for nothing is sent again there: whoever reads it is to stop at AHEAD.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._queues: dict[Hashable, deque[tuple[bytes, Flow]]] = {}
        self._ahead: dict[Flow, int] = {}
        self._new: deque[Hashable] = deque()  # had nothing waiting when something came
        self._served: deque[Hashable] = deque()  # and may have nothing more; whoever was served last stands last

    def __len__(self) -> int:
        """Count the sources of which something waits, or was taken a moment ago."""
        return len(self._queues)

    def waiting(self, connection: Flow) -> int:
        """Count the messages of a connection that wait, whatever else comes from there."""
        return self._ahead.get(connection, 0)

    def put(self, source: Hashable, data: bytes, flow: Flow) -> bool:
        """Have a message wait. False: there was no room for it."""
        queue = self._queues.get(source)
        is_lost = len(self._queues) >= MOST if queue is None else len(queue) >= LONGEST
        if is_lost and not flow.is_reliable:
            self.dropped += 1
            return False
        if queue is None:
            queue = self._queues[source] = deque()
            self._new.append(source)
        queue.append((data, flow))
        if flow.is_reliable:
            self._ahead[flow] = self._ahead.get(flow, 0) + 1
        return True

    def take(self) -> tuple[bytes, Flow] | None:
        """Give the next message: of a source that had nothing waiting, else of the one that was served longest ago.

        So whoever says little waits for no more than the message at work, whatever waits of others. A source keeps
        its place among the served until all before it had their turn, though nothing more of it waits: else whoever
        sends one message after the other would always be before those of whom several wait (as RFC 8290, 4.2).
        """
        while self._new or self._served:
            is_new = bool(self._new)
            source = (self._new if is_new else self._served).popleft()
            queue = self._queues[source]
            if queue:
                self._served.append(source)
                return self._taken(queue.popleft())
            del self._queues[source]
        return None

    def _taken(self, waiting: tuple[bytes, Flow]) -> tuple[bytes, Flow]:
        flow = waiting[1]
        if flow.is_reliable:
            self._ahead[flow] -= 1
            if not self._ahead[flow]:
                del self._ahead[flow]
        return waiting
