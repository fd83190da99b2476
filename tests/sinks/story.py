"""A short day at an office on which every kind of event happens at least once."""

from __future__ import annotations

import msgspec

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Outcome
from pbxsim.hosting.directory_changes import tell_changes
from pbxsim.pbx.account import UNIT, Account, Rate, Tariff
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.announcements import AnnouncementRules, PositionRules
from pbxsim.pbx.call import CallerId, CallKind, RecordingWish
from pbxsim.pbx.channel import Report
from pbxsim.pbx.dialplan import ToHours, ToHunt
from pbxsim.pbx.directory import Directory
from pbxsim.pbx.events import CallFaultStruck, LegBarred, NoticePosted, RecordingFailed, RecordingMoved
from pbxsim.pbx.extension import Diversion
from pbxsim.pbx.hours import Period, Schedule, Timing
from pbxsim.pbx.mailbox import Mailbox, MailboxRules
from pbxsim.pbx.menu import Menu
from pbxsim.pbx.notice import Notice
from pbxsim.pbx.parking import ParkingLot
from pbxsim.pbx.queue import Queue, QueueFigures, QueueRules
from pbxsim.pbx.routes import Step
from pbxsim.testing.office import START, Office, extension, number
from tests.pbx.components import NumberComponent

_TELLS = QueueRules(announcements=AnnouncementRules(positions=PositionRules(every=60 * SECOND)))

PIN = "47110815"
"""Anna's PIN, which must be in no journal."""


def build_office() -> Office:
    """Give an office with two telephones, an agent, a queue, and an account that pays."""
    tariff = Tariff("all", (Rate(per_minute=UNIT),))
    return Office(
        extension("100"),
        extension("102"),
        accounts=[Account(name="household", credit=100 * UNIT, tariff=tariff, changed_at=START)],
        agents=[Agent(number="2001", name="Anna", pin=PIN)],
        schedules=[
            Schedule(name="office", open=Step(voicemail="100"), closed=Step(hangup=21), open_at=(Timing.parse(""),))
        ],
        mailboxes=[Mailbox(number="100", rules=MailboxRules(greeting=0))],
        lots=[ParkingLot(name="default", extension="700", first=701, last=702)],
        menus=[Menu(name="hall", context="main", digits={"1": Step(extension="102")})],
        queues=[Queue(name="sales", members=[], waiters=[], figures=QueueFigures(), rules=_TELLS)],
    )


def tell_everything(office: Office) -> None:
    """Let it all happen."""
    office.pbx.decisions.add(NumberComponent(office.pbx))
    _calls(office)
    _telephones_and_agents(office)
    _hands_and_spies(office)
    _features(office)
    office.finish()
    record = office.cdrs()[0]
    moved = msgspec.structs.replace(record, recording_folder="/mnt/nas", recording_file="call.wav")
    office.pbx.events.emit(RecordingMoved(moved))
    office.pbx.events.emit(CallFaultStruck(office.pbx.calls.recent[0], "fault 1: cdr-late"))
    office.pbx.events.emit(RecordingFailed(record.call, "/mnt", "a.wav", "Permission denied"))
    office.pbx.ledger.top_up(office.pbx.accounts["household"], 5 * UNIT, at=office.clock.now)
    tell_changes(Directory(extensions=[extension("101"), *office.directory.extensions[1:]]), office.pbx)
    for call, event in ((record.call, "Cdr"), (0, "Ping")):
        url = f"http://customer.example/told?password={PIN}"
        office.pbx.events.emit(NoticePosted(Notice(receiver="test:customer", event=event, call=call, url=url)))


def _calls(office: Office) -> None:
    pbx = office.pbx
    plain = office.order(
        "100",
        number(Outcome.ANSWER, ring=3, talk=20),
        account=pbx.accounts["household"],
        first_shows=CallerId("000", "Dialer"),
        custom=("a", "b", "c", "d"),
    )
    wish = RecordingWish(folder="/mnt", file="a.wav")
    call = pbx.calls.originate(msgspec.structs.replace(plain, recording=wish, macro="before"))
    office.advance(5)
    office.handset.hold(office.phones["100"].line)
    office.handset.unhold(office.phones["100"].line)
    leg = call.legs[0]
    office.advance(60)
    pbx.calls.on_leg(leg, Report.RINGING)
    pbx.events.emit(LegBarred(leg, "it is not dialled"))
    office.call("100", "5")
    office.call(number(Outcome.ANSWER), "102", kind=CallKind.DIAL)
    office.advance(0)
    office.phones["102"].hangs_up()


def _telephones_and_agents(office: Office) -> None:
    line, agents, queues = office.phones["100"].line, office.pbx.agents, office.pbx.queues
    office.handset.unregister(line)
    office.call("100", "102")
    office.handset.register(line)
    anna, sales = agents.authorized("2001", PIN), queues.named("sales")
    agents.log_in(anna, line)
    agents.pause(anna, "lunch")
    agents.unpause(anna)
    queues.add(sales, anna, 3)
    queues.pause(sales, anna)
    queues.unpause(sales, anna)
    queues.remove(sales, anna)
    agents.log_out(anna)


def _hands_and_spies(office: Office) -> None:
    desk, other = office.phones["100"].line, office.phones["102"].line
    office.dials("sip100", number(Outcome.ANSWER))
    office.advance(0)
    office.call("102", kind=CallKind.SPY, spied_line=desk)
    office.advance(0)
    office.handset.do_not_disturb(other, on=True)
    office.handset.divert(other, Diversion(always="100"))
    office.handset.transfer(desk, "102")
    office.pbx.calls.hang_up(next(iter(office.pbx.calls.live.values())))
    office.incoming("605000111", "700", second_to=ToHunt("700", "component where"))
    office.dials("sip100", "9", second_to=ToHunt("9", "menu hall"))
    office.handset.press(desk, "2")
    office.incoming("605000111", "sales", context="queues", second_to=ToHunt("sales", "queue sales"))
    office.pbx.calls.hang_up(next(reversed(office.pbx.calls.live.values())))


def _features(office: Office) -> None:
    """Have a message left in opening hours and thrown away, a call picked up, parked and taken back."""
    pbx, desk = office.pbx, office.phones["100"].line
    pbx.hours.switch(pbx.events, "office", Period.OPEN)
    office.incoming("605000111", "8", second_to=ToHours("8", "office", "main"))
    office.advance(3)
    pbx.calls.hang_up(next(reversed(pbx.calls.live.values())))
    pbx.voicemail.mark(1, is_heard=True)
    pbx.voicemail.delete(1)
    office.handset.divert(office.phones["102"].line, None)
    office.handset.do_not_disturb(office.phones["102"].line, on=False)
    office.incoming("605000112", "102")
    office.dials("sip100", "**102")
    office.handset.transfer(desk, "700")
    office.dials("sip100", "701")
    pbx.calls.hang_up(next(reversed(pbx.calls.live.values())))
