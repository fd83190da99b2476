"""A busy day at a PBX, for the tests of determinism: hundreds of calls, every outcome, drawn times, sequences, people.

Run as a program (`python -m tests.busy_day`), it prints what two processes must agree on.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pbxsim.clock.instant import SECOND
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.load import load
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, Rule, Shape, Span, fixed
from pbxsim.hosting.assemble import assemble
from pbxsim.hosting.directory_changes import tell_changes
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.pbx.account import UNIT, Account, Rate, Tariff
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.announcements import AnnouncementRules, PositionRules
from pbxsim.pbx.call import CallKind
from pbxsim.pbx.cdr import CdrQuery, RecordRules, RecordStyle
from pbxsim.pbx.dialplan import ToHours, ToHunt, ToTrunk
from pbxsim.pbx.directory import Directory
from pbxsim.pbx.dtmf import keystrokes
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.events import CdrClosed, DatabaseChanged, NoticePosted
from pbxsim.pbx.extension import Diversion
from pbxsim.pbx.hours import Period, Schedule, Timing
from pbxsim.pbx.mailbox import Mailbox, MailboxRules
from pbxsim.pbx.menu import Menu
from pbxsim.pbx.notice import Notice
from pbxsim.pbx.parking import ParkingLot
from pbxsim.pbx.queue import Queue, QueueFigures, QueueRules
from pbxsim.pbx.routes import NumberingPlan, Step, Trunk
from pbxsim.sinks.journal.journal import Journal
from pbxsim.testing.office import EVERY_EVENT, START, Office, extension, line
from tests.pbx.components import NumberComponent, PatientQuestioner
from tests.vendors import golden

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pbxsim.hosting.assemble import Assembled
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import CdrArchive
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.events import Event
    from pbxsim.pbx.saved import Saved

CALLS: Final = 400
_LINES: Final = ("sip100", "sip101", "sip102", "sip103", "sip104", "east", "west")

RULES: Final = (
    Rule(number="sip100", turns=(Behaviour(ring=Span(Shape.UNIFORM, 1, 9), talk=Span(Shape.EXPONENTIAL, 40)),)),
    Rule(number="sip101", turns=(Behaviour(ring=Span(Shape.NORMAL, 6, 3), talk=Span(Shape.NORMAL, 60, 30)),)),
    Rule(
        number="sip102",
        turns=(Behaviour(outcome=Outcome.BUSY), Behaviour(outcome=Outcome.BUSY), Behaviour(talk=fixed(12))),
        cycles=True,
    ),
    Rule(number="sip103", turns=(Behaviour(outcome=Outcome.NO_ANSWER), Behaviour(outcome=Outcome.REJECT))),
    Rule(
        number="_8XX.",
        turns=(
            Behaviour(dialing=Span(Shape.UNIFORM, 0, 2), talk=Span(Shape.EXPONENTIAL, 25)),
            Behaviour(outcome=Outcome.DROP, ring=Span(Shape.EXPONENTIAL, 4), talk=Span(Shape.UNIFORM, 1, 20)),
            Behaviour(outcome=Outcome.FAIL),
        ),
        cycles=True,
    ),
)

_TOLD: Final = AnnouncementRules(positions=PositionRules(every=20 * SECOND, length=2 * SECOND))
_PATIENT: Final = QueueRules(wrap_up=5 * SECOND, max_wait=90 * SECOND, announcements=_TOLD)

_CHOICES: Final = {"1": Step(queue="sales"), "2": Step(extension="104"), "3": Step(menu="hall")}

Fate: TypeAlias = tuple[object, ...]


class Day:
    """A day to be lived through. `twist` is called before each hour's work, with the office and the hour's number."""

    def __init__(
        self,
        *,
        seed: int = 7,
        rules: Sequence[Rule] = RULES,
        listener: Callable[[Event], None] | None = None,
        twist: Callable[[Office, int], None] | None = None,
        style: RecordStyle = RecordStyle.CALL,
    ) -> None:
        self.office = _office(seed, style)
        if listener is not None:
            for kind in EVERY_EVENT:  # but what is remembered: of that the journal has no word
                if kind is DatabaseChanged:
                    continue
                self.office.pbx.events.subscribe(kind, listener)
        self.journal = Journal(self.office.pbx)
        self.questions = self.office.pbx.decisions.questioner = PatientQuestioner()
        self.office.pbx.decisions.add(NumberComponent(self.office.pbx, failure="104"))
        self.office.pbx.events.subscribe(CdrClosed, self._tell_customer)
        for rule in rules:
            self.office.set_rule(rule)
        self.calls: list[Call] = []
        self._twist = twist

    def _tell_customer(self, event: CdrClosed) -> None:
        """Post a notice of each record, as a vendor does."""
        cdr = event.cdr
        url = f"http://customer.example/cdr?id={cdr.id}&seconds={cdr.billsec}"
        self.office.pbx.events.emit(NoticePosted(Notice(receiver="test:customer", event="Cdr", call=cdr.call, url=url)))

    def live(self) -> Day:
        """Live through it to the end; it begins with a file that was loaded anew."""
        yesterday = Directory(extensions=[extension("99")], dialplans=[NumberingPlan(id=1, name="main")])
        tell_changes(yesterday, self.office.pbx)
        for hour in range(CALLS):
            if self._twist is not None:
                self._twist(self.office, hour)
            _work(self, hour)
            self.office.advance(0.25 * (hour * 37 % 29))
        self.office.finish()
        assert self.office.pbx.events.failures == []
        return self

    def fates(self) -> dict[str, Fate]:
        """Give what became of each call by its reference: all but what is counted over the whole PBX."""
        return {call.order.reference: fate(call) for call in self.calls}


def fate(call: Call) -> Fate:
    """Tell what became of a call and each of its legs."""
    legs = tuple(_leg_fate(leg) for leg in call.legs)
    return call.started_at, call.bridged_at, call.ended_at, call.cause, call.disposition, legs


def _leg_fate(leg: Channel) -> Fate:
    return leg.peer, leg.number, leg.created_at, leg.ringing_at, leg.answered_at, leg.ended_at, leg.cause


def _office(seed: int, style: RecordStyle) -> Office:
    tariff = Tariff("all", (Rate(per_minute=UNIT, step_seconds=60), Rate(prefix="80", per_minute=3 * UNIT)))
    return Office(
        *(extension(str(number), line(f"sip{number}", line_id=number, max_calls=3)) for number in range(100, 105)),
        extension("300", line("east", line_id=300), line("west", line_id=301), public=("299299000",)),
        extension("900", line("stranger", line_id=900, max_calls=1_000)),
        trunks=[Trunk(id=1, name="upc", capacity=12), Trunk(id=2, name="spare", capacity=5), Trunk(id=9, name="far")],
        accounts=[Account(name="household", credit=5_000 * UNIT, tariff=tariff, changed_at=START)],
        agents=[Agent(number=str(2_000 + index), name=f"Agent {index}", pin="1") for index in range(3)],
        queues=[Queue(name="sales", members=[], waiters=[], figures=QueueFigures(), rules=_PATIENT)],
        menus=[Menu(name="hall", context="main", say=3 * SECOND, digits=_CHOICES, dialplan="main", tries=2)],
        schedules=[
            Schedule(name="shop", open=Step(voicemail="100"), closed=Step(menu="hall"), open_at=(Timing.parse(""),))
        ],
        mailboxes=[Mailbox(number="100", rules=MailboxRules(greeting=2 * SECOND))],
        lots=[ParkingLot(name="default", extension="700", first=701, last=704)],
        seed=seed,
        records=RecordRules(style=style),
    )


def _work(day: Day, hour: int) -> None:
    """Do what people do: a call at least, and something else besides."""
    placed = _CALLERS[hour % len(_CALLERS)](day.office, hour)
    if placed is not None:
        day.calls.append(placed)
    if day.questions.out and hour % 4:
        decision = day.questions.out.pop()
        day.office.pbx.decisions.hear(decision, 200 if hour % 3 else 404, str(100 + hour % 5).encode())
    with suppress(NothingToDo):
        _handset(day.office, hour)
    with suppress(NothingToDo):
        _hand_on(day.office, hour)
    with suppress(NothingToDo):
        _features(day.office, hour)
    if hour % 17 == 0:
        _agents(day.office, hour)
    if hour % 23 == 0:
        oldest = next((call for call in day.calls if not call.is_over), None)
        if oldest is not None:
            day.office.pbx.calls.hang_up(oldest)


def _inside(office: Office, hour: int) -> Call:
    return office.call(str(100 + hour % 5), str(100 + hour * 3 % 5), reference=f"{hour}", custom=("x", "", "", ""))


def _outside(office: Office, hour: int) -> Call:
    number = f"8{hour * 7919 % 10:02d}{hour % 13:03d}"
    return office.call(str(100 + hour % 5), number, reference=f"{hour}", account=office.pbx.accounts["household"])


def _spelt(office: Office, hour: int) -> Call:
    number = f"990{hour % 7 + 1}{hour % 6:02d}{hour % 40:03d}"
    return office.call(number, "299299000", reference=f"{hour}", talk_limit=20_000_000, kind=CallKind.DIAL)


def _incoming(office: Office, hour: int) -> Call | None:
    return office.incoming(f"777{hour:06d}", "300", reference=f"{hour}")


def _dialled(office: Office, hour: int) -> Call | None:
    return office.dials(f"sip{100 + hour % 5}", "300", reference=f"{hour}")


def _spying(office: Office, hour: int) -> Call:
    spied = office.phones[_LINES[hour % len(_LINES)]].line
    return office.call("104", kind=CallKind.SPY, spied_line=spied, reference=f"{hour}")


def _queueing(office: Office, hour: int) -> Call | None:
    return office.incoming(f"776{hour:06d}", "sales", reference=f"{hour}", second_to=ToHunt("sales", "queue sales"))


def _asking(office: Office, hour: int) -> Call | None:
    return office.incoming(f"775{hour:06d}", "700", reference=f"{hour}", second_to=ToHunt("700", "component where"))


def _choosing(office: Office, hour: int) -> Call | None:
    by = ToTrunk("774000000", (office.directory.trunks["far"],))
    to = ToHunt("hall", "menu hall")
    order = office.order(
        by.number, "hall", first_to=by, kind=CallKind.INCOMING, context="main", second_to=to, reference=f"{hour}"
    )
    return office.handset.call_in(order, presses=keystrokes(f"{hour % 4}w{hour % 7}", hour % 5 * SECOND))


_CALLERS: Final = (
    *(_inside, _outside, _spelt, _incoming, _asking, _choosing),
    *(_outside, _dialled, _queueing, _spelt, _spying),
)


def _handset(office: Office, hour: int) -> None:
    handset = office.handset
    touches = (handset.answer, handset.reject, handset.hang_up, handset.hold, handset.unhold)
    verbs = (*touches, handset.unregister, handset.register)
    verbs[hour % len(verbs)](office.phones[_LINES[hour // len(verbs) % len(_LINES)]].line)


def _hand_on(office: Office, hour: int) -> None:
    """Divert, shut the telephone up, and hand calls on: by turns, a call now and then."""
    handset, line = office.handset, office.phones[_LINES[hour // 3 % len(_LINES)]].line
    if hour % 6 == 0:
        handset.transfer(line, str(100 + hour % 5))
    elif hour % 12 == 1:
        handset.do_not_disturb(line, on=not line.do_not_disturb)
    elif hour % 12 == 7:
        handset.divert(line, Diversion(busy="103", no_answer="104") if line.diversion is None else None)


def _features(office: Office, hour: int) -> None:
    """Call when the shop is open or shut, clear out messages, park calls and take them back, pick up what rings."""
    pbx, handset = office.pbx, office.handset
    if hour % 10 == 0:
        pbx.hours.switch(pbx.events, "shop", (None, Period.CLOSED, Period.OPEN)[hour // 10 % 3])
        office.incoming(f"778{hour:06d}", "shop", reference=f"shop {hour}", second_to=ToHours("8", "shop", "main"))
    elif hour % 10 == 3:
        for message in list(pbx.voicemail.messages()):
            pbx.voicemail.mark(message.id, is_heard=True)
            if message.id % 2:
                pbx.voicemail.delete(message.id)
    elif hour % 10 == 5:
        handset.transfer(office.phones[_LINES[hour % len(_LINES)]].line, "700")
    elif hour % 10 in (6, 8):
        office.dials(_LINES[hour % len(_LINES)], f"70{1 + hour % 2}" if hour % 10 == 6 else f"**{100 + hour % 5}")


def _agents(office: Office, hour: int) -> None:
    agents, sales = office.pbx.agents, office.pbx.queues.named("sales")
    agent = agents.authorized(str(2_000 + hour % 3), "1")
    agents.log_in(agent, office.phones["sip100"].line)
    agents.pause(agent, "lunch")
    office.pbx.queues.add(sales, agent, hour % 4)
    office.pbx.queues.pause(sales, agent)
    if hour % 2:
        office.pbx.queues.remove(sales, agent)
        agents.log_out(agent)


# -- the built-in PBX, and every example of the vendors' pages ----------------------------------------------------


class _NoFiles:
    """A port without files behind it: the names of temporary folders are not the same in two processes."""

    def move(self, *, from_folder: str, from_file: str, to_folder: str, to_file: str) -> None:
        """Do nothing, well."""


def documented(seed: int = 7) -> HostedPbx:
    """Send every documented request to the PBX `documented`, three times over, with time between them."""
    loaded, drawn_by = load("documented"), seed

    def assembly(rate: float, seed: int | None, saved: Saved) -> Assembled:
        return assemble(loaded, clock=Scheduler(START), seed=drawn_by, files=_NoFiles(), saved=saved)

    hosted = HostedPbx(assembly, loaded.packages.vendors, rate=0)
    clock = hosted.pbx.clock
    for turn in range(3):
        for vendor in sorted(hosted.interfaces):
            for name in golden.names(vendor):
                hosted.answer(vendor, golden.request(vendor, name), ())
                clock.run_until(clock.now + 700_000 * (turn + 1))
    while (due := clock.next_due()) is not None:
        clock.run_until(due)
    assert hosted.pbx.events.failures == []
    return hosted


# -- what is compared ---------------------------------------------------------------------------------------------


def records(archive: CdrArchive) -> bytes:
    """Give all records as JSON, one a line."""
    return b"".join(msgspec.json.encode(cdr) + b"\n" for cdr in archive.find(CdrQuery()))


def digests(seed: int = 7) -> dict[str, str]:
    """Live through both days, ours in both record styles; give the SHA-256 of each journal and set of records."""
    day, hosted = Day(seed=seed).live(), documented(seed)
    in_rows = Day(seed=seed, style=RecordStyle.ASTERISK).live()
    compared = {
        "journal": day.journal.jsonl(),
        "records": records(day.office.archive),
        "journal in rows": in_rows.journal.jsonl(),
        "rows": records(in_rows.office.archive),
        "documented journal": hosted.journal.jsonl(),
        "documented records": records(hosted.pbx.cdrs),
    }
    return {name: sha256(content).hexdigest() for name, content in compared.items()}


if __name__ == "__main__":
    print(msgspec.json.encode({**digests(), "hash of a word": str(hash("pbxsim"))}).decode(), file=sys.stdout)
