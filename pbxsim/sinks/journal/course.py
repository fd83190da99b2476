"""How the journal takes down what happens in the course of every call, which is all but a few of its entries.

A method for each kind, with nothing between the event and its entry: each call of Python's costs as much as a third of
an entry. Other kinds are taken down by a function of theirs (kinds.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from pbxsim.pbx.call import CallState
from pbxsim.pbx.events import (
    CallBridged,
    CallEnded,
    CallStarted,
    CdrClosed,
    LegAnswered,
    LegDialed,
    LegEnded,
    LegRinging,
)
from pbxsim.sinks.journal.calls import (
    spell_bridged,
    spell_dialed,
    spell_ended,
    spell_leg_ended,
    spell_started,
    spell_waited,
    take_spying,
)
from pbxsim.sinks.journal.records import spell_cdr
from pbxsim.sinks.journal.sizes import size_of_cdr, size_of_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.instant import Instant
    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.pbx.events import Event
    from pbxsim.sinks.journal.spelling import Spelt

Kept: TypeAlias = "tuple[Instant, str, Callable[..., Spelt], *tuple[Any, ...]]"
"""What is kept of an entry: at, kind, how to spell, and behind that what to spell.

All in one tuple: to make another, and to free it again when it is long out of the processor's cache, costs as much as
to take down the rest.
"""

MOST_FRESH: Final = 500
"""Entries that wait to be counted and put among the others: to do so one by one costs more than to take them down."""

_OVER: Final = CallState.ENDED


class Ring(Protocol):
    """Where entries go: into `fresh`, and from there among those that are kept."""

    @property
    def fresh(self) -> list[Kept]:
        """Give those that are not among the others yet, oldest first; always the same list."""
        ...

    def settle(self) -> None:
        """Put them among the others."""
        ...

    def grow(self, size: int) -> None:
        """Hear that the newest entry takes so many bytes more than the flat sum."""
        ...


class Course:
    """Takes down the events that every call brings. A call and a leg end once: there it sees that few are fresh."""

    __slots__ = ("_clock", "_fresh", "_ring")

    def __init__(self, ring: Ring, clock: Scheduler) -> None:
        self._ring = ring
        self._fresh = ring.fresh
        self._clock = clock

    def listener_of(self, kind: type[Event]) -> Callable[[Any], None] | None:
        """Give what takes down events of that kind; None where not every call has them."""
        heard: dict[type[Event], Callable[[Any], None]] = {
            CallStarted: self.started,
            LegDialed: self.dialed,
            LegRinging: self.ringing,
            LegAnswered: self.answered,
            CallBridged: self.bridged,
            LegEnded: self.leg_ended,
            CallEnded: self.ended,
            CdrClosed: self.closed,
        }
        return heard.get(kind)

    def started(self, event: CallStarted) -> None:
        """Take down what was asked for, and whom it spies on; an order never changes."""
        call = event.call
        order = call.order
        spied = ""
        if order.spied_channel is not None or order.spied_line is not None:
            order, spied = take_spying(order)
        self._fresh.append((self._clock.now, "call-started", spell_started, call.number, order, spied))
        size = size_of_order(order)
        if size:
            self._ring.grow(size)

    def dialed(self, event: LegDialed) -> None:
        """Take down who is rung, and what that telephone shows."""
        leg = event.channel
        line, trunk = leg.line, leg.trunk
        peer = line.user if line is not None else leg.peer if trunk is None else trunk.name  # as `peer`: see the top
        self._fresh.append(
            (
                self._clock.now,
                "leg-dialed",
                spell_dialed,
                leg.call.number,
                peer,
                leg.serial,
                leg.number,
                trunk is not None,
                leg.rings_for < 0,
                leg.shows,
            )
        )

    def ringing(self, event: LegRinging) -> None:
        """Take down how long it was silent."""
        leg = event.channel
        line = leg.line
        peer = line.user if line is not None else leg.peer if (trunk := leg.trunk) is None else trunk.name
        waited = leg.ringing_at - leg.created_at
        self._fresh.append(
            (self._clock.now, "leg-ringing", spell_waited, leg.call.number, peer, leg.serial, leg.number, waited)
        )

    def answered(self, event: LegAnswered) -> None:
        """Take down how long it took."""
        leg = event.channel
        line = leg.line
        peer = line.user if line is not None else leg.peer if (trunk := leg.trunk) is None else trunk.name
        waited = leg.answered_at - leg.created_at
        self._fresh.append(
            (self._clock.now, "leg-answered", spell_waited, leg.call.number, peer, leg.serial, leg.number, waited)
        )

    def bridged(self, event: CallBridged) -> None:
        """Take down who hears whom."""
        call = event.call
        first, second = call.first, call.second
        connected_at = call.bridged_at if call.history is None else call.connected_at
        first_peer = second_peer = ""
        first_serial = second_serial = 0
        if first is not None:
            line, first_serial = first.line, first.serial
            first_peer = first.peer if line is None else line.user
        if second is not None:
            trunk, second_serial = second.trunk, second.serial
            second_peer = second.peer if trunk is None else trunk.name
        self._fresh.append(
            (
                self._clock.now,
                "call-bridged",
                spell_bridged,
                call.number,
                first_peer,
                first_serial,
                second_peer,
                second_serial,
                connected_at - call.started_at,
            )
        )

    def leg_ended(self, event: LegEnded) -> None:
        """Take down why and after how long the leg ended, and whether this party's end brings the call down.

        It does not where the party was let go, or another is still rung.
        """
        leg = event.channel
        call, line = leg.call, leg.line
        ended_at, answered_at = leg.ended_at, leg.answered_at
        entry = (
            self._clock.now,
            "leg-ended",
            spell_leg_ended,
            call.number,
            line.user if line is not None else leg.peer if (trunk := leg.trunk) is None else trunk.name,
            leg.serial,
            leg.number,
            leg.cause,
            ended_at - leg.created_at,
            ended_at - answered_at if answered_at else None,
            call.state is not _OVER and (leg is call.first or bool(answered_at) or not call.ringing_legs()),
        )
        fresh = self._fresh
        fresh.append(entry)
        if len(fresh) > MOST_FRESH:
            self._ring.settle()

    def ended(self, event: CallEnded) -> None:
        """Take down how the call ended."""
        call = event.call
        ended_at, bridged_at = call.ended_at, call.bridged_at
        talk = ended_at - bridged_at if bridged_at else 0
        lasted = ended_at - call.started_at
        fresh = self._fresh
        fresh.append(
            (self._clock.now, "call-ended", spell_ended, call.number, call.cause, call.disposition, lasted, talk)
        )
        if len(fresh) > MOST_FRESH:
            self._ring.settle()

    def closed(self, event: CdrClosed) -> None:
        """Take down the record, which never changes."""
        cdr = event.cdr
        self._fresh.append((self._clock.now, "cdr-closed", spell_cdr, cdr))
        size = size_of_cdr(cdr)
        if size:
            self._ring.grow(size)
