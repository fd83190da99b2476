"""What has come in and is not taken yet, by where from: each source has its turn, however much another sends."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable

    from pbxsim.engines.sip.flow import Flow

LONGEST: Final = 1_024
"""Messages of one source that wait; what comes beyond is dropped, and comes again if it is of use."""

MOST: Final = 4_096
"""Sources of which something waits; a message of one more is dropped."""


class Incoming:
    """One queue for each source. `dropped` counts what found no room."""

    def __init__(self) -> None:
        self.dropped = 0
        self._queues: dict[Hashable, deque[tuple[bytes, Flow]]] = {}

    def __len__(self) -> int:
        """Count the sources of which something waits."""
        return len(self._queues)

    def put(self, source: Hashable, data: bytes, flow: Flow) -> None:
        """Have a message wait."""
        queue = self._queues.get(source)
        if queue is None:
            if len(self._queues) >= MOST:
                self.dropped += 1
                return
            queue = self._queues[source] = deque()
        if len(queue) >= LONGEST:
            self.dropped += 1
        else:
            queue.append((data, flow))

    def take(self) -> tuple[bytes, Flow] | None:
        """Give the next message of the source whose turn it is; it then comes last."""
        if not self._queues:
            return None
        source = next(iter(self._queues))
        queue = self._queues.pop(source)
        taken = queue.popleft()
        if queue:
            self._queues[source] = queue
        return taken
