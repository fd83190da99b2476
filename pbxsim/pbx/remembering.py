"""What the switch remembers over a restart: members of queues, agents at work, what telephones were told.

As Asterisk does: app_queue's `persistentmembers` (apps/app_queue.c, dump_queue_members) keeps the members that were
added while it ran, with penalty and pause, in AstDB; chan_sip keeps there where telephones are registered
(channels/chan_sip.c, reg_source_db: SIP/Registry), and feature codes do-not-disturb and call forwarding. Ours keeps
static members' pauses too. What the file says of agents, members and lines is where a PBX begins that has nothing to
remember of them.

Not kept: what a queue has counted, which is in app_queue's memory alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.pbx.agent import Agent
from pbxsim.pbx.astdb import key_of
from pbxsim.pbx.bus import Stage
from pbxsim.pbx.events import (
    AgentChanged,
    CallStarted,
    DiversionChanged,
    DoNotDisturbChanged,
    LegDialed,
    LineRegistered,
    LineUnregistered,
    MemberAdded,
    MemberPauseChanged,
    MemberRemoved,
)
from pbxsim.pbx.extension import Diversion, Registration  # noqa: TC001 - msgspec reads the annotations below
from pbxsim.pbx.queue import Member

if TYPE_CHECKING:
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Queue

AGENTS: Final = "agents"
MEMBERS: Final = "Queue/PersistentMembers"
LINES: Final = "lines"
REGISTRY: Final = "SIP/Registry"
NUMBERS: Final = "numbers"

_RESERVED: Final = 5_000  # numbers of calls and channels at a time, so that few calls have any of it written


class AgentSaid(msgspec.Struct, frozen=True):
    """How an agent works: on which line, None when logged out. `is_added`: while the PBX ran, by this name."""

    number: str
    line: str | None
    is_paused: bool
    reason: str
    is_added: bool
    name: str
    dialplan_id: int


class MemberSaid(msgspec.Struct, frozen=True):
    """An agent's membership; `penalty` None is what the file says of a static member."""

    agent: str
    penalty: int | None
    is_paused: bool
    membership: str


class MembersSaid(msgspec.Struct, frozen=True):
    """The members of a queue."""

    queue: str
    members: list[MemberSaid]


class LineSaid(msgspec.Struct, frozen=True):
    """What a telephone was told."""

    user: str
    do_not_disturb: bool
    diversion: Diversion | None


class RegistrationSaid(msgspec.Struct, frozen=True):
    """Where a telephone was last registered; without a host it is no more."""

    user: str
    registration: Registration


class NumbersSaid(msgspec.Struct, frozen=True):
    """Up to which numbers calls and channels may have been given some, whether or not anything tells of it."""

    call: int
    channel: int


class Remembering:
    """Puts into a PBX's database what is set while it runs; `take_up` sets it again when it begins."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx
        self._penalties = {
            (queue.name, member.agent.number): member.penalty
            for queue in pbx.queues
            for member in queue.members
            if member.membership == "static"
        }
        self._from_file = {agent.number for agent in pbx.agents}
        self._calls = pbx.calls
        self._last_call, self._last_channel = pbx.calls.calls_started, pbx.calls.channels_made

    def listen(self) -> None:
        """Remember from now on what is set."""
        events = self._pbx.events
        events.subscribe(AgentChanged, self._on_agent, Stage.RECORDS)
        events.subscribe(MemberAdded, self._on_member, Stage.RECORDS)
        events.subscribe(MemberRemoved, self._on_member, Stage.RECORDS)
        events.subscribe(MemberPauseChanged, self._on_member, Stage.RECORDS)
        events.subscribe(DoNotDisturbChanged, self._on_line, Stage.RECORDS)
        events.subscribe(DiversionChanged, self._on_line, Stage.RECORDS)
        events.subscribe(LineRegistered, self._on_registration, Stage.RECORDS)
        events.subscribe(LineUnregistered, self._on_registration, Stage.RECORDS)
        events.subscribe(CallStarted, self._on_numbered, Stage.RECORDS)
        events.subscribe(LegDialed, self._on_numbered, Stage.RECORDS)

    def take_up(self) -> None:
        """Set everything as it was. What is remembered of whom the file does not have any more counts for nothing."""
        database = self._pbx.database
        for _, agent in database.family(AGENTS, AgentSaid):
            self._take_up_agent(agent)
        remembered = {said.queue: said.members for _, said in database.family(MEMBERS, MembersSaid)}
        for queue in self._pbx.queues:
            if queue.name in remembered:
                self._take_up_members(queue, remembered[queue.name])
        for _, told in database.family(LINES, LineSaid):
            line = self._pbx.directory.lines.get(told.user)
            if line is not None:
                line.do_not_disturb, line.diversion = told.do_not_disturb, told.diversion
        for _, registered in database.family(REGISTRY, RegistrationSaid):
            line = self._pbx.directory.lines.get(registered.user)
            if line is not None:
                line.registration = registered.registration

    # -- agents -----------------------------------------------------------------------------------------------------

    def _on_agent(self, event: AgentChanged) -> None:
        agent = event.agent
        said = AgentSaid(
            number=agent.number,
            line=None if agent.line is None else agent.line.user,
            is_paused=agent.is_paused,
            reason=agent.pause_reason,
            is_added=agent.number not in self._from_file,
            name=agent.name,
            dialplan_id=agent.dialplan_id,
        )
        self._pbx.database.put(AGENTS, key_of(agent.number), said)

    def _take_up_agent(self, said: AgentSaid) -> None:
        agents = self._pbx.agents
        agent = agents.numbered(said.number)
        if agent is None and said.is_added:
            agent = Agent(number=said.number, name=said.name, pin="", dialplan_id=said.dialplan_id)
            agents.add(agent)
        if agent is not None:
            agent.line = None if said.line is None else self._pbx.directory.lines.get(said.line)
            agent.is_paused = agent.line is not None and said.is_paused
            agent.pause_reason = said.reason if agent.is_paused else ""

    # -- members of queues --------------------------------------------------------------------------------------------

    def _on_member(self, event: MemberAdded | MemberRemoved | MemberPauseChanged) -> None:
        queue = event.queue
        said = MembersSaid(queue.name, [self._said(queue, member) for member in queue.members])
        self._pbx.database.put(MEMBERS, key_of(queue.name), said)

    def _said(self, queue: Queue, member: Member) -> MemberSaid:
        """Say what is to be remembered of a member; a static one's penalty is the file's until somebody changes it."""
        number, penalty = member.agent.number, member.penalty
        is_of_file = member.membership == "static" and self._penalties.get((queue.name, number)) == penalty
        return MemberSaid(number, None if is_of_file else penalty, member.paused_here, member.membership)

    def _take_up_members(self, queue: Queue, remembered: list[MemberSaid]) -> None:
        """Have the dynamic members that were there last, and the file's static ones, in the order they were in."""
        static = {member.agent.number: member for member in queue.members if member.membership == "static"}
        members: list[Member] = []
        for said in remembered:
            member = static.pop(said.agent, None) or self._dynamic(said)
            if member is not None:
                member.penalty = member.penalty if said.penalty is None else said.penalty
                member.paused_here = said.is_paused
                members.append(member)
        queue.members[:] = [*static.values(), *members]

    def _dynamic(self, said: MemberSaid) -> Member | None:
        agent = self._pbx.agents.numbered(said.agent)
        return Member(agent=agent) if agent is not None and said.membership == "dynamic" else None

    # -- lines, calls -----------------------------------------------------------------------------------------------

    def _on_line(self, event: DoNotDisturbChanged | DiversionChanged) -> None:
        line = event.line
        self._pbx.database.put(LINES, key_of(line.user), LineSaid(line.user, line.do_not_disturb, line.diversion))

    def _on_registration(self, event: LineRegistered | LineUnregistered) -> None:
        line = event.line
        self._pbx.database.put(REGISTRY, key_of(line.user), RegistrationSaid(line.user, line.registration))

    def _on_numbered(self, _event: CallStarted | LegDialed) -> None:
        """See that a next run gives nobody a number that was given here, though a kill ends all that told of it."""
        calls = self._calls
        if calls.channels_made <= self._last_channel:  # and so are calls: each takes a channel's number
            return
        self._last_call, self._last_channel = calls.calls_started + _RESERVED, calls.channels_made + _RESERVED
        self._pbx.database.put(NUMBERS, NUMBERS, NumbersSaid(self._last_call, self._last_channel))
