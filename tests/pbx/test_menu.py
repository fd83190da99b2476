"""Menus: what is said and waited for, where digits lead, what happens to whoever presses nothing or the wrong thing.

Every time here is added up by hand from the menu's own: 4 s of announcement, 10 s for the first digit, 5 s for another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.call import CallKind, CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import RecordRules, RecordStyle
from pbxsim.pbx.dtmf import keystrokes
from pbxsim.pbx.events import CallerJoined, DigitPressed, MenuEntered, MenuLeft
from pbxsim.pbx.menu import Menu, MenuHunt
from pbxsim.pbx.queue import Queue, QueueFigures, QueueRules
from pbxsim.pbx.ring_group import RingGroup, Row
from pbxsim.pbx.routes import Context, Step
from pbxsim.testing.office import Office, extension, line
from pbxsim.testing.referee import Referee

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr

CHOICES = {
    "1": Step(queue="sales"),
    "2": Step(group="team"),
    "3": Step(menu="inner"),
    "4": Step(dial="990102005"),
    "5": Step(hangup=16),
    "6": Step(play_seconds=7),
    "7": Step(dial="no-such-number"),
    "8": Step(extension="101"),
    "*": Step(menu="hall"),
}


HALL = Menu(name="hall", context="main", dialplan="main", say=4 * SECOND, digits=CHOICES)


def office(*, records: RecordRules | None = None, **changes: object) -> Office:
    """Make an office whose number 700 is the menu `hall`; its public number is 299299000."""
    made = Office(
        extension("100"),
        extension("101"),
        extension("110", line("sip110"), public=["299299110"]),
        contexts=[
            Context(
                name="main",
                dialplan="main",
                entries=(("700", Step(menu="hall")), ("_9XXXXXXXX", Step(route="out"))),
            )
        ],
        queues=[_sales()],
        groups=[RingGroup(name="team", context="main", rows=(Row(("101",), 20 * SECOND),))],
        menus=[
            msgspec.structs.replace(HALL, **changes),
            Menu(name="inner", context="main", digits={"9": Step(extension="100")}, say=2 * SECOND),
        ],
        agents=[Agent(number="2001", name="2001", pin="1")],
        records=records or RecordRules(),
    )
    agent = made.pbx.agents.authorized("2001", "1")
    made.pbx.agents.log_in(agent, made.phones["110"].line)
    made.pbx.queues.add(made.pbx.queues.named("sales"), agent, 0)
    return made


def _sales() -> Queue:
    return Queue(name="sales", members=[], waiters=[], figures=QueueFigures(), rules=QueueRules())


def calls(at: Office, keys: str = "", after: float = 0, to: str = "700") -> Call:
    """Have somebody outside call, who presses these keys so long after the answer."""
    order = msgspec.structs.replace(at.incoming_order("777123456", to), context="main")
    call = at.handset.call_in(order, presses=keystrokes(keys, round(after * SECOND)))
    assert call is not None
    return call


def seconds(call: Call) -> float:
    """Tell how long a call lasted that is over."""
    assert call.is_over
    return (call.ended_at - call.started_at) / SECOND


def row(at: Office, call: Call) -> Cdr:
    """Give the one record of a call."""
    (found,) = [cdr for cdr in at.cdrs() if cdr.call == call.number]
    return found


def test_a_menu_answers_at_once_and_hangs_up_on_silence() -> None:
    at = office()
    call = calls(at)
    assert call.first is not None
    assert (call.state, call.first.is_up, call.first.answered_at) == (CallState.DIALING_SECOND, True, call.started_at)
    at.finish()
    assert (seconds(call), call.cause) == (14, HangupCause.NORMAL_CLEARING)
    cdr = row(at, call)
    assert (cdr.last_app, cdr.last_data, cdr.dst, cdr.context) == ("WaitExten", "10", "s", "hall")
    assert (cdr.disposition, cdr.duration, cdr.billsec) == (Disposition.ANSWERED, 14, 14)


@pytest.mark.parametrize(("after", "app", "data"), [(2, "BackGround", "hall"), (4.5, "WaitExten", "10")])
def test_a_caller_who_hangs_up_in_a_menu_leaves_a_row_of_what_was_going_on(after: float, app: str, data: str) -> None:
    at = office()
    call = calls(at)
    at.advance(after)
    assert call.first is not None
    at.pbx.calls.hang_up_channel(call.first)
    cdr = row(at, call)
    assert (cdr.last_app, cdr.last_data, cdr.disposition, cdr.end - cdr.answer) == (
        app,
        data,
        Disposition.ANSWERED,
        after * SECOND,
    )
    assert at.heard[-1] is not None
    assert [event.why for event in at.heard if isinstance(event, MenuLeft)] == ["gone"]


def test_a_digit_ends_the_announcement_and_leads_on_at_once_where_nothing_longer_can_come() -> None:
    at = office()
    call = calls(at, "2", 1.5)
    at.advance(1.5)
    (ringing,) = call.ringing_legs()
    assert (ringing.number, ringing.created_at - call.started_at) == ("101", 1.5 * SECOND)
    at.finish()
    cdr = row(at, call)
    assert (cdr.dst, cdr.context, cdr.last_app, cdr.last_data) == ("2", "hall", "Dial", "SIP/sip101,20,")
    assert (cdr.answer - cdr.start, cdr.talk - cdr.start) == (0, 1.5 * SECOND)


def test_a_digit_that_may_become_a_longer_number_waits_for_the_next_one() -> None:
    at = office()
    call = calls(at, "1", 1)
    at.advance(5.999)
    assert at.kinds_heard().count(CallerJoined) == 0
    at.advance(0.001)
    assert at.kinds_heard().count(CallerJoined) == 1
    assert call.ringing_legs()[0].number == "110"


def test_without_numbers_to_dial_straight_the_same_digit_leads_on_at_once() -> None:
    at = office(dialplan="")
    calls(at, "1", 1)
    at.advance(1)
    assert at.kinds_heard().count(CallerJoined) == 1


def test_an_internal_number_is_dialled_straight_with_its_last_digit() -> None:
    at = office()
    call = calls(at, "1WWWW0WWWW1", 1)
    at.advance(8.999)
    assert call.ringing_legs() == []
    at.advance(0.001)
    (leg,) = [leg for leg in call.legs if leg is not call.first]
    assert leg.number == "101"
    at.pbx.calls.hang_up(call)
    cdr = row(at, call)
    assert (cdr.dst, cdr.context, cdr.last_data) == ("101", "hall", "SIP/sip101,30,")


def test_digits_that_come_too_slowly_are_looked_up_as_far_as_they_go() -> None:
    at = office()
    call = calls(at, "11", 1)  # 110 may still come of it
    at.advance(5.999)
    assert not call.is_over
    at.advance(0.001)
    assert (call.is_over, seconds(call)) == (True, 6)
    assert [visit.why for visit in call.known.menus] == ["invalid"]


def test_what_can_lead_nowhere_is_invalid_at_once() -> None:
    at = office(invalid=Step(extension="100"))
    call = calls(at, "0", 6)
    at.advance(6)
    (leg,) = [leg for leg in call.legs if leg is not call.first]
    assert (leg.number, leg.created_at - call.started_at) == ("100", 6 * SECOND)
    at.pbx.calls.hang_up(call)
    assert (row(at, call).dst, row(at, call).context) == ("i", "hall")


def test_silence_leads_where_the_menu_says() -> None:
    at = office(timeout=Step(queue="sales"))
    call = calls(at)
    at.advance(14)
    assert call.ringing_legs()[0].number == "110"
    at.pbx.calls.hang_up(call)
    assert (row(at, call).dst, row(at, call).last_app) == ("t", "Queue")


def test_a_menu_is_heard_so_often_before_silence_counts() -> None:
    at = office(tries=3)
    call = calls(at)
    at.finish()
    assert seconds(call) == 3 * 14
    assert [event.attempt for event in at.heard if isinstance(event, MenuEntered)] == [1, 2, 3]
    assert [visit.led_to for visit in call.known.menus] == ["menu hall", "menu hall", ""]


def test_tries_count_what_is_wrong_and_what_is_not_pressed_together() -> None:
    at = office(tries=2, invalid=Step(extension="100"), timeout=Step(extension="101"))
    call = calls(at, "0", 3)
    at.advance(3 + 13.999)  # heard until 3 s, then heard whole: 4 s and 10 s more
    assert len(call.legs) == 1
    at.advance(0.001)
    assert [leg.number for leg in call.legs] == ["777123456", "101"]


@pytest.mark.parametrize(
    ("digit", "ends", "dst", "app", "data", "disposition"),
    [
        ("5", 1, "5", "Hangup", "16", Disposition.ANSWERED),
        ("6", 8, "6", "Playback", "6", Disposition.ANSWERED),
        ("7", 1, "7", "Goto", "main,no-such-number,1", Disposition.ANSWERED),
        ("4", 1 + 2 + 5, "4", "Dial", "SIP/upc/990102005,30,", Disposition.ANSWERED),
    ],
)
def test_each_kind_of_destination_ends_as_it_should(
    digit: str, ends: float, dst: str, app: str, data: str, disposition: Disposition
) -> None:
    at = office()
    call = calls(at, digit, 1)
    at.finish()
    cdr = row(at, call)
    assert (seconds(call), cdr.dst, cdr.last_app, cdr.last_data, cdr.disposition) == (ends, dst, app, data, disposition)
    assert (cdr.context, cdr.answer) == ("hall", cdr.start)


def test_a_menu_leads_to_another_one_which_is_heard_anew() -> None:
    at = office()
    call = calls(at, "3", 1)
    at.finish()
    assert seconds(call) == 1 + 2 + 10
    assert (row(at, call).dst, row(at, call).context, row(at, call).last_app) == ("s", "inner", "WaitExten")


def test_digits_pressed_at_one_moment_go_through_several_menus() -> None:
    at = office()
    call = calls(at, "39", 1)
    at.advance(1)
    assert [leg.number for leg in call.legs] == ["777123456", "100"]
    assert [(visit.menu, visit.digits, visit.led_to) for visit in call.known.menus] == [
        ("hall", "3", "menu inner"),
        ("inner", "9", "100"),
    ]


def test_a_star_that_leads_back_has_it_said_again() -> None:
    at = office()
    call = calls(at, "*", 3)
    at.finish()
    assert seconds(call) == 3 + 14


def test_what_is_pressed_where_nobody_listens_comes_to_nothing() -> None:
    at = office()
    call = calls(at, "29", 1)
    at.advance(1)
    pressed = [(event.digit, event.heard_by) for event in at.heard if isinstance(event, DigitPressed)]
    assert pressed == [("2", "menu hall"), ("9", "")]
    assert call.first is not None
    assert call.first.digit_taker is None


def test_after_the_menu_the_other_party_hears_what_is_pressed() -> None:
    at = office()
    call = calls(at, "2WW9", 1)
    at.advance(4)
    assert call.second is not None
    (last,) = [event for event in at.heard if isinstance(event, DigitPressed) and event.digit == "9"]
    assert last.heard_by == call.second.name
    assert not call.is_over


def test_a_queue_is_entered_from_a_menu_with_one_row_from_the_answer_on() -> None:
    at = office()
    call = calls(at, "1", 1)
    at.advance(10)
    assert call.second is not None
    at.pbx.calls.hang_up_channel(call.second)
    cdr = row(at, call)
    assert (cdr.dst, cdr.context, cdr.last_app, cdr.last_data) == ("1", "hall", "Queue", "sales,,,,")
    assert (cdr.billsec, cdr.talked, cdr.duration) == (10, 4, 10)


def test_in_style_call_a_call_that_ended_in_a_menu_was_not_answered_by_anybody() -> None:
    at = office(records=RecordRules(style=RecordStyle.CALL))
    call = calls(at)
    at.finish()
    cdr = row(at, call)
    assert (cdr.dst, cdr.disposition, cdr.duration, cdr.billsec) == ("700", Disposition.NO_ANSWER, 14, 0)


def test_a_party_that_we_called_ourselves_chooses_too() -> None:
    at = office()
    call = at.call("100", "700", context="main")
    at.advance(2)
    at.handset.press(at.phones["100"].line, "8")
    assert [leg.number for leg in call.legs] == ["100", "101"]
    at.pbx.calls.hang_up(call)
    assert (row(at, call).dst, row(at, call).context) == ("8", "hall")


def test_whoever_is_transferred_to_a_menu_hears_it() -> None:
    at = office()
    call = at.call("100", "101")
    at.advance(1)
    at.handset.transfer(at.phones["101"].line, "700")
    assert call.hunt is not None
    at.handset.press(at.phones["100"].line, "6")
    at.advance(6)
    assert call.state is CallState.TALKING
    at.advance(1)
    assert call.is_over


def test_a_menu_cannot_be_called_first() -> None:
    at = office()
    call = at.call("700", "100", first_to=at.pbx.dialplan.resolve("700", "main"), kind=CallKind.CONNECT)
    assert (call.is_over, call.cause) == (True, HangupCause.NO_ROUTE_DESTINATION)


def test_a_number_of_letters_is_not_waited_for() -> None:
    at = Office(extension("100"), menus=[])
    people = [*at.directory.extensions]
    people[0].internal = "1a"
    hunt = MenuHunt(at.pbx.calls, at.directory, Menu(name="m", context="main", dialplan="main"))
    at.pbx.calls.hunts = {**at.pbx.calls.hunts, hunt.name: hunt}
    call = at.incoming("777", "x", second_to=at.pbx.dialplan.follow(Step(menu="m"), "x", "main"))
    assert call is not None
    assert call.first is not None
    referee = Referee(at.pbx, at.engine)
    at.engine.press(call.first, keystrokes("1"))
    at.advance(0)
    assert call.is_over
    assert referee.records == 1
