"""What became of callers in queues: each visit of one, and each agent that was rung for it, as reports tell of them.

It is heard as it happens, kept in memory and nowhere else: the newest visits, until the PBX begins anew (README, R312).
Whoever could not even join a queue made no visit.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.pbx.events import (
    CallerJoined,
    CallerLeft,
    CallTransferred,
    CdrClosed,
    LegAnswered,
    LegDialed,
    LegEnded,
)
from pbxsim.vendors.simotel.ids import cuid, record_name
from pbxsim.vendors.simotel.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Queue

KEPT: Final = 100_000

CONTINUE: Final = "CONTINUE"
TIMEOUT: Final = "TIMEOUT"
LEAVE_EMPTY: Final = "LEAVEEMPTY"


class Attempt(msgspec.Struct, kw_only=True):
    """An agent that was rung in a visit: the last time, and how often in all. Instants are 0 for what did not happen.

    `exten` is where it rang, `name` who works there. `number` counts all that was ever rung for a queue; `serial` is
    the channel's.
    """

    exten: str
    name: str
    peer: str
    serial: int
    number: int
    tries: int
    began: Instant
    answered: Instant = 0
    ended: Instant = 0


class Visit(msgspec.Struct, kw_only=True):
    """A caller in a queue, whose number is `qnum`. Waiting ended when it `left`, a talk that followed when it `ended`.

    `status` is app_queue's QUEUESTATUS, `hangup` who ended it: caller or agent. `answerer` is the agent that talked.
    `attempts` are by extension; `rings` are those that ring now, by the leg's serial. `record` names the recording.
    """

    number: int
    queue: Queue
    qnum: str
    cuid: str
    src: str
    clid: tuple[str, str]
    joined: Instant
    left: Instant = 0
    ended: Instant = 0
    status: str = CONTINUE
    hangup: str = "caller"
    answerer: Attempt | None = None
    attempts: dict[str, Attempt] = msgspec.field(default_factory=dict)
    rings: dict[int, Attempt] = msgspec.field(default_factory=dict)
    record: str = ""


class QueueVisits:
    """Hears of everything that concerns callers in a PBX's queues. `visits` are those that are over, oldest first."""

    def __init__(self, pbx: Pbx, kept: int = KEPT) -> None:
        self.visits: deque[Visit] = deque(maxlen=kept)
        self._clock = pbx.clock
        self._numbers = {queue.name: number_of(queue, pbx) or queue.name for queue in pbx.queues}
        self._open: dict[int, Visit] = {}  # by call, until its record is closed
        self._made = 0
        self._tried = 0
        if len(pbx.queues):
            self._listen(pbx)

    def of_call(self, cuid: str) -> Iterator[Visit]:
        """Give the visits of a call, one that still goes on too."""
        yield from (visit for visit in self.visits if visit.cuid == cuid)
        yield from (visit for visit in self._open.values() if visit.cuid == cuid and not visit.ended)

    def _listen(self, pbx: Pbx) -> None:
        events = pbx.events
        events.subscribe(CallerJoined, self._on_joined)
        events.subscribe(CallerLeft, self._on_left)
        events.subscribe(LegDialed, self._on_dialed)
        events.subscribe(LegAnswered, self._on_answered)
        events.subscribe(LegEnded, self._on_leg_ended)
        events.subscribe(CallTransferred, self._on_transferred)
        events.subscribe(CdrClosed, self._on_closed)

    # -- the caller -------------------------------------------------------------------------------------------------

    def _on_joined(self, event: CallerJoined) -> None:
        call = event.call
        self._made += 1
        self._open[call.number] = Visit(
            number=self._made,
            queue=event.queue,
            qnum=self._numbers[event.queue.name],
            cuid=cuid(call),
            src=call.first.number if call.first is not None else call.order.src,
            clid=(call.shows.name, call.shows.number),
            joined=self._clock.now,
        )

    def _on_left(self, event: CallerLeft) -> None:
        visit = self._open.get(event.call.number)
        if visit is None or visit.left or visit.queue is not event.queue:
            return  # it could not even join
        visit.left = self._clock.now
        if event.how == "connected":
            return
        if event.how == "overflow":
            longest = visit.queue.rules.max_wait
            visit.status = TIMEOUT if longest and visit.left - visit.joined >= longest else LEAVE_EMPTY
        self._end(visit)

    def _on_transferred(self, event: CallTransferred) -> None:
        visit = self._open.get(event.call.number)
        if visit is not None and visit.answerer is not None:
            self._talk_is_over(visit, event.by.serial)

    def _on_closed(self, event: CdrClosed) -> None:
        visit = self._open.pop(event.cdr.call, None)
        if visit is not None and visit.answerer is not None:
            visit.record = record_name(event.cdr)

    # -- the agents -------------------------------------------------------------------------------------------------

    def _on_dialed(self, event: LegDialed) -> None:
        channel = event.channel
        visit = self._open.get(channel.call.number)
        if visit is None or visit.left:
            return
        self._tried += 1
        before = visit.attempts.get(channel.number)
        visit.rings[channel.serial] = visit.attempts[channel.number] = Attempt(
            exten=channel.number,
            name=_agent_on(visit.queue, channel),
            peer=channel.peer,
            serial=channel.serial,
            number=self._tried,
            tries=1 if before is None else before.tries + 1,
            began=self._clock.now,
        )

    def _on_answered(self, event: LegAnswered) -> None:
        visit = self._open.get(event.channel.call.number)
        attempt = visit.rings.get(event.channel.serial) if visit is not None else None
        if visit is not None and attempt is not None and not visit.left:
            attempt.began = event.channel.ringing_at or attempt.began
            attempt.answered = self._clock.now
            visit.answerer = attempt

    def _on_leg_ended(self, event: LegEnded) -> None:
        channel = event.channel
        visit = self._open.get(channel.call.number)
        if visit is None:
            return
        attempt = visit.rings.pop(channel.serial, None)
        if attempt is not None and attempt is not visit.answerer:
            attempt.began = channel.ringing_at or attempt.began
            attempt.ended = self._clock.now
        elif visit.answerer is not None and (attempt is not None or channel is channel.call.first):
            self._talk_is_over(visit, channel.serial)

    def _talk_is_over(self, visit: Visit, leaver: int) -> None:
        if visit.answerer is None or visit.ended:
            return
        visit.answerer.ended = self._clock.now
        visit.hangup = "agent" if leaver == visit.answerer.serial else "caller"
        self._end(visit)

    def _end(self, visit: Visit) -> None:
        visit.ended = self._clock.now
        self.visits.append(visit)


def _agent_on(queue: Queue, channel: Channel) -> str:
    """Name the agent who is rung there; of a leg that was diverted, the number that it rings instead."""
    agents = (member.agent for member in queue.members)
    return next((one.name for one in agents if one.line is not None and one.line is channel.line), channel.number)
