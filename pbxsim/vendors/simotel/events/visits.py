"""CdrQueue: a caller's time in a queue that ended with one of its members, told when the call's record is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import Disposition, HangupCause, unanswered_disposition
from pbxsim.pbx.queue_visit import Attempt, EndedBy, QueueVisit, RingResult, VisitOver
from pbxsim.pbx.recorded import CallRecorded
from pbxsim.vendors.simotel.event_settings import EventName
from pbxsim.vendors.simotel.events.poster import originated
from pbxsim.vendors.simotel.ids import record_name
from pbxsim.vendors.simotel.numbers import queue_numbers

if TYPE_CHECKING:
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.events.poster import Poster


class Visits:
    """Posts CdrQueue: one for each time that a caller was connected to a member of a queue."""

    def __init__(self, pbx: Pbx, poster: Poster) -> None:
        self._poster = poster
        self._queue_numbers = queue_numbers(pbx)
        self._over: dict[int, list[QueueVisit]] = {}  # by call, until its record is closed
        pbx.events.subscribe(VisitOver, self._on_over)
        pbx.events.subscribe(CallRecorded, self._on_recorded)

    def _on_over(self, event: VisitOver) -> None:
        if event.visit.answered_by is not None:
            self._over.setdefault(event.visit.call, []).append(event.visit)

    def _on_recorded(self, event: CallRecorded) -> None:
        for visit in self._over.pop(event.call.number, ()):
            assert visit.answered_by is not None  # others are not kept
            fields = self._fields(event.whole, visit, visit.answered_by)
            self._poster.post(EventName.CDR_QUEUE, fields, event.call.number)

    def _fields(self, cdr: Cdr, visit: QueueVisit, taken: Attempt) -> dict[str, object]:
        """Spell a visit; all numbers are text in this event."""
        moment, name, record = self._poster.moment, cdr.unique_id, record_name(cdr)
        return {
            "unique_id": name,
            "cuid": name,
            **originated(cdr.vendor, cdr.reference),
            "src": visit.caller,
            "dst": taken.extension,
            "queue": self._queue_numbers[visit.queue.name],
            "billsec": str(visit.talked),
            "wait": str(visit.waited),
            "duration": str(visit.talked + visit.waited),
            "agent_wait": str((taken.ended_at - taken.began_at) // SECOND),
            "disposition": Disposition.ANSWERED.value,
            "hangup": "agent" if visit.ended_by is EndedBy.AGENT else "caller",
            "queue_status": "CONTINUE",
            **({"record": record} if record else {}),
            "answeredtime": moment(visit.left_at),
            "ringtime": moment(taken.began_at),
            "starttime": moment(visit.joined_at),
            "endtime": moment(visit.ended_at),
            "detail": [_detail(visit, dst, tries) for dst, tries in _tries(visit).items()],
        }


def _tries(visit: QueueVisit) -> dict[str, list[Attempt]]:
    """Give how often each number was rung, but for those who were less quick than another."""
    tries: dict[str, list[Attempt]] = {}
    for attempt in visit.attempts:
        if attempt.result is not RingResult.ELSEWHERE:
            tries.setdefault(attempt.extension, []).append(attempt)
    return tries


def _detail(visit: QueueVisit, dst: str, tries: list[Attempt]) -> dict[str, str]:
    last, rung = tries[-1], sum(one.ended_at - (one.ringing_at or one.ended_at) for one in tries)
    answered = last.result is RingResult.ANSWERED
    disposition = Disposition.ANSWERED if answered else unanswered_disposition(last.cause or HangupCause.NO_ANSWER)
    return {
        "src": visit.caller,
        "dst": dst,
        "billsec": str(visit.talked if answered else 0),
        "wait": str(rung // SECOND),
        "disposition": disposition.value,
        "comment": "",
        "tries": str(len(tries)),
    }
