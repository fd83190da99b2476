"""What waits for one receiver, in order: the front of it here, the rest in the store, where there is one."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from pbxsim.sinks.delivery import DeliveryState, Try
from pbxsim.sinks.excerpt import text_size

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.sinks.delivery import Delivery
    from pbxsim.sinks.outbox.outcome import Outcome
    from pbxsim.sinks.store.port import RecordStore

HELD: Final = 2_000
"""So many deliveries to one receiver are held in memory where a store has the others."""

HELD_WITHOUT_STORE: Final = 100_000
"""So many are held where there is no store; then the oldest is dropped."""

_FLAT: Final = 640  # bytes of a delivery without its texts
_TRY: Final = 256  # of a try

_PATIENCE: Final = 5.0  # seconds of the world's time for the store to give what it has


def size_of(delivery: Delivery) -> int:
    """Tell how many bytes a delivery takes in memory, from its texts' lengths; not too low."""
    notice = delivery.notice
    size = _FLAT + len(notice.body) + text_size(notice.url)
    return size + sum(_TRY + text_size(one.reply) + text_size(one.error) for one in delivery.tries)


class StoreSilent(Exception):
    """The store did not give what waits there."""


class PendingQueue:
    """The deliveries to one receiver that nobody has tried yet, or that are to be sent once more.

    `given` counts all that came into the order, `found` those of an earlier run that only the store had, which come
    before what is given now; `dropped` those for which there was no room.
    """

    def __init__(self, receiver: str, context: DeliveryContext) -> None:
        self.given = 0
        self.found = 0
        self.dropped = 0
        self._receiver = receiver
        self._context = context
        self._first_new = 0  # deliveries below were given by an earlier run
        self._queue: deque[Delivery] = deque()
        self._again: deque[Delivery] = deque()  # to be sent once more, behind what only the store has
        self._held: dict[int, int] = {}  # bytes of what is in one of the two, or taken from there and not settled
        self._held_bytes = 0
        self._behind = 0  # the last that came from the store or from the PBX; what only the store has lies behind it
        self._is_more_stored = False
        self._is_fetching = False

    @property
    def has_more(self) -> bool:
        """Tell whether there may be something to take."""
        return bool(self._queue or self._again or self._is_more_stored)

    @property
    def has_more_stored(self) -> bool:
        """Tell whether the store may have deliveries behind those that are here."""
        return self._is_more_stored or self._is_fetching

    def lacks(self, last: int) -> bool:
        """Tell whether the store may have deliveries up to that number which are not here yet."""
        return self.has_more_stored and self._behind < last

    def holds(self, delivery: Delivery) -> bool:
        """Tell whether a delivery waits here, and not only in the store."""
        return delivery.id in self._held

    def resume(self, deliveries: list[Delivery], first_new: int, *, is_all: bool) -> None:
        """Take up what an earlier run left, as much as there is room for; the store has more where it is not all."""
        self._first_new = first_new
        self._is_more_stored = self._context.is_stored and (len(deliveries) > HELD or not is_all)
        for delivery in deliveries[: HELD if self._context.is_stored else HELD_WITHOUT_STORE]:
            if self._is_full and self._context.is_stored:
                self._is_more_stored = True
                return
            self.given += 1
            self._resume(delivery)

    def give(self, delivery: Delivery) -> None:
        """Put a new delivery at the end."""
        self.given += 1
        if self._context.is_stored:
            if self._is_fetching or self._is_more_stored or len(self._queue) >= HELD or self._is_full:
                self._is_more_stored = True
                return
        else:
            while self._queue and (len(self._queue) >= HELD_WITHOUT_STORE or self._is_full):
                self._drop(self._queue.popleft())
        self._append(delivery)

    def give_again(self, delivery: Delivery) -> None:
        """Put a delivery that is settled at the end once more."""
        self.given += 1
        self._hold(delivery)
        (self._again if self._is_fetching or self._is_more_stored else self._queue).append(delivery)

    async def take(self) -> Delivery | None:
        """Take the first; None where there is none. Raises StoreSilent."""
        while not self._queue and self._is_more_stored:
            await self._fetch()
        if not self._queue:
            self._queue, self._again = self._again, self._queue
        return self._queue.popleft() if self._queue else None

    def settled(self, delivery: Delivery) -> None:
        """Hear that a delivery that was taken is through."""
        self._held_bytes -= self._held.pop(delivery.id, 0)

    async def _fetch(self) -> None:
        """Bring what only the store has, as much as there is room for. What is given meanwhile lies behind it."""
        self._is_fetching, self._is_more_stored = True, False
        try:
            async with asyncio.timeout(_PATIENCE):
                found = await self._context.record_store.pending(self._receiver, self._behind, HELD)
        except BaseException as error:
            self._is_more_stored = True
            if isinstance(error, Exception):  # whatever a store may raise: its own health tells of it
                raise StoreSilent from error
            raise
        finally:
            self._is_fetching = False
        for delivery in found:
            if self._is_full and self._queue:
                self._is_more_stored = True
                return
            self._behind = max(self._behind, delivery.id)
            if delivery.id not in self._held:  # somebody may just have asked for it to be sent once more
                self._take_up(self._context.known(delivery))
        self._is_more_stored = self._is_more_stored or len(found) >= HELD

    def _take_up(self, delivery: Delivery) -> None:
        if delivery.id < self._first_new:
            self.found += 1
            self._resume(delivery)
        else:
            self._append(delivery)

    def _resume(self, delivery: Delivery) -> None:
        delivery.due = self._context.clock.now  # a clock that begins elsewhere must not leave it waiting for years
        self._append(delivery)

    def _append(self, delivery: Delivery) -> None:
        self._queue.append(delivery)
        self._hold(delivery)
        self._behind = max(self._behind, delivery.id)

    @property
    def _is_full(self) -> bool:
        return self._held_bytes >= self._context.most_bytes

    def _hold(self, delivery: Delivery) -> None:
        size = size_of(delivery)
        self._held_bytes += size - self._held.get(delivery.id, 0)
        self._held[delivery.id] = size

    def _drop(self, delivery: Delivery) -> None:
        delivery.state = DeliveryState.FAILED
        delivery.tries.append(Try(at=self._context.clock.now, error="dropped: too many wait, and there is no store"))
        self.dropped += 1
        self.settled(delivery)
        self._context.dropped(delivery)


class ClockPort(Protocol):
    """What drives the clock, as far as an order of deliveries needs it: see ClockDriver."""

    @property
    def rate(self) -> float:
        """How many seconds of the clock go by in one of the world's."""
        ...

    @property
    def outside(self) -> Scheduler:
        """Give the scheduler of what is none of the switch's business."""
        ...

    def catch_up(self) -> None:
        """Bring the clock to where it should stand now."""
        ...

    def rearm(self) -> None:
        """Hear that new work was scheduled."""
        ...


class DeliveryContext(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What every worker knows. `known` gives the one object of a delivery that a store gave; `is_stored`: there is one.

    `most_bytes` is how much memory the deliveries to one receiver may take. `send` makes a try, `tried` hears
    what became of it, `dropped` for what there was no room.
    """

    clock: Scheduler
    driver: ClockPort
    record_store: RecordStore
    is_stored: bool
    most_bytes: int
    known: Callable[[Delivery], Delivery]
    send: Callable[[Delivery], Awaitable[Outcome]]
    tried: Callable[[Delivery], None]
    dropped: Callable[[Delivery], None]
