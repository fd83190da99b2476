"""The queue log as Asterisk's app_queue writes it: who came, waited, was rung, talked, left.

Rows are those of the table `queue_log` that Asterisk fills where its log goes to a database (main/logger.c,
ast_queue_log; apps/app_queue.c for the events and their data). Times are those of the
PBX's zone, else UTC. Whoever could not even join is not there, as in Asterisk. Members of the start are told by
ADDMEMBER, so that a reader knows who could be rung.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final
from uuid import UUID

from pbxsim.clock.instant import SECOND
from pbxsim.kit.civil import civil, zone
from pbxsim.pbx.bus import Stage
from pbxsim.pbx.events import AgentChanged, CallerJoined, CallerLeft, MemberAdded, MemberPauseChanged, MemberRemoved
from pbxsim.pbx.queue_visit import AttemptOver, EndedBy, QueueVisit, RingResult, VisitOver, Why

if TYPE_CHECKING:
    from pbxsim.pbx.hunt import HandedOn
    from pbxsim.pbx.pbx import Pbx

COLUMNS: Final = ("time", "callid", "queuename", "agent", "event", "data1", "data2", "data3", "data4", "data5")
_NONE: Final = "NONE"
_MANAGER: Final = "MANAGER"  # what a client did stands under this, as app_queue has it for the manager interface
_MILLISECOND: Final = SECOND // 1000

_NOT_ANSWERED: Final = {RingResult.FAILED: "RINGNOANSWER", RingResult.CANCELED: "RINGCANCELED"}
_GONE: Final = {Why.ABANDONED: "ABANDON", Why.TIMEOUT: "EXITWITHTIMEOUT", Why.EMPTY: "EXITEMPTY"}
_HANDED_ON: Final = {"blind": "BLINDTRANSFER", "attended": "ATTENDEDTRANSFER"}


class QueueLog:
    """Hears of everything that concerns a PBX's queues, and keeps it as `rows`, in the order in which it happened."""

    def __init__(self, pbx: Pbx) -> None:
        self.rows: list[tuple[str, ...]] = []
        self._queues = pbx.queues
        self._clock = pbx.clock
        self._zone = zone(pbx.time_zone or "UTC")  # app_queue writes local time
        self._write(_NONE, _NONE, _NONE, "QUEUESTART")
        for queue in pbx.queues:
            for member in queue.members:
                self._write(_NONE, queue.name, member.agent.name, "ADDMEMBER", "PAUSED" * member.agent.is_paused)
        events = pbx.events
        events.subscribe(CallerJoined, self._on_joined, Stage.RECORDS)
        events.subscribe(AttemptOver, self._on_attempt_over, Stage.RECORDS)
        events.subscribe(CallerLeft, self._on_left, Stage.RECORDS)
        events.subscribe(VisitOver, self._on_over, Stage.RECORDS)
        events.subscribe(MemberAdded, self._on_added, Stage.RECORDS)
        events.subscribe(MemberRemoved, self._on_removed, Stage.RECORDS)
        events.subscribe(MemberPauseChanged, self._on_member_pause, Stage.RECORDS)
        events.subscribe(AgentChanged, self._on_agent, Stage.RECORDS)

    # -- visits -----------------------------------------------------------------------------------------------------

    def _on_joined(self, event: CallerJoined) -> None:
        visit = event.visit
        self._tell(visit, _NONE, "ENTERQUEUE", "", visit.shows.number or visit.src, visit.place)

    def _on_attempt_over(self, event: AttemptOver) -> None:
        visit, attempt = event.visit, event.attempt
        what = _NOT_ANSWERED.get(attempt.result) if attempt.result is not None else None
        if attempt.result is RingResult.DUMPED:
            self._tell(visit, attempt.member.agent.name, "AGENTDUMP")
        elif what is not None and visit.why is None:
            rung_for = (attempt.ended_at - attempt.rung_at) // _MILLISECOND
            self._tell(visit, attempt.member.agent.name, what, rung_for)

    def _on_left(self, event: CallerLeft) -> None:
        visit, taken = event.visit, event.visit.answered_by
        if taken is not None:
            rang = (taken.ended_at - taken.rung_at) // SECOND
            self._tell(visit, taken.member.agent.name, "CONNECT", visit.waited, taken.unique_id, rang)
        elif visit.joined_at and visit.why is not None:
            self._tell(visit, _who_heard(visit), _GONE[visit.why], visit.left_place, visit.place, visit.waited)

    def _on_over(self, event: VisitOver) -> None:
        visit, handed_on = event.visit, event.visit.handed_on
        if visit.answered_by is None:
            return
        to: tuple[str, ...] = ()
        what = "COMPLETEAGENT" if visit.ended_by is EndedBy.AGENT else "COMPLETECALLER"
        if handed_on is not None:
            what, to = _HANDED_ON[handed_on.how], _where_to(visit, handed_on)
        self._tell(visit, visit.answered_by.member.agent.name, what, *to, visit.waited, visit.talked, visit.place)

    # -- members ----------------------------------------------------------------------------------------------------

    def _on_added(self, event: MemberAdded) -> None:
        self._write(_MANAGER, event.queue.name, event.agent.name, "ADDMEMBER", "PAUSED" * event.agent.is_paused)

    def _on_removed(self, event: MemberRemoved) -> None:
        self._write(_MANAGER, event.queue.name, event.agent.name, "REMOVEMEMBER")

    def _on_member_pause(self, event: MemberPauseChanged) -> None:
        self._write(_NONE, event.queue.name, event.agent.name, "PAUSE" if event.is_paused else "UNPAUSE")

    def _on_agent(self, event: AgentChanged) -> None:
        if event.change not in ("pause", "unpause"):
            return
        what, agent = event.change.upper(), event.agent
        for queue in self._queues:
            if queue.member(agent) is not None:
                self._write(_NONE, queue.name, agent.name, what, agent.pause_reason)
        self._write(_NONE, _NONE, agent.name, f"{what}ALL")

    # -- writing ----------------------------------------------------------------------------------------------------

    def _tell(self, visit: QueueVisit, agent: str, event: str, *data: object) -> None:
        self._write(visit.unique_id, visit.queue.name, agent, event, *data)

    def _write(self, call_id: str, queue: str, agent: str, event: str, *data: object) -> None:
        told = [str(item) for item in data]
        now = civil(self._clock.now, self._zone).replace(tzinfo=None).isoformat(" ", "microseconds")
        self.rows.append((now, call_id, queue, agent, event, *told, *[""] * (5 - len(told))))


def _who_heard(visit: QueueVisit) -> str:
    """Name the member who had answered when the caller left, but was not connected yet (app_queue.c, try_calling)."""
    last = visit.attempts[-1] if visit.attempts else None
    return last.member.agent.name if last is not None and last.result is RingResult.ANSWERED else _NONE


def _where_to(visit: QueueVisit, handed_on: HandedOn) -> tuple[str, str]:
    """Spell where a party handed the other one on (app_queue.c, handle_blind_transfer, log_attended_transfer).

    Blind: the number, in the context of whoever left. Attended: the bridge in which the two go on, by its id. Asterisk
    draws that at random; here it follows from the two calls, so that it is the same whenever they are.
    """
    if handed_on.how == "blind":
        return handed_on.to, handed_on.context
    calls = f"{visit.unique_id} {visit.call} {handed_on.consultation}"
    return "BRIDGE", str(UUID(bytes=sha256(calls.encode()).digest()[:16], version=4))
