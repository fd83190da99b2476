"""A small call centre for tests: Anna, Ben and Cyril on their telephones, queues in a context, callers outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import msgspec

from pbxsim.clock.instant import seconds
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, Rule, fixed
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.announcements import AnnouncementRules, MemberRules, PeriodicRules
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.events import CallerLeft
from pbxsim.pbx.queue import Member, Queue, QueueFigures, QueueRules
from pbxsim.pbx.routes import Context, Step
from pbxsim.testing.office import Office, extension, line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.ring_group import RingGroup
    from pbxsim.pbx.routes import Did

NAMES = ("anna", "ben", "cyril")
NOBODY_LOGGED_IN = frozenset({"unavailable", "invalid"})


class QueueWishes(TypedDict, total=False):
    """What a test may ask of a queue; the meaning is Queue's and QueueRules', times are in seconds."""

    strategy: str
    max_waiting: int
    service_level: int
    weight: int
    member_timeout: float
    retry: float
    wrap_up: float
    ring_in_use: bool
    join_empty: frozenset[str]
    leave_when_empty: frozenset[str]
    min_penalty: int
    max_penalty: int
    announcements: AnnouncementRules
    member_hears: MemberRules
    answers: bool
    max_wait: float
    overflow: str


class CallCentre(Office):
    """An office whose agents are logged in, each on the line of their name, and answer nothing unless told to."""

    def __init__(
        self,
        *queues: Queue,
        groups: Sequence[RingGroup] = (),
        dids: Sequence[Did] = (),
        max_calls: int = 2,
        seed: int = 1,
    ) -> None:
        entries = (
            *((queue.name, Step(queue=queue.name)) for queue in queues),
            *((group.name, Step(group=group.name)) for group in groups),
            ("voicemail", Step(play_seconds=20)),
            ("boss", Step(dial="900")),
        )
        people = [extension(str(100 + place), line(name, max_calls=max_calls)) for place, name in enumerate(NAMES)]
        super().__init__(
            *people,
            extension("900"),
            contexts=[Context(name="in", dialplan="main", entries=entries)],
            queues=queues,
            groups=groups,
            dids=dids,
            agents=[member.agent for member in _each_once(queues)],
            seed=seed,
        )
        for name in NAMES:
            self.will(name, Behaviour(outcome=Outcome.NO_ANSWER, talk=None))
        for agent in self.pbx.agents:
            self.pbx.agents.log_in(agent, self.phones[agent.name].line)

    def agent(self, name: str) -> Agent:
        """Find an agent by name."""
        return next(agent for agent in self.pbx.agents if agent.name == name)

    def will(self, name: str, behaviour: Behaviour) -> None:
        """Say what a telephone, or a number outside, does from now on; before the first call only."""
        self._rules.insert(0, Rule(number=name, turns=(behaviour,)))
        self._start_engine()

    def answers(self, name: str, *, after: float = 0, talks: float | None = None) -> None:
        """Have an agent answer."""
        self.will(name, Behaviour(ring=fixed(after), talk=None if talks is None else fixed(talks)))

    def calls(self, to: str = "sales", caller: str = "605000001", name: str = "") -> Call:
        """Have somebody outside call a queue or a group."""
        return self.calls_in(caller, to, name)

    def ringing(self) -> list[str]:
        """Name the agents whose telephones ring, and how often."""
        return [
            name
            for name in NAMES
            for channel in self.phones[name].line.channels
            if channel.state is ChannelState.RINGING
        ]

    def left(self) -> list[tuple[int, str]]:
        """Tell which calls have left which way."""
        return [(event.call.number, event.how) for event in self.heard if isinstance(event, CallerLeft)]


def queue(*agents: str, name: str = "sales", penalties: Sequence[int] = (), **wishes: Unpack[QueueWishes]) -> Queue:
    """Make a queue, linear unless the test says otherwise."""
    rules = {key: value for key, value in wishes.items() if key in QueueRules.__struct_fields__}
    times = {
        key: seconds(float(str(value)))
        for key, value in rules.items()
        if type(value) in (int, float) and not key.endswith("penalty")
    }
    made = Queue(
        name=name,
        strategy=wishes.get("strategy", "linear"),
        max_waiting=wishes.get("max_waiting", 0),
        service_level=wishes.get("service_level", 0),
        weight=wishes.get("weight", 0),
        members=[
            Member(agent=_agent(who), penalty=penalties[place] if penalties else 0) for place, who in enumerate(agents)
        ],
        waiters=[],
        figures=QueueFigures(),
    )
    made.rules = msgspec.structs.replace(made.rules, **{**rules, **times})
    return made


def shared(*queues: Queue) -> tuple[Queue, ...]:
    """Have agents of one name be one agent in all these queues."""
    known: dict[str, Agent] = {}
    for one in queues:
        for member in one.members:
            member.agent = known.setdefault(member.agent.name, member.agent)
    return queues


def _agent(name: str) -> Agent:
    return Agent(number=str(2000 + NAMES.index(name)), name=name, pin="1")


def _each_once(queues: Sequence[Queue]) -> list[Member]:
    found: dict[str, Member] = {}
    for one in queues:
        for member in one.members:
            found.setdefault(member.agent.number, member)
    return list(found.values())


def now_and_then(every: float, length: float) -> AnnouncementRules:
    """Have something told to those who wait, with times in seconds."""
    return AnnouncementRules(periodic=PeriodicRules(every=seconds(every), length=seconds(length)))
