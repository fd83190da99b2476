"""The queue log as Asterisk's app_queue writes it: who came, waited, was rung, talked, left.

Rows are those of the table `queue_log` that Asterisk fills where its log goes to a database (main/logger.c,
ast_queue_log; apps/app_queue.c for the events and their data). Times are UTC. Whoever could not even join is not
there, as in Asterisk. Members of the start are told by ADDMEMBER, so that a reader knows who could be rung.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND, Instant, iso
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.events import (
    AgentChanged,
    CallerJoined,
    CallerLeft,
    CallTransferred,
    LegAnswered,
    LegEnded,
    MemberAdded,
    MemberPauseChanged,
    MemberRemoved,
)

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Queue

COLUMNS: Final = ("time", "callid", "queuename", "agent", "event", "data1", "data2", "data3", "data4", "data5")
_NONE: Final = "NONE"
_MILLISECOND: Final = SECOND // 1000


class _Visit:
    """A caller's time in a queue: `place` is where it joined, `agent` who picked up, `held` seconds it had waited."""

    __slots__ = ("agent", "call_id", "held", "joined_at", "place", "queue", "ring", "talks")

    def __init__(self, queue: Queue, call: Call, now: Instant, place: int) -> None:
        assert call.first is not None  # somebody calls
        self.queue = queue
        self.call_id = call.first.unique_id
        self.joined_at = now
        self.place = place
        self.agent = ""
        self.ring = 0
        self.held = 0
        self.talks = False


class QueueLog:
    """Hears of everything that concerns a PBX's queues, and keeps it as `rows`, in the order in which it happened."""

    def __init__(self, pbx: Pbx) -> None:
        self.rows: list[tuple[str, ...]] = []
        self._pbx = pbx
        self._clock = pbx.clock
        self._visits: dict[int, _Visit] = {}
        self._waiting: dict[str, list[_Visit]] = {queue.name: [] for queue in pbx.queues}
        self._write(_NONE, _NONE, _NONE, "QUEUESTART")
        for queue in pbx.queues:
            for member in queue.members:
                self._write(_NONE, queue.name, member.agent.name, "ADDMEMBER", "PAUSED" * member.agent.is_paused)
        self._listen()

    def _listen(self) -> None:
        events = self._pbx.events
        events.subscribe(CallerJoined, self._on_joined)
        events.subscribe(CallerLeft, self._on_left)
        events.subscribe(LegAnswered, self._on_answered)
        events.subscribe(LegEnded, self._on_ended)
        events.subscribe(CallTransferred, self._on_transferred)
        events.subscribe(MemberAdded, self._on_added)
        events.subscribe(MemberRemoved, self._on_removed)
        events.subscribe(MemberPauseChanged, self._on_member_pause)
        events.subscribe(AgentChanged, self._on_agent)

    # -- callers ----------------------------------------------------------------------------------------------------

    def _on_joined(self, event: CallerJoined) -> None:
        call, waiting = event.call, self._waiting[event.queue.name]
        visit = self._visits[call.number] = _Visit(event.queue, call, self._clock.now, len(waiting) + 1)
        waiting.append(visit)
        self._tell(visit, _NONE, "ENTERQUEUE", "", call.shows.number or call.order.src, visit.place)

    def _on_left(self, event: CallerLeft) -> None:
        visit = self._visits.get(event.call.number)
        if visit is None or visit.queue is not event.queue:
            return  # it could not even join
        waiting = self._waiting[event.queue.name]
        place = waiting.index(visit) + 1
        del waiting[place - 1]
        waited = (self._clock.now - visit.joined_at) // SECOND
        if event.how == "connected":
            visit.talks, visit.held = True, waited
            peer = event.call.second
            self._tell(visit, visit.agent, "CONNECT", waited, "" if peer is None else peer.unique_id, visit.ring)
        else:
            del self._visits[event.call.number]
            self._tell(visit, _NONE, self._farewell(visit, event.how), place, visit.place, waited)

    def _farewell(self, visit: _Visit, how: str) -> str:
        if how == "abandoned":
            return "ABANDON"
        limit = visit.queue.rules.max_wait
        return "EXITWITHTIMEOUT" if limit and self._clock.now - visit.joined_at >= limit else "EXITEMPTY"

    # -- legs -------------------------------------------------------------------------------------------------------

    def _on_answered(self, event: LegAnswered) -> None:
        channel = event.channel
        visit = self._visits.get(channel.call.number)
        if visit is not None and not visit.talks:
            visit.agent = _rung(visit.queue, channel)
            visit.ring = (self._clock.now - channel.created_at) // SECOND

    def _on_ended(self, event: LegEnded) -> None:
        channel = event.channel
        call = channel.call
        visit = self._visits.get(call.number)
        if visit is None:
            return
        if visit.talks:
            self._complete(visit, call, "COMPLETECALLER" if channel is call.first else "COMPLETEAGENT")
        elif channel is not call.first and channel.cause is not HangupCause.ANSWERED_ELSEWHERE:
            gone = call.first is None or call.first.state is ChannelState.DOWN
            rung_for = (self._clock.now - channel.created_at) // _MILLISECOND
            self._tell(visit, _rung(visit.queue, channel), "RINGCANCELED" if gone else "RINGNOANSWER", rung_for)

    def _on_transferred(self, event: CallTransferred) -> None:
        visit = self._visits.get(event.call.number)
        if visit is not None and visit.talks:
            how = "BLINDTRANSFER" if event.how == "blind" else "ATTENDEDTRANSFER"
            self._complete(visit, event.call, how, event.to, event.call.order.context)

    def _complete(self, visit: _Visit, call: Call, what: str, *before: str) -> None:
        del self._visits[call.number]
        talked = (self._clock.now - call.connected_at) // SECOND
        self._tell(visit, visit.agent, what, *before, visit.held, talked, visit.place)

    # -- members ----------------------------------------------------------------------------------------------------

    def _on_added(self, event: MemberAdded) -> None:
        self._write(_NONE, event.queue.name, event.agent.name, "ADDMEMBER", "PAUSED" * event.agent.is_paused)

    def _on_removed(self, event: MemberRemoved) -> None:
        self._write(_NONE, event.queue.name, event.agent.name, "REMOVEMEMBER")

    def _on_member_pause(self, event: MemberPauseChanged) -> None:
        self._write(_NONE, event.queue.name, event.agent.name, "PAUSE" if event.is_paused else "UNPAUSE")

    def _on_agent(self, event: AgentChanged) -> None:
        if event.change not in ("pause", "unpause"):
            return
        what, agent = event.change.upper(), event.agent
        for queue in self._pbx.queues:
            if queue.member(agent) is not None:
                self._write(_NONE, queue.name, agent.name, what, agent.pause_reason)
        self._write(_NONE, _NONE, agent.name, f"{what}ALL")

    # -- writing ----------------------------------------------------------------------------------------------------

    def _tell(self, visit: _Visit, agent: str, event: str, *data: object) -> None:
        self._write(visit.call_id, visit.queue.name, agent, event, *data)

    def _write(self, call_id: str, queue: str, agent: str, event: str, *data: object) -> None:
        told = [str(item) for item in data]
        now = iso(self._clock.now).replace("T", " ").removesuffix("Z")
        self.rows.append((now, call_id, queue, agent, event, *told, *[""] * (5 - len(told))))


def _rung(queue: Queue, channel: Channel) -> str:
    """Name the member for whom a leg of a waiting caller rings, or rang until just now."""
    for waiter in queue.waiters:
        if waiter.call is channel.call and channel.line in waiter.ringing:
            return waiter.ringing[channel.line].agent.name
    return channel.peer
