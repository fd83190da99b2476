"""The deliveries of one PBX that are in memory: all that wait, and the newest of the others."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from itertools import islice
from typing import TYPE_CHECKING, Final

from pbxsim.sinks.capacity import DELIVERY_BYTES
from pbxsim.sinks.outbox.pending import size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pbxsim.sinks.delivery import Delivery

NEWEST: Final = 10_000


class DeliveryCache:
    """Deliveries by number, one object for each. `last` is the newest one's number; `is_held`: it waits in an order.

    `kept_bytes` is what they take; where it is more than `most_bytes`, those that do not wait are forgotten.
    """

    def __init__(self, last: int, is_held: Callable[[Delivery], bool], most_bytes: int = DELIVERY_BYTES) -> None:
        self.last = last
        self.kept_bytes = 0
        self._is_held = is_held
        self._most_bytes = most_bytes
        self._by_id: dict[int, Delivery] = {}
        self._sizes: dict[int, int] = {}
        self._loose: OrderedDict[int, None] = (
            OrderedDict()
        )  # what did not wait any more when it was last looked at, the oldest first

    def __len__(self) -> int:
        """Count what is remembered."""
        return len(self._by_id)

    def add(self, delivery: Delivery) -> None:
        """Remember the newest delivery, and forget the oldest if nobody waits for it."""
        self.last = delivery.id
        self._remember(delivery)
        oldest = self._by_id.get(delivery.id - NEWEST)
        if oldest is not None:
            self.loosen(oldest)

    def known(self, delivery: Delivery) -> Delivery:
        """Give the one object of a delivery, which is this one where there is none yet."""
        return self._by_id.get(delivery.id) or self._remember(delivery)

    def get(self, delivery: int) -> Delivery | None:
        """Find one."""
        return self._by_id.get(delivery)

    def loosen(self, delivery: Delivery) -> None:
        """Hear that a delivery may have changed; forget it, unless it is among the newest or waits in an order."""
        if delivery.id in self._by_id:
            self._measure(delivery)
            if not self._is_held(delivery):
                self._loose[delivery.id] = None
                if delivery.id <= self.last - NEWEST:
                    self._forget(delivery.id)
        while self.kept_bytes > self._most_bytes and self._loose:
            self._let_go(next(iter(self._loose)))  # of a plain dict it would pass all that was let go before

    def behind(self, after: int) -> Iterator[Delivery]:
        """Give all that have a higher number, in order."""
        numbers = sorted(self._by_id)  # they are in order, but for a few
        return map(self._by_id.__getitem__, islice(numbers, bisect_right(numbers, after), None))

    def _remember(self, delivery: Delivery) -> Delivery:
        self._by_id[delivery.id] = delivery
        self._measure(delivery)
        return delivery

    def _measure(self, delivery: Delivery) -> None:
        size = size_of(delivery)
        self.kept_bytes += size - self._sizes.get(delivery.id, 0)
        self._sizes[delivery.id] = size

    def _let_go(self, number: int) -> None:
        """Forget a delivery, unless it was asked for once more and waits again."""
        if self._is_held(self._by_id[number]):
            del self._loose[number]
        else:
            self._forget(number)

    def _forget(self, number: int) -> None:
        del self._by_id[number]
        self._loose.pop(number, None)
        self.kept_bytes -= self._sizes.pop(number)
