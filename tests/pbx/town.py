"""A small town: a PBX with something of everything, for tests that play at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, Rule, Shape, Span, fixed
from pbxsim.pbx.account import UNIT, Account, Rate, Tariff
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.directory import Context, OutboundRoute, Step, Trunk
from pbxsim.pbx.queue import Queue, QueueFigures
from tests.builder import Office, extension, line

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_TALK: Final = 600 * SECOND
ACCOUNT: Final = "town"
AGENTS: Final = ("2001", "2002")
QUEUES: Final = ("sales", "support")
TELEPHONES: Final = ("solo", "desk", "mobile", "home", "single", "away", "moody", "cycling")
TRUNKS: Final = ("wide", "narrow")
ANSWERING: Final = ("100", "101", "104", "105", "299299101", "990100000", "990101030", "605000111")
EVERYONE: Final = (
    *ANSWERING,
    *ANSWERING,
    *("102", "103", "299299104", "990103010", "990105060", "990202000", "990300000", "990404000", "990505000"),
    *("990606000", "990703015", "990130001", "700100200", "14112", "14", "55", "66", "9", ""),
)
_EVEN: Final = Span(Shape.UNIFORM, 0, 40)
_LONG_TAIL: Final = Span(Shape.EXPONENTIAL, 20)


def _behaviour(outcome: Outcome, ring: Span, talk: Span | None = None, dialing: float = 0) -> Behaviour:
    return Behaviour(outcome=outcome, ring=ring, talk=talk, dialing=fixed(dialing))


_RULES: Final[Sequence[Rule]] = (
    Rule(number="desk", turns=(_behaviour(Outcome.NO_ANSWER, fixed(0)),)),
    Rule(number="mobile", turns=(_behaviour(Outcome.ANSWER, fixed(5), fixed(12)),)),
    Rule(
        number="moody",
        turns=(
            _behaviour(Outcome.ANSWER, _EVEN, _LONG_TAIL, dialing=2),
            _behaviour(Outcome.BUSY, fixed(1), dialing=1),
            _behaviour(Outcome.DROP, _LONG_TAIL, _EVEN, dialing=25),
        ),
        cycles=True,
    ),
    Rule(
        number="cycling",
        turns=tuple(_behaviour(outcome, fixed(3), fixed(9)) for outcome in Outcome),
        cycles=True,
    ),
    Rule(number="605000111", turns=(_behaviour(Outcome.ANSWER, _LONG_TAIL, _LONG_TAIL),)),
)


def small_town() -> Office:
    """Build it: forked, single, full, unregistered and moody telephones, two trunks, credit, queues, agents."""
    wide, narrow = Trunk(id=1, name="wide", capacity=6), Trunk(id=2, name="narrow", capacity=2, caller_id="299")
    out = OutboundRoute(id=1, name="out", patterns=("_XXXXXX.",), trunks=(wide, narrow))
    prices = Tariff("prices", (Rate(prefix="9", per_minute=UNIT), Rate(prefix="605", per_minute=7, connection=3)))
    office = Office(
        extension("100", line("solo")),
        extension("101", line("desk"), line("mobile"), line("home"), public=["299299101"]),
        extension("102", line("single", max_calls=1)),
        extension("103", line("away", registered=False)),
        extension("104", line("moody", max_calls=3), public=["299299104"]),
        extension("105", line("cycling"), line("solo-too", max_calls=1)),
        trunks=(wide, narrow),
        routes=(out,),
        contexts=(_town(out), Context(name="sorry")),
        accounts=(Account(name=ACCOUNT, credit=5 * UNIT, tariff=prices, changed_at=0),),
        queues=[Queue(name=name, members=[], waiters=[], figures=QueueFigures()) for name in QUEUES],
        agents=[Agent(number=number, name=number, pin="1") for number in AGENTS],
        longest_talk=LONGEST_TALK,
    )
    for rule in _RULES:
        office.set_rule(rule)
    return office


def _town(out: OutboundRoute) -> Context:
    entries = (
        ("14112", Step(play_seconds=25)),
        ("14", Step(play_seconds=7200)),
        ("55", Step(hangup=21)),
        ("66", Step(dial="299299104")),
    )
    return Context(name="town", dialplan="main", entries=entries, routes=(out,), includes=("sorry", "town"))
