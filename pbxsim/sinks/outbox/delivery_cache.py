"""The deliveries that are held in memory: the newest, and all that wait in an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pbxsim.sinks.delivery import Delivery

NEWEST: Final = 10_000


class DeliveryCache:
    """Deliveries by number, one object for each. `last` is the newest one's number; `is_held`: it waits in an order."""

    def __init__(self, last: int, is_held: Callable[[Delivery], bool]) -> None:
        self.last = last
        self._is_held = is_held
        self._by_id: dict[int, Delivery] = {}

    def add(self, delivery: Delivery) -> None:
        """Remember the newest delivery, and forget the oldest if nobody waits for it."""
        self.last = delivery.id
        self._by_id[delivery.id] = delivery
        oldest = self._by_id.get(delivery.id - NEWEST)
        if oldest is not None:
            self.loosen(oldest)

    def known(self, delivery: Delivery) -> Delivery:
        """Give the one object of a delivery, which is this one where there is none yet."""
        return self._by_id.setdefault(delivery.id, delivery)

    def get(self, delivery: int) -> Delivery | None:
        """Find one."""
        return self._by_id.get(delivery)

    def loosen(self, delivery: Delivery) -> None:
        """Forget a delivery, unless it is among the newest or waits in an order."""
        if delivery.id <= self.last - NEWEST and not self._is_held(delivery):
            self._by_id.pop(delivery.id, None)

    def behind(self, after: int) -> Iterator[Delivery]:
        """Give all that have a higher number, in order."""
        for number in sorted(number for number in self._by_id if number > after):
            yield self._by_id[number]
