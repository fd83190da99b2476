"""A small PBX for tests, in few words: a directory, telephones to touch, calls to place, records to read.

    office = Office(extension("100"), extension("101"))
    office.phones["101"].answers(after=2, talks=10)
    call = office.call("100", "101")
    office.finish()
    assert office.cdr(call).billsec == 10

Its clock stands until a test lets time go by. Nothing here decides what a call does; it only puts the real parts
together and gives them short names. Not here: HTTP, what a PBX file says, records that last.
"""

from __future__ import annotations

from datetime import UTC
from itertools import chain
from typing import TYPE_CHECKING, TypedDict
from zoneinfo import ZoneInfo

import msgspec

from pbxsim.clock.instant import SECOND, seconds
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.features import FeatureCodesEntry, lot_features
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, Rule, fixed
from pbxsim.engines.simulated.engine import SimulatedEngine
from pbxsim.engines.simulated.handset import SimulatedHandset
from pbxsim.pbx import events
from pbxsim.pbx.call import CallerId, CallKind, CallOrder, DetailedOrder
from pbxsim.pbx.cdr import CdrQuery, RecordRules, RecordStyle
from pbxsim.pbx.dialplan import ToExtension, ToTrunk
from pbxsim.pbx.directory import Directory
from pbxsim.pbx.events import CdrClosed, Event
from pbxsim.pbx.extension import Extension, Line, Registration
from pbxsim.pbx.pbx import LONGEST_TALK, NOTHING_SAVED, Pbx
from pbxsim.pbx.routes import Context, Did, NumberingPlan, OutboundRoute, Trunk
from pbxsim.sinks.cdr_memory import CdrMemory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Unpack

    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.pbx.account import Account, ChargeBasis
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.call import Call, RecordingWish
    from pbxsim.pbx.cause import HangupCause
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.engine import CallEngine
    from pbxsim.pbx.handset import Handset
    from pbxsim.pbx.hours import Schedule
    from pbxsim.pbx.mailbox import Mailbox
    from pbxsim.pbx.menu import Menu
    from pbxsim.pbx.parking import ParkingLot
    from pbxsim.pbx.queue import Queue
    from pbxsim.pbx.ring_group import RingGroup
    from pbxsim.pbx.saved import Saved

START: Instant = 1_700_000_000 * SECOND
"""When the clock of an office begins, unless it is said otherwise: 2023-11-14 22:13:20 UTC."""

ONE_A_CALL: RecordRules = RecordRules(style=RecordStyle.CALL)
"""The records of an office, unless it is said otherwise: a PBX file's own default is Asterisk's rows."""

EVERY_EVENT: tuple[type[Event], ...] = tuple(
    kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
)
"""Every kind of event that a PBX can tell of."""

_DIGITS = {
    Outcome.ANSWER: 1,
    Outcome.BUSY: 2,
    Outcome.NO_ANSWER: 3,
    Outcome.FAIL: 4,
    Outcome.REJECT: 6,
    Outcome.DROP: 7,
}


def number(outcome: Outcome, *, ring: int = 0, talk: int = 0) -> str:
    """Spell a number of the grammar, so that the party behind a trunk does as it says.

    It rings for `ring` seconds, 0 to 99, and talks for `talk`, 0 to 999; 0 talks until somebody else hangs up.
    """
    return f"990{_DIGITS[outcome]}{ring:02d}{talk:03d}"


def line(user: str, *, line_id: int = 0, max_calls: int = 2, registered: bool = True) -> Line:
    """Make a telephone, registered from 192.0.2.1 unless it is said not to be."""
    where = Registration(host="192.0.2.1", port=5060) if registered else Registration()
    return Line(id=line_id, user=user, max_calls=max_calls, registration=where)


def extension(internal: str, *lines: Line, public: Sequence[str] = (), dialplan: str = "main") -> Extension:
    """Make an extension; without lines it gets one, `sip` and its number."""
    telephones = list(lines) or [line(f"sip{internal}", line_id=int(internal))]
    return Extension(id=int(internal), internal=internal, dialplan=dialplan, lines=telephones, public=tuple(public))


class Wishes(TypedDict, total=False):
    """What a test may ask of a call beyond its two parties; the meaning is DetailedOrder's, `first_to` its `first`."""

    kind: CallKind
    context: str
    first_to: Destination
    second_to: Destination
    first_timeout: Duration
    second_timeout: Duration
    first_shows: CallerId
    second_shows: CallerId
    talk_limit: Duration
    custom: tuple[str, str, str, str]
    account: Account | None
    charge_basis: ChargeBasis
    reference: str
    failure_context: str
    recording: RecordingWish | None
    spied_line: Line
    spied_channel: Channel


class Phone:
    """A telephone of the office: say what it does when it is rung, or put a hand on it."""

    def __init__(self, office: Office, line: Line) -> None:
        self._office = office
        self.line = line

    def meets_calls_with(self, *turns: Behaviour, cycles: bool = False) -> None:
        """Have it do these things, one call after the other. Before the first call only."""
        self._office.set_rule(Rule(number=self.line.user, turns=turns, cycles=cycles))

    def answers(self, *, after: float = 0, talks: float | None = None) -> None:
        """Have it answer; it hangs up after `talks` seconds, or never."""
        talk = None if talks is None else fixed(talks)
        self.meets_calls_with(Behaviour(ring=fixed(after), talk=talk))

    def never_answers(self) -> None:
        """Have it ring until somebody gives up."""
        self.meets_calls_with(Behaviour(outcome=Outcome.NO_ANSWER))

    def is_busy(self, *, after: float = 0) -> None:
        """Have it be busy."""
        self.meets_calls_with(Behaviour(outcome=Outcome.BUSY, ring=fixed(after)))

    def rejects(self, *, after: float = 0) -> None:
        """Have it refuse the call."""
        self.meets_calls_with(Behaviour(outcome=Outcome.REJECT, ring=fixed(after)))

    def fails(self, cause: HangupCause | None = None, *, after: float = 0) -> None:
        """Have it fail with that cause, 1 if none is given."""
        self.meets_calls_with(Behaviour(outcome=Outcome.FAIL, ring=fixed(after), cause=cause))

    def hangs_up(self) -> None:
        """Put the receiver down."""
        self._office.handset.hang_up(self.line)

    def picks_up(self) -> None:
        """Answer what rings."""
        self._office.handset.answer(self.line)


class Office:
    """A PBX with what a test gave it, a clock that stands, every event heard in order, and its records.

    Without `trunks` it has one, `upc`; without `routes` every number of three digits and more leaves by the trunks.
    `phones` are its telephones, by SIP user, and by internal number the first one of that extension: they answer at
    once and never hang up. `heard` is all that happened. `longest_talk` is in µs; it all begins at `start`.
    """

    def __init__(
        self,
        *extensions: Extension,
        trunks: Sequence[Trunk] = (),
        routes: Sequence[OutboundRoute] | None = None,
        contexts: Sequence[Context] = (),
        dialplans: Sequence[str] = ("main",),
        accounts: Iterable[Account] = (),
        queues: Iterable[Queue] = (),
        groups: Iterable[RingGroup] = (),
        menus: Iterable[Menu] = (),
        schedules: Iterable[Schedule] = (),
        mailboxes: Iterable[Mailbox] = (),
        lots: Sequence[ParkingLot] = (),
        dids: Sequence[Did] = (),
        agents: Iterable[Agent] = (),
        longest_talk: Duration = LONGEST_TALK,
        seed: int = 1,
        saved: Saved = NOTHING_SAVED,
        start: Instant = START,
        records: RecordRules = ONE_A_CALL,
        time_zone: str = "",
    ) -> None:
        ways_out = tuple(trunks) or (Trunk(id=1, name="upc"),)
        by_default = (OutboundRoute(id=1, name="out", patterns=("_XXX.",), trunks=ways_out),)
        self.directory = Directory(
            extensions=extensions,
            trunks=ways_out,
            routes=by_default if routes is None else routes,
            dialplans=[NumberingPlan(id=index, name=name) for index, name in enumerate(dialplans, start=1)],
            contexts=contexts,
            dids=dids,
            features=[*FeatureCodesEntry().features(has_mailboxes=True), *chain.from_iterable(map(lot_features, lots))],
        )
        self.clock = Scheduler(max(start, saved.now))
        self.archive = CdrMemory(saved.cdrs)
        self.pbx = Pbx(
            name="office",
            clock=self.clock,
            seed=seed,
            directory=self.directory,
            cdrs=self.archive,
            files=NoFiles(),
            accounts=accounts,
            queues=queues,
            groups=groups,
            menus=menus,
            schedules=schedules,
            mailboxes=mailboxes,
            lots=lots,
            zone=ZoneInfo(time_zone) if time_zone else UTC,
            agents=agents,
            longest_talk=longest_talk,
            first_cdr=saved.last_cdr + 1,
            saved=saved,
            records=records,
            time_zone=time_zone,
        )
        self.heard: list[Event] = []
        self.pbx.events.subscribe(CdrClosed, self.archive.on_cdr)
        for kind in EVERY_EVENT:
            self.pbx.events.subscribe(kind, self._hear)
        self.phones = {telephone.user: Phone(self, telephone) for one in extensions for telephone in one.lines}
        for one in extensions:
            self.phones[one.internal] = self.phones[one.lines[0].user]
        self._rules: list[Rule] = []
        self._start_engine()

    def _hear(self, event: Event) -> None:
        """Keep an event; a method of ours and not `heard.append`, which a copy of the office would share with it."""
        self.heard.append(event)

    def _start_engine(self) -> None:
        self.engine = SimulatedEngine(self.pbx, self._rules, Behaviour(ring=fixed(0), talk=None))
        self.handset = SimulatedHandset(self.pbx, self.engine)
        self.pbx.connect_engine(self.engine, self.handset)

    def set_rule(self, rule: Rule) -> None:
        """Have telephones do as this rule says, too, if no earlier one fits. Before the first call only."""
        self._rules.append(rule)
        self.engine.add_rule(rule)

    def use_engine(self, engine: CallEngine, handset: Handset | None = None) -> None:
        """Put another engine behind the port, and lend its hand if it has one. Before the first call only."""
        self.pbx.connect_engine(engine, handset)

    def order(self, first: str, second: str = "", **wishes: Unpack[Wishes]) -> CallOrder:
        """Make an order: ring internal number or outside number `first`, then connect it to `second`.

        Both are looked up in the context `main`, unless another is wished for.
        """
        context = wishes.get("context", "main")
        to = wishes.get("first_to") or self.pbx.dialplan.resolve(first, context)
        plain = DetailedOrder(vendor="test", first=to, src=first, dst=second, second=second, context=context)
        rest = {field: value for field, value in wishes.items() if field != "first_to"}
        return msgspec.structs.replace(plain, **rest)

    def call(self, first: str, second: str = "", **wishes: Unpack[Wishes]) -> Call:
        """Place that order."""
        return self.pbx.calls.originate(self.order(first, second, **wishes))

    def incoming_order(self, caller: str, second: str, name: str = "") -> CallOrder:
        """Make the order of somebody outside who calls in by the first trunk, into the context `in`."""
        trunk = next(iter(self.directory.trunks.values()))
        return self.order(
            caller,
            second,
            first_to=ToTrunk(caller, (trunk,)),
            kind=CallKind.INCOMING,
            context="in",
            second_shows=CallerId(caller, name),
        )

    def calls_in(self, caller: str, second: str, name: str = "") -> Call:
        """Have somebody outside call in so, who gives up when out of patience."""
        call = self.handset.call_in(self.incoming_order(caller, second, name))
        assert call is not None
        return call

    def incoming(self, caller: str, second: str, *, trunk: str = "upc", **wishes: Unpack[Wishes]) -> Call | None:
        """Have somebody outside call in through a trunk, and be patient; None where it is full."""
        wishes["first_to"] = ToTrunk(caller, (self.directory.trunks[trunk],))
        wishes["kind"] = CallKind.INCOMING
        return self.pbx.calls.receive(self.order(caller, second, **wishes))

    def dials(self, user: str, second: str, *, handle: object = None, **wishes: Unpack[Wishes]) -> Call | None:
        """Have one of our own telephones dial, and be patient; None where it takes no further call.

        `handle` is what its engine knows the caller by.
        """
        telephone = self.directory.line(user)
        own = telephone.extension
        wishes["first_to"] = ToExtension(own.internal, own)
        wishes["kind"] = CallKind.INCOMING
        return self.pbx.calls.receive(self.order(own.internal, second, **wishes), line=telephone, handle=handle)

    def advance(self, span: float) -> None:
        """Let so many seconds go by."""
        self.clock.run_until(self.clock.now + seconds(span))

    def finish(self) -> None:
        """Run until nothing is left to do, and see that really nothing is."""
        while (due := self.clock.next_due()) is not None:
            self.clock.run_until(due)
        assert len(self.clock) == 0

    def cdrs(self) -> list[Cdr]:
        """Give all records, in order of id."""
        return list(self.archive.find(CdrQuery()))

    def cdr(self, call: Call) -> Cdr:
        """Give the record that stands for a call: the last in which somebody talked, else the last.

        Raises ValueError if it has none yet.
        """
        records = list(self.archive.find(CdrQuery(call=call.number)))
        return max(records, key=lambda record: (record.talk != 0, record.id))

    def kinds_heard(self) -> list[type[Event]]:
        """Give the kinds of the events so far, in order."""
        return [type(event) for event in self.heard]


class NoFiles:
    """A port without files behind it, for PBXs that have no recordings."""

    def move(self, *, from_folder: str, from_file: str, to_folder: str, to_file: str) -> None:
        """Refuse to be asked."""
        raise AssertionError(f"nobody should move {from_folder}/{from_file} to {to_folder}/{to_file} here")
