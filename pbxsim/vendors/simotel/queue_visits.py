"""The visits to a PBX's queues, as reports find them.

They are kept in memory and nowhere else: the newest that are over, until the PBX begins anew (README, R312). Whoever
could not even join a queue made no visit.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.pbx.bus import Stage
from pbxsim.pbx.closing import CallRecorded
from pbxsim.pbx.events import CallerJoined
from pbxsim.pbx.queue_visit import QueueVisit, VisitOver
from pbxsim.vendors.simotel.ids import record_name, spelt_cuid
from pbxsim.vendors.simotel.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.pbx import Pbx

KEPT: Final = 100_000


class ReportedVisit(msgspec.Struct, eq=False):
    """A visit to the queue whose number is `qnum`; `record` names the recording, once the call's record is closed."""

    visit: QueueVisit
    qnum: str
    cuid: str
    record: str = ""


class QueueVisits:
    """Hears of the visits to a PBX's queues. `visits` are those that are over, oldest first."""

    def __init__(self, pbx: Pbx, kept: int = KEPT) -> None:
        self.visits: deque[ReportedVisit] = deque(maxlen=kept)
        self._numbers = {queue.name: number_of(queue, pbx) or queue.name for queue in pbx.queues}
        self._latest: dict[int, ReportedVisit] = {}  # by call, until its record is closed
        if len(pbx.queues):
            pbx.events.subscribe(CallerJoined, self._on_joined, Stage.RECORDS)
            pbx.events.subscribe(VisitOver, self._on_over, Stage.RECORDS)
            pbx.events.subscribe(CallRecorded, self._on_recorded, Stage.RECORDS)

    def of_call(self, cuid: str) -> Iterator[ReportedVisit]:
        """Give the visits of a call, one that still goes on too."""
        yield from (one for one in self.visits if one.cuid == cuid)
        yield from (one for one in self._latest.values() if one.cuid == cuid and not one.visit.ended_at)

    def _on_joined(self, event: CallerJoined) -> None:
        visit, qnum = event.visit, self._numbers[event.visit.queue.name]
        self._latest[visit.call] = ReportedVisit(visit, qnum, spelt_cuid(visit.call_began_at, visit.call))

    def _on_over(self, event: VisitOver) -> None:
        if event.visit.joined_at:
            self.visits.append(self._latest[event.visit.call])

    def _on_recorded(self, event: CallRecorded) -> None:
        latest = self._latest.pop(event.whole.call, None)
        if latest is not None and latest.visit.answered_by is not None:
            latest.record = record_name(event.whole)
