"""CdrQueue: a caller's time in a queue that ended with one of its members, told when the call's record is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pbxsim.clock.instant import SECOND, Duration, Instant
from pbxsim.pbx.cause import Disposition, HangupCause, unanswered_disposition
from pbxsim.pbx.events import CallerJoined, CallerLeft, CallTransferred, CdrClosed, LegEnded
from pbxsim.vendors.simotel.event_settings import EventName
from pbxsim.vendors.simotel.events.poster import originated
from pbxsim.vendors.simotel.ids import cuid_of, record_name
from pbxsim.vendors.simotel.numbers import queue_numbers

if TYPE_CHECKING:
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.events.poster import Poster


class _Tried(msgspec.Struct):
    """How often a member was rung for a caller, for how long altogether, and what came of it in the end."""

    rung: Duration = 0
    tries: int = 0
    disposition: Disposition = Disposition.NO_ANSWER


class _Visit(msgspec.Struct):
    """A caller in a queue. `agent` is the serial of the channel of the member who took the call, 0 before that."""

    queue: str
    src: str
    joined_at: Instant
    tried: dict[str, _Tried] = {}
    agent: int = 0
    dst: str = ""
    rings_since: Instant = 0
    answered_at: Instant = 0
    ended_at: Instant = 0
    hangup: str = ""

    def note(self, channel: Channel, now: Instant, disposition: Disposition) -> None:
        """Count that a member was rung."""
        tried = self.tried.setdefault(channel.number, _Tried())
        tried.rung += now - (channel.ringing_at or now)
        tried.tries += 1
        tried.disposition = disposition


class Visits:
    """Posts CdrQueue: one for each time that a caller was connected to a member of a queue."""

    def __init__(self, pbx: Pbx, poster: Poster) -> None:
        self._poster = poster
        self._clock = pbx.clock
        self._queue_numbers = queue_numbers(pbx)
        self._now: dict[int, _Visit] = {}
        self._over: dict[int, list[_Visit]] = {}
        events = pbx.events
        events.subscribe(CallerJoined, self._on_joined)
        events.subscribe(CallerLeft, self._on_left)
        events.subscribe(LegEnded, self._on_leg_ended)
        events.subscribe(CallTransferred, self._on_transferred)
        events.subscribe(CdrClosed, self._on_closed)

    def _on_joined(self, event: CallerJoined) -> None:
        call = event.call
        caller = call.first.number if call.first is not None else call.order.src
        queue = self._queue_numbers[event.queue.name]
        self._now[call.number] = _Visit(queue=queue, src=caller, joined_at=self._clock.now)

    def _on_left(self, event: CallerLeft) -> None:
        call = event.call
        visit, agent = self._now.get(call.number), call.second
        if event.how != "connected" or visit is None or agent is None:
            self._now.pop(call.number, None)
            return
        visit.agent, visit.dst = agent.serial, agent.number
        visit.answered_at, visit.rings_since = self._clock.now, agent.ringing_at or agent.created_at
        visit.note(agent, self._clock.now, Disposition.ANSWERED)

    def _on_leg_ended(self, event: LegEnded) -> None:
        channel = event.channel
        visit = self._now.get(channel.call.number)
        if visit is None:
            return
        if visit.agent:
            self._finish(channel.call.number, visit, channel)
        elif channel is not channel.call.first and channel.cause is not HangupCause.ANSWERED_ELSEWHERE:
            visit.note(channel, self._clock.now, unanswered_disposition(channel.cause or HangupCause.NO_ANSWER))

    def _on_transferred(self, event: CallTransferred) -> None:
        visit = self._now.get(event.call.number)
        if visit is not None and visit.agent:
            self._finish(event.call.number, visit, event.by)

    def _finish(self, number: int, visit: _Visit, leaves: Channel) -> None:
        visit.ended_at = self._clock.now
        visit.hangup = "agent" if leaves.serial == visit.agent else "caller"
        self._over.setdefault(number, []).append(self._now.pop(number))

    def _on_closed(self, event: CdrClosed) -> None:
        self._now.pop(event.cdr.call, None)
        for visit in self._over.pop(event.cdr.call, ()):
            self._poster.post(EventName.CDR_QUEUE, self._fields(event.cdr, visit), event.cdr.call)

    def _fields(self, cdr: Cdr, visit: _Visit) -> dict[str, object]:
        """Spell a visit; all numbers are text in this event."""
        moment, name, record = self._poster.moment, cuid_of(cdr), record_name(cdr)
        billsec = (visit.ended_at - visit.answered_at) // SECOND
        wait = (visit.answered_at - visit.joined_at) // SECOND
        return {
            "unique_id": name,
            "cuid": name,
            **originated(cdr.vendor, cdr.reference),
            "src": visit.src,
            "dst": visit.dst,
            "queue": visit.queue,
            "billsec": str(billsec),
            "wait": str(wait),
            "duration": str(billsec + wait),
            "agent_wait": str((visit.answered_at - visit.rings_since) // SECOND),
            "disposition": Disposition.ANSWERED.value,
            "hangup": visit.hangup,
            "queue_status": "CONTINUE",
            **({"record": record} if record else {}),
            "answeredtime": moment(visit.answered_at),
            "ringtime": moment(visit.rings_since),
            "starttime": moment(visit.joined_at),
            "endtime": moment(visit.ended_at),
            "detail": [_detail(visit, dst, tried, billsec) for dst, tried in visit.tried.items()],
        }


def _detail(visit: _Visit, dst: str, tried: _Tried, billsec: int) -> dict[str, str]:
    answered = tried.disposition is Disposition.ANSWERED
    return {
        "src": visit.src,
        "dst": dst,
        "billsec": str(billsec if answered else 0),
        "wait": str(tried.rung // SECOND),
        "disposition": tried.disposition.value,
        "comment": "",
        "tries": str(tried.tries),
    }
