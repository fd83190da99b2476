"""A busy hour of a call centre: one queue of many agents, and everybody who calls, waits, talks or gives up."""

from __future__ import annotations

import math
from statistics import fmean
from typing import Final, NamedTuple

from pbxsim.clock.instant import SECOND, seconds
from pbxsim.clock.scheduler import Scheduler
from pbxsim.engines.simulated.behaviour import Behaviour, Rule, Shape, Span, fixed
from pbxsim.engines.simulated.engine import SimulatedEngine
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.call import CallerId, CallKind, CallOrder
from pbxsim.pbx.cdr import CdrQuery, RecordRules, RecordStyle
from pbxsim.pbx.dialplan import ToTrunk
from pbxsim.pbx.dice import draw, stream
from pbxsim.pbx.directory import Directory
from pbxsim.pbx.events import CdrClosed
from pbxsim.pbx.extension import Extension
from pbxsim.pbx.pbx import Pbx
from pbxsim.pbx.queue import Member, Queue, QueueFigures
from pbxsim.pbx.routes import Context, NumberingPlan, Step, Trunk
from pbxsim.sinks.cdr_memory import CdrMemory
from pbxsim.testing.office import START, NoFiles, line

CALLS: Final = 4000
TALK: Final = 181.0
AGENTS: Final = 210
WITHIN: Final = 20.0
"""4,000 calls an hour of 181 s mean talk are 201 Erlang; answered in good time is within 20 s."""


class Hour(NamedTuple):
    """What became of an hour's callers: shares of all of them, and their mean wait in seconds."""

    answered_within: float
    mean_wait: float
    abandoned: float


class BusyHour:
    """A queue of 210 agents, and everybody who calls within an hour."""

    def __init__(self, seed: int, patience: float, talk: float = TALK) -> None:
        lines = [line(f"a{place}", line_id=place, max_calls=1) for place in range(AGENTS)]
        agents = [Agent(number=str(place), name=f"A{place}", pin="1") for place in range(AGENTS)]
        for agent, own in zip(agents, lines, strict=True):
            agent.line = own
        self.trunk = Trunk(id=1, name="upc")
        self.queue = Queue(
            name="hotline",
            strategy="rrordered",
            service_level=round(WITHIN),
            members=[Member(agent=agent) for agent in agents],
            waiters=[],
            figures=QueueFigures(),
        )
        self.archive = CdrMemory()
        self.pbx = Pbx(
            name="call-centre",
            clock=Scheduler(START),
            seed=seed,
            directory=Directory(
                extensions=[
                    Extension(id=own.id, internal=str(1000 + own.id), dialplan="main", lines=[own]) for own in lines
                ],
                trunks=[self.trunk],
                dialplans=[NumberingPlan(id=1, name="main")],
                contexts=[Context(name="in", entries=(("s", Step(queue="hotline")),))],
            ),
            cdrs=self.archive,
            files=NoFiles(),
            queues=[self.queue],
            agents=agents,
            recent_calls=0,
            records=RecordRules(style=RecordStyle.CALL if seed % 2 else RecordStyle.ASTERISK),
        )
        self.pbx.events.subscribe(CdrClosed, self.archive.on_cdr)
        self.engine = SimulatedEngine(self.pbx, _rules(talk, patience))
        self.pbx.connect_engine(self.engine)
        self._chance = stream(seed, "arrivals", 0)

    def begin(self, callers: int) -> None:
        """Have so many there already."""
        for place in range(callers):
            self._call(f"8{place:08d}")

    def run(self, calls: int, per_hour: float) -> None:
        """Have so many call, and wait for the last to be over."""
        clock = self.pbx.clock
        for place in range(calls):
            gap = -math.log(1 - draw(self._chance, place)) * 3600 / per_hour
            clock.run_until(clock.now + seconds(gap))
            self._call(f"7{place:08d}")
        while (due := clock.next_due()) is not None:
            clock.run_until(due + 600 * SECOND)

    def _call(self, number: str) -> None:
        self.engine.call_in(
            CallOrder(
                vendor="test",
                kind=CallKind.INCOMING,
                first=ToTrunk(number, (self.trunk,)),
                src=number,
                dst="s",
                second="s",
                context="in",
                second_shows=CallerId(number),
            )
        )

    def figures(self) -> Hour:
        """Count those who called within the hour."""
        of_call = {cdr.call: cdr for cdr in self.archive.find(CdrQuery()) if cdr.src.startswith("7")}  # the last row's
        records = list(of_call.values())
        waits = [((cdr.talk or cdr.end) - cdr.began) / SECOND for cdr in records]
        good = sum(cdr.talk != 0 and wait <= WITHIN for cdr, wait in zip(records, waits, strict=True))
        return Hour(good / len(records), fmean(waits), sum(not cdr.talk for cdr in records) / len(records))


def _rules(talk: float, patience: float) -> tuple[Rule, ...]:
    agent = Behaviour(ring=fixed(0), talk=None)
    caller = Behaviour(
        talk=Span(Shape.EXPONENTIAL, talk),
        patience=None if math.isinf(patience) else Span(Shape.EXPONENTIAL, patience),
    )
    return Rule(number="_1XXX", turns=(agent,)), Rule(number="_[78]X.", turns=(caller,))
