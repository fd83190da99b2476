"""Call pick-up: whose ringing can be taken by whom, and what becomes of the call, its records, queue and group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.announcements import MemberRules
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import CdrQuery, RecordRules
from pbxsim.pbx.events import CallPickedUp
from pbxsim.pbx.queue import Member, Queue, QueueFigures, QueueRules
from pbxsim.pbx.ring_group import RingGroup, Row
from pbxsim.pbx.routes import Context, Step
from pbxsim.testing.office import ONE_A_CALL, Office, extension
from pbxsim.testing.referee import Referee

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.extension import Extension

SALES, OTHERS = frozenset({"sales"}), frozenset({"others"})


def _extension(number: str, called: frozenset[str], takes: frozenset[str]) -> Extension:
    made = msgspec.structs.replace(extension(number), call_group=called, pickup_group=takes)
    for line in made.lines:
        line.extension = made
    return made


class Desk(Office):
    """100 and 101 are sales, as 102 may take; 103 is others'. Nobody answers. A group, a queue, and a referee."""

    def __init__(self, rules: QueueRules = QueueRules()) -> None:  # noqa: B008 - it is frozen
        agent = Agent(number="2000", name="anna", pin="1")
        queue = Queue(
            name="line", strategy="ringall", max_waiting=0, service_level=0, weight=0, rules=rules,
            members=[Member(agent=agent)], waiters=[], figures=QueueFigures(),
        )  # fmt: skip
        super().__init__(
            _extension("100", SALES, frozenset()),
            _extension("101", SALES, SALES),
            _extension("102", frozenset(), SALES),
            _extension("103", OTHERS, OTHERS),
            contexts=[
                Context(name="in", dialplan="main", entries=(("77", Step(group="team")), ("88", Step(queue="line"))))
            ],
            groups=[RingGroup(name="team", context="main", rows=(Row(("100", "101", "103"), 20 * SECOND),))],
            queues=[queue],
            agents=[agent],
            records=RecordRules(),
        )
        for number in ("100", "101", "103"):
            self.phones[number].never_answers()
        self.pbx.agents.log_in(agent, self.phones["100"].line)
        self.referee = Referee(self.pbx, self.engine)

    def takes(self, by: str = "102", code: str = "*8") -> Call:
        """Have a telephone dial a code."""
        call = self.handset.dial(self.phones[by].line, code)
        self.referee.check()
        return call

    def rows(self, call: Call) -> list[tuple[str, str, str, str, Disposition, int, int]]:
        """Give what is written down of a call."""
        return [_row(cdr) for cdr in self.archive.find(CdrQuery(call=call.number))]


def _row(cdr: Cdr) -> tuple[str, str, str, str, Disposition, int, int]:
    return (
        cdr.second_peer, cdr.last_app, cdr.last_data, cdr.dst, cdr.disposition, cdr.duration, cdr.billsec
    )  # fmt: skip


def test_a_member_of_the_group_takes_what_rings_and_the_row_is_the_pickers() -> None:
    desk = Desk()
    call = desk.calls_in("605000001", "100")
    desk.advance(4)
    own = desk.takes()
    assert (own.is_over, call.state) == (True, CallState.TALKING)
    assert [leg.peer for leg in (call.first, call.second) if leg is not None] == ["upc", "sip102"]
    assert desk.phones["100"].line.channels == []
    (event,) = [event for event in desk.heard if isinstance(event, CallPickedUp)]
    assert (event.call, event.rung.peer, event.by) == (call, "sip100", call.second)
    assert event.rung.cause is HangupCause.ANSWERED_ELSEWHERE
    desk.advance(10)
    desk.phones["102"].hangs_up()
    desk.referee.check()
    assert desk.rows(call) == [("sip102", "Dial", "SIP/sip100,30,", "100", Disposition.ANSWERED, 14, 10)]
    assert desk.rows(own) == [("", "Pickup", "", "*8", Disposition.ANSWERED, 0, 0)]
    desk.finish()


def test_the_call_that_rings_longest_is_taken_first() -> None:
    desk = Desk()
    first = desk.calls_in("605000001", "101")
    desk.advance(1)
    second = desk.calls_in("605000002", "100")
    desk.takes()
    assert (first.state, second.state) == (CallState.TALKING, CallState.DIALING_SECOND)


@pytest.mark.parametrize(("by", "rung"), [("103", "100"), ("100", "101"), ("102", "103")])
def test_who_is_not_of_the_group_is_refused(by: str, rung: str) -> None:
    desk = Desk()
    call = desk.calls_in("605000001", rung)
    own = desk.takes(by)
    assert (own.is_over, own.cause, call.state) == (True, HangupCause.CALL_REJECTED, CallState.DIALING_SECOND)
    assert desk.rows(own) == [("", "Pickup", "", "*8", Disposition.NO_ANSWER, 0, 0)]


def test_nothing_that_rings_is_nothing_to_take() -> None:
    desk = Desk()
    assert desk.takes().cause is HangupCause.CALL_REJECTED
    call = desk.calls_in("605000001", "102")
    desk.advance(0)
    assert call.state is CallState.TALKING  # it has answered
    assert desk.takes("101").cause is HangupCause.CALL_REJECTED


def test_a_directed_pick_up_takes_what_rings_there_whatever_the_groups() -> None:
    desk = Desk()
    call = desk.calls_in("605000001", "103")
    own = desk.takes("102", "**103")
    assert (call.state, call.second and call.second.peer) == (CallState.TALKING, "sip102")
    desk.pbx.calls.hang_up(call)
    assert desk.rows(own) == [("", "Pickup", "103", "**103", Disposition.ANSWERED, 0, 0)]
    assert desk.takes("102", "**103").cause is HangupCause.CALL_REJECTED
    assert desk.takes("102", "**999").cause is HangupCause.CALL_REJECTED


def test_a_ring_group_stops_ringing_altogether() -> None:
    desk = Desk()
    call = desk.calls_in("605000001", "77")
    desk.advance(3)
    desk.takes("102", "**101")
    assert [channel.peer for channel in desk.pbx.calls.channels()] == ["upc", "sip102"]
    desk.advance(5)
    desk.pbx.calls.hang_up(call)
    desk.referee.check()
    together = "SIP/sip100&SIP/sip101&SIP/sip103,20,"
    assert sorted(desk.rows(call)) == [
        ("sip100", "Dial", together, "77", Disposition.NO_ANSWER, 3, 0),
        ("sip102", "Dial", together, "77", Disposition.ANSWERED, 8, 5),
        ("sip103", "Dial", together, "77", Disposition.NO_ANSWER, 3, 0),
    ]
    desk.finish()


def test_a_queues_caller_counts_as_taken_by_the_member_that_rang() -> None:
    desk = Desk()
    call = desk.calls_in("605000001", "88")
    desk.advance(6)
    desk.takes()
    assert (call.state, call.second and call.second.peer) == (CallState.TALKING, "sip102")
    desk.advance(10)
    desk.pbx.calls.hang_up(call)
    desk.advance(1)
    desk.referee.check()
    queue = desk.pbx.queues.named("line")
    assert (queue.figures.completed, queue.figures.abandoned, queue.members[0].calls_taken) == (1, 0, 1)
    assert (queue.figures.hold_time, queue.figures.talk_time) == (6, 10)


def test_who_takes_a_queues_caller_hears_first_what_the_member_would_have() -> None:
    desk = Desk(QueueRules(member_hears=MemberRules(sounds=("beep",), length=2 * SECOND)))
    call = desk.calls_in("605000001", "88")
    desk.advance(6)
    desk.takes()
    assert [(leg.peer, said) for _, leg, said in call.known.told] == [("sip102", ("beep",))]
    assert call.state is not CallState.TALKING
    desk.advance(2)
    assert (call.state, call.second and call.second.peer) == (CallState.TALKING, "sip102")
    desk.pbx.calls.hang_up(call)
    desk.finish()


def test_who_takes_a_queues_caller_and_hangs_up_before_it_is_connected_leaves_it_waiting() -> None:
    desk = Desk(QueueRules(member_hears=MemberRules(delay=3 * SECOND), retry=5 * SECOND))
    call = desk.calls_in("605000001", "88")
    desk.advance(6)
    desk.takes()
    desk.advance(1)
    desk.handset.hang_up(desk.phones["102"].line)
    desk.referee.check()
    queue = desk.pbx.queues.named("line")
    assert ([waiter.ringing for waiter in queue.waiters], queue.figures.abandoned) == ([{}], 0)
    desk.advance(5)
    assert [leg.peer for leg in call.ringing_legs()] == ["sip100"], "the member is rung again"
    desk.pbx.calls.hang_up(call)
    desk.finish()


def test_a_first_party_can_be_taken_for_too() -> None:
    desk = Desk()
    call = desk.call("100", "605000001")
    desk.takes()
    desk.advance(0)
    assert [leg.peer for leg in (call.first, call.second) if leg is not None] == ["sip102", "upc"]
    desk.pbx.calls.hang_up(call)
    desk.referee.check()


def test_a_transfer_that_rings_can_be_taken() -> None:
    desk = Desk()
    call = desk.calls_in("605000001", "102")
    desk.advance(0)
    desk.handset.transfer(desk.phones["102"].line, "100")
    desk.takes("101")
    assert (call.state, call.second and call.second.peer) == (CallState.TALKING, "sip101")
    desk.advance(3)
    desk.pbx.calls.hang_up(call)
    desk.referee.check()
    assert desk.rows(call)[-1] == ("sip101", "Dial", "SIP/sip100,30,", "100", Disposition.ANSWERED, 3, 3)


def test_a_caller_outside_has_no_groups() -> None:
    desk = Desk()
    call = desk.calls_in("605000001", "100")
    own = desk.calls_in("605000002", "*8")
    assert (own.cause, call.state) == (HangupCause.CALL_REJECTED, CallState.DIALING_SECOND)


def test_in_style_call_both_have_one_record() -> None:
    desk = Desk()
    desk.pbx.calls.records = ONE_A_CALL
    call = desk.calls_in("605000001", "100")
    own = desk.takes()
    desk.advance(8)
    desk.pbx.calls.hang_up(call)
    assert (desk.cdr(call).second_peer, desk.cdr(own).disposition) == ("sip102", Disposition.ANSWERED)
