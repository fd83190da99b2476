"""The visits to a PBX's queues, as reports find them.

The newest that are over are kept, until the PBX is reset (README, R312): in the PBX's database, too, so that a restart
forgets none. Whoever could not even join a queue made no visit.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Instant
from pbxsim.pbx.bus import Stage
from pbxsim.pbx.call import CallerId  # noqa: TC001 - msgspec reads the annotations of `Visited`
from pbxsim.pbx.events import CallerJoined
from pbxsim.pbx.queue_visit import Attempt, EndedBy, QueueVisit, VisitOver, Why
from pbxsim.pbx.recorded import CallRecorded
from pbxsim.vendors.simotel.ids import record_name
from pbxsim.vendors.simotel.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.pbx import Pbx

KEPT: Final = 100_000
FAMILY: Final = "simotel/visits"


class ReportedAttempt(msgspec.Struct, eq=False):
    """An attempt (`queue_visit.Attempt`) as plain values: `agent` is the member's name; `ended_at` 0 while it rings."""

    number: int
    agent: str
    extension: str
    peer: str
    serial: int
    began_at: Instant
    ended_at: Instant


class Visited(msgspec.Struct, eq=False):
    """A `QueueVisit` as plain values, `ringing` the seconds for which a member is rung there.

    `answered` is the number of the attempt that was answered, 0 for none.
    """

    number: int
    caller: str
    shows: CallerId
    joined_at: Instant
    left_at: Instant
    ended_at: Instant
    why: Why | None
    ended_by: EndedBy
    ringing: int
    answered: int
    attempts: list[ReportedAttempt]

    @property
    def answered_by(self) -> ReportedAttempt | None:
        """The attempt that was answered."""
        return next((attempt for attempt in self.attempts if attempt.number == self.answered), None)

    @property
    def waited(self) -> int:
        """The wait that is over, in whole seconds."""
        return (self.left_at - self.joined_at) // SECOND

    @property
    def talked(self) -> int:
        """The talk that is over, in whole seconds."""
        return (self.ended_at - self.left_at) // SECOND


class ReportedVisit(msgspec.Struct, eq=False):
    """A visit to the queue whose number is `qnum`; `record` names the recording, once the call's record is closed.

    `place` counts those that are over, in the order in which they came to an end; 0 while it goes on.
    """

    visit: Visited
    qnum: str
    cuid: str
    record: str = ""
    place: int = 0


class QueueVisits:
    """Hears of the visits to a PBX's queues. `visits` are those that are over, oldest first."""

    def __init__(self, pbx: Pbx, kept: int = KEPT) -> None:
        self.visits: deque[ReportedVisit] = deque(maxlen=kept)
        self._database, self._kept = pbx.database, kept
        self._numbers = {queue.name: number_of(queue, pbx) or queue.name for queue in pbx.queues}
        self._going_on: dict[int, QueueVisit] = {}  # by call
        self._latest: dict[int, ReportedVisit] = {}  # of those that are over, by call, until its record is closed
        self._over = 0
        self._take_up(pbx)
        if len(pbx.queues):
            pbx.events.subscribe(CallerJoined, self._on_joined, Stage.RECORDS)
            pbx.events.subscribe(VisitOver, self._on_over, Stage.RECORDS)
            pbx.events.subscribe(CallRecorded, self._on_recorded, Stage.RECORDS)

    def _take_up(self, pbx: Pbx) -> None:
        """Go on from what an earlier run left: the visits, and the numbers that they and their attempts had."""
        found = sorted((one for _, one in self._database.family(FAMILY, ReportedVisit)), key=_place)
        self.visits.extend(found)
        self._over = found[-1].place if found else 0
        rung = (attempt.number for one in found for attempt in one.visit.attempts)
        pbx.distribution.visits.go_on_from(max((one.visit.number for one in found), default=0), max(rung, default=0))

    def of_call(self, cuid: str) -> Iterator[ReportedVisit]:
        """Give the visits of a call, one that still goes on too."""
        yield from (one for one in self.visits if one.cuid == cuid)
        yield from (self._reported(visit) for visit in self._going_on.values() if visit.unique_id == cuid)

    def _on_joined(self, event: CallerJoined) -> None:
        self._going_on[event.visit.call] = event.visit

    def _on_over(self, event: VisitOver) -> None:
        if event.visit.joined_at:
            del self._going_on[event.visit.call]
            self._over += 1
            one = self._latest[event.visit.call] = self._reported(event.visit, self._over)
            self.visits.append(one)
            self._remember(one)

    def _on_recorded(self, event: CallRecorded) -> None:
        latest = self._latest.pop(event.call.number, None)
        if latest is not None and latest.visit.answered and event.file:
            latest.record = record_name(event.whole)
            self._remember(latest)

    def _remember(self, one: ReportedVisit) -> None:
        """Keep it in the place of the oldest, where there are enough."""
        self._database.put(FAMILY, str(one.place % self._kept), one)

    def _reported(self, visit: QueueVisit, place: int = 0) -> ReportedVisit:
        return ReportedVisit(visited(visit), self._numbers[visit.queue.name], visit.unique_id, place=place)


def visited(visit: QueueVisit) -> Visited:
    """Give a visit as it is now."""
    return Visited(
        number=visit.number,
        caller=visit.caller,
        shows=visit.shows,
        joined_at=visit.joined_at,
        left_at=visit.left_at,
        ended_at=visit.ended_at,
        why=visit.why,
        ended_by=visit.ended_by,
        ringing=visit.queue.rules.member_timeout // SECOND,
        answered=visit.answered_by.number if visit.answered_by is not None else 0,
        attempts=[_attempt(attempt) for attempt in (*visit.attempts, *visit.ringing.values())],
    )


def _attempt(attempt: Attempt) -> ReportedAttempt:
    return ReportedAttempt(
        number=attempt.number,
        agent=attempt.member.agent.name,
        extension=attempt.extension,
        peer=attempt.peer,
        serial=attempt.serial,
        began_at=attempt.began_at,
        ended_at=attempt.ended_at,
    )


def _place(one: ReportedVisit) -> int:
    return one.place
