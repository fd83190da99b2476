"""Deliveries that another is to overtake: each waits until the next to its receiver was given, or its time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.sinks.delivery import Delivery
    from pbxsim.sinks.outbox.pending import ClockPort

_OWNER: Final = (1 << 32) + 1  # of timers; receivers have low numbers
_STEPS: Final = (1 << 24) - 1


class HeldDelivery(msgspec.Struct, frozen=True, eq=False):
    """A delivery that is held back, and the timer that ends it."""

    delivery: Delivery
    timer: int


class HeldBack:
    """At most one delivery for each receiver; `release` takes one that has waited long enough."""

    def __init__(self, clock: Scheduler, driver: ClockPort, release: Callable[[Delivery], None]) -> None:
        self._clock = clock
        self._driver = driver
        self._release = release
        self._held: dict[str, HeldDelivery] = {}
        self._steps = 0

    def __contains__(self, delivery: Delivery) -> bool:
        held = self._held.get(delivery.notice.receiver)
        return held is not None and held.delivery is delivery

    def has_room(self, receiver: str) -> bool:
        """Tell whether none is held back for that receiver."""
        return receiver not in self._held

    def put(self, delivery: Delivery) -> None:
        """Hold a delivery back, at most until it is due."""
        self._steps = self._steps % _STEPS + 1
        timer = self._driver.outside.call_at(delivery.due, _OWNER, self._steps, self._on_due, delivery)
        self._held[delivery.notice.receiver] = HeldDelivery(delivery, timer)
        self._driver.rearm()

    def overtaken(self, receiver: str) -> None:
        """Let the one for that receiver go, for another has gone before it."""
        held = self._held.pop(receiver, None)
        if held is not None:
            self._driver.outside.cancel(held.timer)
            held.delivery.due = self._clock.now
            self._release(held.delivery)

    def clear(self) -> None:
        """Leave nothing on the clock."""
        for held in self._held.values():
            self._driver.outside.cancel(held.timer)
        self._held.clear()

    def _on_due(self, delivery: Delivery) -> None:
        del self._held[delivery.notice.receiver]
        self._release(delivery)
