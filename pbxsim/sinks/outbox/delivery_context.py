"""What all orders of an outbox share: the clock and who drives it, the store, the ways out, who hears of tries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.sinks.delivery import Delivery
    from pbxsim.sinks.outbox.outcome import Outcome
    from pbxsim.sinks.store.port import RecordStore


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

    `send` makes a try, `tried` hears what became of it, `dropped` for what there was no room.
    """

    clock: Scheduler
    driver: ClockPort
    record_store: RecordStore
    is_stored: bool
    known: Callable[[Delivery], Delivery]
    send: Callable[[Delivery], Awaitable[Outcome]]
    tried: Callable[[Delivery], None]
    dropped: Callable[[Delivery], None]
