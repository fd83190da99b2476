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
from pbxsim.sinks.journal.sizes import size_of_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.instant import Instant
    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.events import Event
    from pbxsim.sinks.journal.spelling import Spelt

Kept: TypeAlias = "tuple[Instant, str, Callable[[Any], Spelt], Any]"
"""What is kept of an entry: at, kind, how to spell, what to spell."""

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
        }
        return heard.get(kind)

    def started(self, event: CallStarted) -> None:
        """Take down what was asked for, and whom it spies on; an order never changes."""
        call = event.call
        order = call.order
        spied = ""
        if order.spied_channel is not None or order.spied_line is not None:
            order, spied = take_spying(order)
        self._fresh.append((self._clock.now, "call-started", spell_started, (call.number, order, spied)))
        size = size_of_order(order)
        if size:
            self._ring.grow(size)

    def dialed(self, event: LegDialed) -> None:
        """Take down who is rung, and what that telephone shows."""
        leg = event.channel
        line, trunk = leg.line, leg.trunk
        peer = line.user if line is not None else leg.peer if trunk is None else trunk.name  # as `peer`: see the top
        facts = leg.call.number, peer, leg.serial, leg.number, trunk is not None, leg.rings_for < 0, leg.shows
        self._fresh.append((self._clock.now, "leg-dialed", spell_dialed, facts))

    def ringing(self, event: LegRinging) -> None:
        """Take down how long it was silent."""
        leg = event.channel
        line, trunk = leg.line, leg.trunk
        peer = line.user if line is not None else leg.peer if trunk is None else trunk.name
        facts = leg.call.number, peer, leg.serial, leg.number, leg.ringing_at - leg.created_at
        self._fresh.append((self._clock.now, "leg-ringing", spell_waited, facts))

    def answered(self, event: LegAnswered) -> None:
        """Take down how long it took."""
        leg = event.channel
        line, trunk = leg.line, leg.trunk
        peer = line.user if line is not None else leg.peer if trunk is None else trunk.name
        facts = leg.call.number, peer, leg.serial, leg.number, leg.answered_at - leg.created_at
        self._fresh.append((self._clock.now, "leg-answered", spell_waited, facts))

    def bridged(self, event: CallBridged) -> None:
        """Take down who hears whom."""
        call = event.call
        first, second = call.first, call.second
        first_peer = second_peer = ""
        if first is not None:
            first_peer = first.peer if first.line is None else first.line.user
        if second is not None:
            second_peer = second.peer if second.trunk is None else second.trunk.name
        facts = (
            call.number,
            first_peer,
            0 if first is None else first.serial,
            second_peer,
            0 if second is None else second.serial,
            call.connected_at - call.started_at,
        )
        self._fresh.append((self._clock.now, "call-bridged", spell_bridged, facts))

    def leg_ended(self, event: LegEnded) -> None:
        """Take down why and after how long the leg ended, and whether the call ends with it."""
        leg = event.channel
        call, line, trunk = leg.call, leg.line, leg.trunk
        ended_at, answered_at = leg.ended_at, leg.answered_at
        facts = (
            call.number,
            line.user if line is not None else leg.peer if trunk is None else trunk.name,
            leg.serial,
            leg.number,
            leg.cause,
            ended_at - leg.created_at,
            ended_at - answered_at if answered_at else None,
            call.state is not _OVER and _ends_call(leg),
        )
        self._fresh.append((self._clock.now, "leg-ended", spell_leg_ended, facts))
        if len(self._fresh) > MOST_FRESH:
            self._ring.settle()

    def ended(self, event: CallEnded) -> None:
        """Take down how the call ended."""
        call = event.call
        ended_at, bridged_at = call.ended_at, call.bridged_at
        talk = ended_at - bridged_at if bridged_at else 0
        facts = call.number, call.cause, call.disposition, ended_at - call.started_at, talk
        self._fresh.append((self._clock.now, "call-ended", spell_ended, facts))
        if len(self._fresh) > MOST_FRESH:
            self._ring.settle()


def _ends_call(leg: Channel) -> bool:
    """Tell whether this party's end brings the call down; False where it was let go, or another is still rung."""
    call = leg.call
    return leg is call.first or bool(leg.answered_at) or not call.ringing_legs()
