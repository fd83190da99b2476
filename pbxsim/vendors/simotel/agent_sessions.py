"""When agents were in their queues, and when they paused there, as reports tell of it.

It is heard as it happens, and kept as visits are (queue_visits.py), those that still go on too: an agent who was at
work when the PBX stopped is at work when it starts again. An agent is in a queue while it is a member there and logged
in; a session is told of once it is over.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import Instant  # noqa: TC001 - msgspec reads the annotations of `Session`
from pbxsim.pbx.astdb import key_of
from pbxsim.pbx.bus import Stage
from pbxsim.pbx.events import AgentChanged, MemberAdded, MemberPauseChanged, MemberRemoved
from pbxsim.vendors.simotel.numbers import queue_numbers
from pbxsim.vendors.simotel.queue_visits import KEPT

if TYPE_CHECKING:
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Queue

IN_QUEUE: Final = "inout"
PAUSED: Final = "pause"
FAMILY: Final = "simotel/sessions"
GOING_ON: Final = "simotel/going-on"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A time that an agent spent in a queue, or paused there: `kind` is IN_QUEUE or PAUSED.

    `exten` is the extension on which the agent worked when it began.
    """

    number: int
    kind: str
    exten: str
    qnum: str
    start: Instant
    end: Instant


class GoingOn(msgspec.Struct, frozen=True):
    """A session that is not over; `start` 0: it is."""

    kind: str
    queue: str
    agent: str
    start: Instant
    exten: str


class AgentSessions:
    """Hears of everything that agents do. `sessions` are those that are over, in the order in which they ended."""

    def __init__(self, pbx: Pbx, kept: int = KEPT) -> None:
        self.sessions: deque[Session] = deque(maxlen=kept)
        self._pbx = pbx
        self._began: dict[tuple[str, str, str], tuple[Instant, str]] = {}
        self._numbers = queue_numbers(pbx)
        self._kept = kept
        self._ended = 0
        self._take_up()
        if not len(pbx.queues):
            return
        for queue in pbx.queues:
            for member in queue.members:
                self._look(queue, member.agent)
        events = pbx.events
        events.subscribe(MemberAdded, self._on_member, Stage.RECORDS)
        events.subscribe(MemberRemoved, self._on_member, Stage.RECORDS)
        events.subscribe(MemberPauseChanged, self._on_member, Stage.RECORDS)
        events.subscribe(AgentChanged, self._on_agent, Stage.RECORDS)

    def _take_up(self) -> None:
        """Go on from what an earlier run left."""
        database = self._pbx.database
        self.sessions.extend(sorted((one for _, one in database.family(FAMILY, Session)), key=_number))
        self._ended = self.sessions[-1].number if self.sessions else 0
        for _, one in database.family(GOING_ON, GoingOn):
            if one.start and one.queue in self._numbers:
                self._began[one.kind, one.queue, one.agent] = (one.start, one.exten)
        for kind, queue, number in list(self._began):  # the file may not have that agent there any more
            self._look_again(kind, queue, number)

    def _look_again(self, kind: str, queue: str, number: str) -> None:
        found, agent = self._pbx.queues.named(queue), self._pbx.agents.numbered(number)
        if agent is None:
            del self._began[kind, queue, number]
        else:
            self._look(found, agent)

    def _on_member(self, event: MemberAdded | MemberRemoved | MemberPauseChanged) -> None:
        self._look(event.queue, event.agent)

    def _on_agent(self, event: AgentChanged) -> None:
        for queue in self._pbx.queues:
            self._look(queue, event.agent)

    def _look(self, queue: Queue, agent: Agent) -> None:
        member = queue.member(agent)
        is_there = member is not None and agent.is_logged_in
        self._note(PAUSED, queue, agent, goes_on=is_there and member is not None and member.is_paused)
        self._note(IN_QUEUE, queue, agent, goes_on=is_there)

    def _note(self, kind: str, queue: Queue, agent: Agent, *, goes_on: bool) -> None:
        """Begin a session, or end it; what is as it was is left alone."""
        key, now = (kind, queue.name, agent.number), self._pbx.clock.now
        if goes_on:
            exten = agent.line.extension.internal if agent.line is not None else agent.number
            if key not in self._began:
                self._began[key] = (now, exten)
                self._remember(GoingOn(*key, now, exten))
        elif key in self._began:
            self._ended += 1
            start, exten = self._began.pop(key)
            session = Session(
                number=self._ended,
                kind=kind,
                exten=exten,
                qnum=self._numbers[queue.name],
                start=start,
                end=now,
            )
            self.sessions.append(session)
            self._pbx.database.put(FAMILY, str(self._ended % self._kept), session)
            self._remember(GoingOn(*key, 0, exten))

    def _remember(self, one: GoingOn) -> None:
        self._pbx.database.put(GOING_ON, key_of(f"{one.kind} {one.queue} {one.agent}"), one)


def _number(session: Session) -> int:
    return session.number
