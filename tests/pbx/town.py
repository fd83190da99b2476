"""A small town: a PBX with something of everything, for tests that play at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, Rule, Shape, Span, fixed
from pbxsim.pbx.account import UNIT, Account, Rate, Tariff
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.announcements import AnnouncementRules, MemberRules, PeriodicRules, PositionRules
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.extension import Extension
from pbxsim.pbx.hours import Schedule, Timing
from pbxsim.pbx.mailbox import Mailbox, MailboxRules
from pbxsim.pbx.menu import Menu
from pbxsim.pbx.parking import ParkingLot
from pbxsim.pbx.queue import Queue, QueueFigures, QueueRules
from pbxsim.pbx.ring_group import RingGroup, Row
from pbxsim.pbx.routes import Context, Did, OutboundRoute, Step, Trunk
from pbxsim.testing.office import Office, extension, line
from tests.pbx.components import NumberComponent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pbxsim.pbx.extension import Line

LONGEST_TALK: Final = 600 * SECOND
ACCOUNT: Final = "town"
AGENTS: Final = ("2001", "2002")
QUEUES: Final = ("sales", "support")
WAITED_FOR: Final = ("71", "71", "72", "73", "74", "75", "299299200")
IMPATIENT: Final = ("605000111", "700100200")
FEATURES: Final = ("77", "78", "78", "790", "790", "791", "792", "*8", "*8", "**101", "**104", "**77", "*97", "*97")
TELEPHONES: Final = ("solo", "desk", "mobile", "home", "single", "away", "moody", "cycling")
TRUNKS: Final = ("wide", "narrow")
ANSWERING: Final = ("100", "101", "104", "105", "299299101", "990100000", "990101030", "605000111")
EVERYONE: Final = (
    *ANSWERING,
    *ANSWERING,
    *("102", "103", "299299104", "990103010", "990105060", "990202000", "990300000", "990404000", "990505000"),
    *("990606000", "990703015", "990130001", "700100200", "14112", "14", "55", "66", "9", ""),
    *("71", "72", "73", "74", "74", "75", "76", "299299200"),
)
_HALL: Final = {
    "1": Step(queue="sales"),
    "12": Step(dial="14112"),
    "2": Step(queue="support"),
    "3": Step(group="team"),
    "4": Step(component="where"),
    "5": Step(hangup=16),
    "6": Step(dial="990103010"),
    "7": Step(dial="nowhere"),
    "8": Step(voicemail="101"),
    "9": Step(hours="market"),
    "*": Step(menu="hall"),
    "0": Step(menu="short"),
}
_SHOPS: Final = frozenset({"shops"})
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
    Rule(
        number="605000111",
        turns=(Behaviour(outcome=Outcome.ANSWER, ring=_LONG_TAIL, talk=_LONG_TAIL, patience=_LONG_TAIL),),
    ),
    Rule(number="700100200", turns=(Behaviour(talk=None, patience=_EVEN),)),
)
_SALES: Final = QueueRules(
    member_timeout=12 * SECOND, retry=3 * SECOND, wrap_up=8 * SECOND, max_wait=100 * SECOND, overflow="72"
)
_SUPPORT: Final = QueueRules(
    leave_when_empty=frozenset({"unavailable", "invalid"}),
    announcements=AnnouncementRules(
        positions=PositionRules(every=30 * SECOND, at_least=10 * SECOND, length=3 * SECOND),
        periodic=PeriodicRules(every=20 * SECOND, length=5 * SECOND, sounds=("a", "b", "c"), is_random=True),
    ),
    member_hears=MemberRules(delay=SECOND, sounds=("support",), length=2 * SECOND),
    max_wait=60 * SECOND,
    overflow="14112",
)


def small_town() -> Office:
    """Build it: forked, single, full, unregistered and moody telephones, two trunks, credit, queues, agents, and 74,
    which asks a server where to go on.
    """
    wide, narrow = Trunk(id=1, name="wide", capacity=6), Trunk(id=2, name="narrow", capacity=2, caller_id="299")
    out = OutboundRoute(id=1, name="out", patterns=("_XXXXXX.",), trunks=(wide, narrow))
    prices = Tariff("prices", (Rate(prefix="9", per_minute=UNIT), Rate(prefix="605", per_minute=7, connection=3)))
    office = Office(
        _extension("100", line("solo"), pickup_group=_SHOPS),
        _extension(
            *("101", line("desk"), line("mobile"), line("home")),
            public=("299299101",),
            mailbox="101",
            rings_for=15 * SECOND,
            call_group=_SHOPS,
        ),
        _extension("102", line("single", max_calls=1), pickup_group=_SHOPS, call_group=_SHOPS),
        extension("103", line("away", registered=False)),
        _extension("104", line("moody", max_calls=3), public=("299299104",), mailbox="104", call_group=_SHOPS),
        extension("105", line("cycling"), line("solo-too", max_calls=1)),
        trunks=(wide, narrow),
        routes=(out,),
        contexts=(_town(out), Context(name="sorry")),
        accounts=(Account(name=ACCOUNT, credit=5 * UNIT, tariff=prices, changed_at=0),),
        queues=[
            _queue(QUEUES[0], _SALES, strategy="rrmemory", max_waiting=4, service_level=20),
            _queue(QUEUES[1], _SUPPORT, strategy="ringall", weight=3),
        ],
        groups=[
            RingGroup(
                name="team",
                context="town",
                rows=(Row(("100", "101", "71"), 10 * SECOND), Row(("104", "605000111"), 15 * SECOND)),
            )
        ],
        dids=[Did(number="299299200", context="town", step=Step(queue="support"))],
        menus=[
            Menu(
                name="hall",
                context="town",
                dialplan="main",
                say=4 * SECOND,
                digits=_HALL,
                tries=2,
                invalid=Step(group="team"),
            ),
            Menu(name="short", context="town", digits={"#": Step(menu="hall")}, tries=2, timeout=Step(menu="hall")),
        ],
        schedules=[
            Schedule(
                name="market",
                open=Step(dial="71"),
                closed=Step(voicemail="104"),
                open_at=(Timing.parse("00:00-23:00"),),
            )
        ],
        mailboxes=[
            Mailbox(
                number="101", rules=MailboxRules(greeting=4 * SECOND, longest=30 * SECOND, silence=5 * SECOND, most=3)
            ),
            Mailbox(number="104", pin="1", rules=MailboxRules(greeting=0, shortest=2 * SECOND, longest=900 * SECOND)),
        ],
        lots=[
            ParkingLot(name="square", extension="790", first=791, last=792, time_out=20 * SECOND, come_back=9 * SECOND)
        ],
        agents=[Agent(number=number, name=number, pin="1") for number in AGENTS],
        longest_talk=LONGEST_TALK,
    )
    for rule in _RULES:
        office.set_rule(rule)
    ways_out = {HangupCause.USER_BUSY: "104", HangupCause.NO_ANSWER: "74", HangupCause.SUBSCRIBER_ABSENT: ""}
    component = NumberComponent(office.pbx, context="town", ways_out=ways_out, failure="101", talk_limit=60 * SECOND)
    office.pbx.decisions.add(component)
    return office


def _extension(
    number: str,
    *lines: Line,
    public: tuple[str, ...] = (),
    mailbox: str = "",
    rings_for: int = 0,
    call_group: frozenset[str] = frozenset(),
    pickup_group: frozenset[str] = frozenset(),
) -> Extension:
    return Extension(
        id=int(number),
        internal=number,
        dialplan="main",
        lines=list(lines),
        public=public,
        mailbox=mailbox,
        rings_for=rings_for,
        call_group=call_group,
        pickup_group=pickup_group,
    )


def _queue(
    name: str, rules: QueueRules, *, strategy: str, max_waiting: int = 0, service_level: int = 0, weight: int = 0
) -> Queue:
    return Queue(
        name=name,
        strategy=strategy,
        max_waiting=max_waiting,
        service_level=service_level,
        weight=weight,
        members=[],
        waiters=[],
        figures=QueueFigures(),
        rules=rules,
    )


def _town(out: OutboundRoute) -> Context:
    entries = (
        ("14112", Step(play_seconds=25)),
        ("14", Step(play_seconds=7200)),
        ("55", Step(hangup=21)),
        ("66", Step(dial="299299104")),
        ("71", Step(queue="sales")),
        ("72", Step(queue="support")),
        ("73", Step(group="team")),
        ("74", Step(component="where")),
        ("75", Step(menu="hall")),
        ("76", Step(menu="short")),
        ("77", Step(voicemail="101")),
        ("78", Step(hours="market")),
    )
    return Context(name="town", dialplan="main", entries=entries, routes=(out,), includes=("sorry", "town"))
