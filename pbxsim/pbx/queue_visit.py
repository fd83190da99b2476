"""A caller's visit to a queue: who came, who was rung for it, why and when the wait was over, and then the talk.

The switch takes it down once, as it happens. The queue log, a vendor's events and reports, and the figures of a call
centre only spell it, so that they cannot tell different stories, whatever an engine reports and in which order.
Not here: how callers are given to members (queue_hunt.py), what app_queue itself counts (`QueueFigures`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.entity import Entity
from pbxsim.pbx.events import CallerJoined, CallerLeft, Event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.clock.instant import Instant
    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.pbx.bus import EventBus
    from pbxsim.pbx.call import Call, CallerId
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.hunt import HandedOn
    from pbxsim.pbx.queue import Member, Queue


class Why(StrEnum):
    """Why a caller waits no longer. One who was refused never waited: `FULL`, or `EMPTY` without `joined_at`."""

    CONNECTED = "connected"  # a member answered
    ABANDONED = "abandoned"  # the call ended before that
    TIMEOUT = "timeout"  # `QueueRules.max_wait` is over
    EMPTY = "empty"  # nobody is there who could answer
    FULL = "full"  # `Queue.max_waiting` others wait


class RingResult(StrEnum):
    """What came of ringing a member."""

    ANSWERED = "answered"
    FAILED = "failed"  # busy, refused, not answered in time: `Attempt.cause` tells
    ELSEWHERE = "elsewhere"  # another one, who rang at the same time, was quicker
    CANCELED = "canceled"  # the caller is gone, or was sent on
    DUMPED = "dumped"  # answered, and was gone before the caller could be connected


class EndedBy(StrEnum):
    """Who ended a visit."""

    CALLER = "caller"
    AGENT = "agent"
    PBX = "pbx"  # a limit, the queue's rules, somebody at the control panel


_ANSWERED, _ELSEWHERE = RingResult.ANSWERED, RingResult.ELSEWHERE  # looked up through the class, they cost more


class Attempt(Entity, eq=False):
    """A member who was rung for a caller, once. Instants are 0 for what has not happened.

    `number` counts all attempts of the PBX; `in_pass` is the caller's ring pass, from 1. `extension`, `peer` and
    `serial` are those of the channel. It was created at `rung_at`; the telephone rang from `ringing_at`, and no more
    from `ended_at`, which is when it was answered if it was. `result` and `cause` are None while it rings; `cause` is
    why the leg ended, and stays None where it was answered. One who answered may yet not be the visit's `answered_by`:
    the caller was gone before they could be connected.
    """

    number: int
    member: Member
    extension: str
    peer: str
    serial: int
    in_pass: int
    rung_at: Instant
    ringing_at: Instant = 0
    ended_at: Instant = 0
    result: RingResult | None = None
    cause: HangupCause | None = None

    @property
    def unique_id(self) -> str:
        """Asterisk's Uniqueid of the member's channel."""
        return f"{self.rung_at // SECOND}.{self.serial}"

    @property
    def began_at(self) -> Instant:
        """When it rang, or when it was rung, where it never did."""
        return self.ringing_at or self.rung_at


class QueueVisit(Entity, kw_only=True, eq=False):
    """A caller in a queue. Plain values, but for the queue and the members. Instants are 0 for what has not happened.

    `number` counts those that joined, from 1; it is 0, as `joined_at` is, for a caller who was refused. `call` and
    `unique_id` name the call, `caller` is the number of the far end of the caller's channel;
    `shows` is what members see, `src` and `context` are the order's.

    `place` is the caller's place when it joined, 1 for the head of the queue, `left_place` that when it left, at
    `left_at`; both are among those who wait here for somebody. `passes` counts how often members were rung, all at once
    or one by one. `ringing` has the attempts under way by their legs, in the order of dialling, `attempts` those that
    are over, in the order in which they came to an end; it is not bounded, as little as the wait.

    The visit is over at `ended_at`: with the talk of a caller who was connected, by whom `ended_by` tells; a party that
    handed the other one on did so by `handed_on`. `sent_to` is the number to which the queue sent a caller it did not
    keep, empty where there is none.
    """

    number: int
    queue: Queue
    call: int
    unique_id: str
    caller: str
    shows: CallerId
    src: str
    context: str
    joined_at: Instant = 0
    place: int = 0
    passes: int = 0
    ringing: dict[Channel, Attempt] = msgspec.field(default_factory=dict)
    attempts: list[Attempt] = msgspec.field(default_factory=list)
    why: Why | None = None
    left_at: Instant = 0
    left_place: int = 0
    answered_by: Attempt | None = None
    ended_at: Instant = 0
    ended_by: EndedBy = EndedBy.PBX
    handed_on: HandedOn | None = None
    sent_to: str = ""

    @property
    def waited(self) -> int:
        """The wait that is over, in whole seconds."""
        return (self.left_at - self.joined_at) // SECOND

    @property
    def talked(self) -> int:
        """The talk that is over, in whole seconds."""
        return (self.ended_at - self.left_at) // SECOND


class AttemptOver(Event, frozen=True, eq=False):
    """A member is not rung any more for that caller; of one who was rung in vain its legs' events tell as well."""

    visit: QueueVisit
    attempt: Attempt


class VisitOver(Event, frozen=True, eq=False):
    """Nothing in that visit will change any more."""

    visit: QueueVisit


class QueueVisits:
    """Takes down the visits to the queues of one PBX, and tells of them. It keeps none: each is its queue's, then its
    listeners'.
    """

    def __init__(self, clock: Scheduler, bus: EventBus) -> None:
        self._clock = clock
        self._bus = bus
        self._joined = 0
        self._rung = 0

    def refused(self, queue: Queue, call: Call, why: Why) -> QueueVisit:
        """Take down a caller who could not even join."""
        visit = _visit(queue, call, 0)
        visit.why, visit.left_at = why, self._clock.now
        self._bus.emit(CallerLeft(visit, call))
        return visit

    def go_on_from(self, joined: int, rung: int) -> None:
        """Number visits and attempts behind those that an earlier run had."""
        self._joined, self._rung = max(self._joined, joined), max(self._rung, rung)

    def joined(self, queue: Queue, call: Call, place: int) -> QueueVisit:
        """Take down a caller who waits from now on."""
        self._joined += 1
        visit = _visit(queue, call, self._joined)
        visit.joined_at, visit.place = self._clock.now, place
        if CallerJoined in self._bus.wanted:
            self._bus.emit(CallerJoined(visit, call))
        return visit

    def rung(self, visit: QueueVisit, legs: Iterable[tuple[Member, Channel]]) -> None:
        """Take down which members are rung next, each with its leg, which need not be dialled yet."""
        for member, leg in legs:
            self._rung += 1
            visit.ringing[leg] = Attempt(
                self._rung, member, leg.number, leg.peer, leg.serial, visit.passes, leg.created_at
            )

    def picked_up(self, visit: QueueVisit, leg: Channel) -> None:
        """Take down that somebody answered: whoever rang beside rings no more."""
        if len(visit.ringing) > 1:
            for other in [ringing for ringing in visit.ringing if ringing is not leg]:
                self._attempt_over(visit, other, _ELSEWHERE)

    def dumped(self, visit: QueueVisit, leg: Channel) -> None:
        """Take down that a member who answered was gone before it was connected."""
        self._attempt_over(visit, leg, RingResult.DUMPED)

    def answered(self, visit: QueueVisit, leg: Channel) -> None:
        """Take down with whom the caller is connected."""
        visit.answered_by = visit.ringing[leg]
        self._attempt_over(visit, leg, _ANSWERED)

    def failed(self, visit: QueueVisit, leg: Channel) -> None:
        """Take down that a member who was rung could not be had."""
        self._attempt_over(visit, leg, RingResult.FAILED)

    def all_failed(self, visit: QueueVisit) -> None:
        """Take down that no member answered in time; legs that still ring are about to be let go."""
        for leg in list(visit.ringing):
            self._attempt_over(visit, leg, RingResult.FAILED, HangupCause.NO_ANSWER)

    def canceled(self, visit: QueueVisit, by: Channel | None, hearing: Channel | None = None) -> None:
        """Take down that nobody is rung any more, for `by` has ended the call: mostly the caller, but it may be a leg
        that had answered, and is gone before the parties could be connected. `hearing` is one that has answered, and
        has heard nobody yet but the PBX.
        """
        for leg in list(visit.ringing):
            if leg is hearing:
                self._attempt_over(visit, leg, _ANSWERED)
                continue
            elsewhere = leg.cause is HangupCause.ANSWERED_ELSEWHERE
            failed = RingResult.FAILED if leg is by else RingResult.CANCELED
            self._attempt_over(visit, leg, RingResult.ELSEWHERE if elsewhere else failed)

    def _attempt_over(
        self, visit: QueueVisit, leg: Channel, result: RingResult, cause: HangupCause | None = None
    ) -> None:
        attempt = visit.ringing.pop(leg)
        attempt.ringing_at, attempt.ended_at = leg.ringing_at, leg.answered_at or self._clock.now
        attempt.result, attempt.cause = result, leg.cause or cause
        visit.attempts.append(attempt)
        if AttemptOver in self._bus.wanted:
            self._bus.emit(AttemptOver(visit, attempt))

    def left(self, visit: QueueVisit, call: Call, why: Why, place: int) -> None:
        """Take down that the caller waits no longer."""
        visit.why, visit.left_at, visit.left_place = why, self._clock.now, place
        if CallerLeft in self._bus.wanted:
            self._bus.emit(CallerLeft(visit, call))

    def over(self, visit: QueueVisit, call: Call, by: Channel | None, handed_on: HandedOn | None = None) -> None:
        """Take down that it is all over, by that leg's doing; None: by the PBX's."""
        visit.ended_at, visit.handed_on = self._clock.now, handed_on
        if by is not None:
            visit.ended_by = EndedBy.CALLER if by is call.first else EndedBy.AGENT
        if VisitOver in self._bus.wanted:
            self._bus.emit(VisitOver(visit))


def _visit(queue: Queue, call: Call, number: int) -> QueueVisit:
    caller, order = call.first, call.order
    assert caller is not None  # a queue is only ever a second party
    return QueueVisit(
        number=number,
        queue=queue,
        call=call.number,
        unique_id=call.unique_id,
        caller=caller.number,
        shows=call.shows,
        src=order.src,
        context=order.context,
    )
