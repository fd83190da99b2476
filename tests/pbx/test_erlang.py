"""A busy hour through a queue agrees with Erlang C, and with Erlang A where callers give up.

4,000 calls an hour of 181 s mean talk are 201 Erlang, for 210 agents. Each seed's hour begins in the stationary state:
as many callers as the chain of erlang.py draws are there at its first instant, for talk and patience have no memory. So
nothing has to be thrown away, and the hours are independent; the interval is Student's, of 30 hours.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import accumulate
from statistics import fmean, stdev
from typing import NamedTuple

import pytest

from pbxsim.clock.instant import SECOND, seconds
from pbxsim.clock.scheduler import Scheduler
from pbxsim.engines.simulated.behaviour import Behaviour, Rule, Shape, Span, fixed
from pbxsim.engines.simulated.engine import SimulatedEngine
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.call import CallerId, CallKind, CallOrder
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.dialplan import ToTrunk
from pbxsim.pbx.dice import draw, stream
from pbxsim.pbx.directory import Context, Dialplan, Directory, Extension, Step, Trunk
from pbxsim.pbx.events import CdrClosed
from pbxsim.pbx.pbx import Pbx
from pbxsim.pbx.queue import Member, Queue, QueueFigures
from pbxsim.sinks.cdr_memory import CdrMemory
from tests.builder import START, NoFiles, line
from tests.pbx.erlang import Theory, theory

CALLS, TALK, AGENTS, WITHIN = 4000, 181.0, 210, 20.0
SEEDS = 30
STUDENT = 2.7564
"""The quantile of Student's distribution with 29 degrees of freedom that 99 % lie within."""


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
                dialplans=[Dialplan(id=1, name="main")],
                contexts=[Context(name="in", entries=(("s", Step(queue="hotline")),))],
            ),
            cdrs=self.archive,
            files=NoFiles(),
            queues=[self.queue],
            agents=agents,
            recent_calls=0,
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
        records = [cdr for cdr in self.archive.find(CdrQuery()) if cdr.src.startswith("7")]
        waits = [((cdr.answer or cdr.end) - cdr.start) / SECOND for cdr in records]
        good = sum(cdr.answer != 0 and wait <= WITHIN for cdr, wait in zip(records, waits, strict=True))
        return Hour(good / len(records), fmean(waits), sum(not cdr.answer for cdr in records) / len(records))


def _rules(talk: float, patience: float) -> tuple[Rule, ...]:
    agent = Behaviour(ring=fixed(0), talk=None)
    caller = Behaviour(
        talk=Span(Shape.EXPONENTIAL, talk),
        patience=None if math.isinf(patience) else Span(Shape.EXPONENTIAL, patience),
    )
    return Rule(number="_1XXX", turns=(agent,)), Rule(number="_[78]X.", turns=(caller,))


def _hour(seed: int, expected: Theory, patience: float, talk: float = TALK) -> Hour:
    busy = BusyHour(seed, patience, talk)
    point = draw(stream(seed, "who is there", 0), 0)
    busy.begin(next(count for count, below in enumerate(accumulate(expected.in_system)) if below > point))
    busy.run(CALLS, CALLS)
    return busy.figures()


@lru_cache
def _hours(patience: float) -> tuple[Theory, tuple[Hour, ...]]:
    expected = theory(CALLS, TALK, AGENTS, WITHIN, patience)
    return expected, tuple(_hour(seed, expected, patience) for seed in range(1, SEEDS + 1))


def _lies_within(values: list[float], expected: float) -> None:
    half = STUDENT * stdev(values) / math.sqrt(len(values))
    assert abs(fmean(values) - expected) <= half, (fmean(values), expected, half)


@pytest.mark.parametrize("figure", ["answered_within", "mean_wait"])
def test_thirty_busy_hours_agree_with_erlang_c(figure: str) -> None:
    expected, hours = _hours(math.inf)
    _lies_within([getattr(hour, figure) for hour in hours], getattr(expected, figure))
    assert all(hour.abandoned == 0 for hour in hours)


@pytest.mark.parametrize("figure", ["answered_within", "mean_wait", "abandoned"])
def test_thirty_busy_hours_of_impatient_callers_agree_with_erlang_a(figure: str) -> None:
    expected, hours = _hours(120.0)
    _lies_within([getattr(hour, figure) for hour in hours], getattr(expected, figure))


def test_the_test_would_see_talks_that_are_ten_percent_too_long() -> None:
    expected, _ = _hours(120.0)
    hours = [_hour(seed, expected, 120.0, TALK * 1.1) for seed in range(1, 11)]
    for figure in ("answered_within", "mean_wait", "abandoned"):
        values = [getattr(hour, figure) for hour in hours]
        assert abs(fmean(values) - getattr(expected, figure)) > 3.2498 * stdev(values) / math.sqrt(10), figure


# -- the theory itself -------------------------------------------------------------------------------------------------


def test_erlang_c_is_what_the_closed_formula_gives() -> None:
    traffic = CALLS / 3600 * TALK
    blocked = 1.0
    for agents in range(1, AGENTS + 1):
        blocked = traffic * blocked / (agents + traffic * blocked)
    waits = blocked / (1 - traffic / AGENTS * (1 - blocked))
    level = 1 - waits * math.exp(-(AGENTS - traffic) * WITHIN / TALK)
    expected = theory(CALLS, TALK, AGENTS, WITHIN)
    assert expected.answered_within == pytest.approx(level, abs=1e-9)
    assert expected.mean_wait == pytest.approx(waits * TALK / (AGENTS - traffic), rel=1e-9)
    assert expected.abandoned == 0


def test_erlang_c_is_what_textbooks_print() -> None:
    # 10 Erlang and 12 agents: a share of 0.4494 waits; 100 calls an hour of 6 minutes.
    expected = theory(100, 360, 12, 0)
    assert 1 - expected.answered_within == pytest.approx(0.4494, abs=5e-5)


def test_whoever_is_not_answered_ever_has_given_up() -> None:
    expected = theory(CALLS, TALK, AGENTS, 600, 25)
    assert 0.005 < expected.abandoned < 0.1
    assert expected.answered_within + expected.abandoned == pytest.approx(1, abs=1e-9)
