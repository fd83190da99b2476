"""Listening in: whom a spy hears, and when it stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallKind, CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.events import CallBridged, LegAnswered, LegDialed, SpyAttached
from pbxsim.testing.office import Office, extension, line

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call


@pytest.fixture
def office() -> Office:
    return Office(extension("100"), extension("101"), extension("102"), longest_talk=600 * SECOND)


def _talking(office: Office, talk: int = 0) -> Call:
    call = office.call("100", f"990100{talk:03d}")
    office.advance(0)
    assert call.state is CallState.TALKING
    return call


def _spy_on_channel(office: Office, call: Call, by: str = "102") -> Call:
    return office.call(by, "", kind=CallKind.SPY, spied_channel=call.legs[0])


def _spy_on_line(office: Office, user: str, by: str = "102") -> Call:
    return office.call(by, "", kind=CallKind.SPY, spied_line=office.phones[user].line)


def test_a_spy_is_rung_and_then_listens_without_a_second_leg(office: Office) -> None:
    office.phones["102"].answers(after=4)
    target = _talking(office)
    spy = _spy_on_channel(office, target)
    states = [spy.state]
    office.advance(4)
    states.append(spy.state)
    assert states == [CallState.DIALING_FIRST, CallState.TALKING]
    assert [leg.peer for leg in spy.legs] == ["sip102"]
    assert office.kinds_heard()[-3:] == [LegAnswered, CallBridged, SpyAttached]
    assert office.kinds_heard().count(LegDialed) == 3


@pytest.mark.parametrize("way", ["channel", "line"])
def test_a_spy_stops_when_the_call_that_it_hears_ends(office: Office, way: str) -> None:
    target = _talking(office, 20)
    spy = _spy_on_channel(office, target) if way == "channel" else _spy_on_line(office, "100")
    office.advance(5)
    assert spy.state is CallState.TALKING
    office.finish()
    assert spy.ended_at == target.ended_at
    record = office.cdr(spy)
    assert (record.disposition, record.billsec, record.cause) == (
        Disposition.ANSWERED,
        20,
        HangupCause.NORMAL_CLEARING,
    )
    assert [one.call for one in office.cdrs()] == [target.number, spy.number]


def test_a_spy_may_stop_first_and_nobody_notices(office: Office) -> None:
    target = _talking(office, 20)
    spy = _spy_on_channel(office, target)
    office.advance(5)
    office.phones["102"].hangs_up()
    assert (spy.is_over, target.is_over) == (True, False)
    office.finish()
    assert office.cdr(target).billsec == 20
    assert len(office.cdrs()) == 2


def test_several_spies_stop_together_in_the_order_in_which_they_came(office: Office) -> None:
    target = _talking(office, 20)
    spies = [_spy_on_channel(office, target, by) for by in ("102", "101")]
    office.finish()
    assert [record.call for record in office.cdrs()] == [target.number, *(spy.number for spy in spies)]
    assert {record.end for record in office.cdrs()} == {target.ended_at}


def test_a_spy_on_a_spy_stops_too(office: Office) -> None:
    target = _talking(office, 20)
    spy = _spy_on_channel(office, target)
    office.advance(0)
    second_spy = _spy_on_channel(office, spy, "101")
    office.finish()
    assert [record.call for record in office.cdrs()] == [target.number, spy.number, second_spy.number]


def test_two_spies_that_hear_each_other_both_end(office: Office) -> None:
    one = _spy_on_line(office, "101", by="102")
    other = _spy_on_line(office, "102", by="101")
    office.advance(1)
    office.pbx.calls.hang_up(one)
    office.finish()
    assert (one.is_over, other.is_over) == (True, True)
    assert len(office.cdrs()) == 2


def test_a_spy_on_its_own_line_ends_once(office: Office) -> None:
    spy = _spy_on_line(office, "102", by="102")
    office.advance(1)
    office.phones["102"].hangs_up()
    office.finish()
    assert office.cdr(spy).billsec == 1


def test_a_channel_that_has_gone_meanwhile_leaves_a_spy_nothing_to_hear(office: Office) -> None:
    office.phones["102"].answers(after=9)
    target = _talking(office, 3)
    spy = _spy_on_channel(office, target)
    office.finish()
    assert spy.ended_at - spy.started_at == 9 * SECOND
    assert (office.cdr(spy).disposition, office.cdr(spy).billsec) == (Disposition.NO_ANSWER, 0)


def test_a_line_without_a_call_is_listened_to_until_the_longest_talk(office: Office) -> None:
    spy = _spy_on_line(office, "100")
    office.finish()
    assert office.cdr(spy).billsec == 600


def test_a_spy_on_a_line_without_a_call_hears_the_next_one_there_and_stops_with_it(office: Office) -> None:
    spy = _spy_on_line(office, "100")
    office.advance(5)
    assert (spy.state, spy.spied_on) == (CallState.TALKING, None)
    target = _talking(office, 20)
    assert spy.spied_on is target.first
    office.advance(20)
    assert (spy.is_over, spy.ended_at) == (True, target.ended_at)
    assert office.cdr(spy).billsec == 25


def test_a_spy_that_waits_hears_a_call_that_the_line_places_once_it_is_connected(office: Office) -> None:
    spy = _spy_on_line(office, "100")
    office.advance(1)
    placed = office.dials("sip100", "990105000")
    assert placed is not None
    office.advance(4)
    before = spy.spied_on
    office.advance(1)
    assert (before, spy.spied_on) == (None, placed.first)


def test_a_spy_that_waits_for_one_line_does_not_hear_another(office: Office) -> None:
    spy = _spy_on_line(office, "100")
    office.advance(1)
    office.dials("sip101", "990100000")
    assert spy.spied_on is None


def test_a_spy_that_gives_up_waiting_hears_nothing_later(office: Office) -> None:
    spy = _spy_on_line(office, "100")
    office.advance(1)
    office.phones["102"].hangs_up()
    _talking(office)
    assert (spy.is_over, spy.spied_on) == (True, None)


def test_a_spy_keeps_to_the_call_that_it_hears_though_another_comes(office: Office) -> None:
    spy = _spy_on_line(office, "100")
    office.advance(1)
    first = _talking(office)
    second = _talking(office)
    assert spy.spied_on is first.first
    office.pbx.calls.hang_up(second)
    assert not spy.is_over


def test_a_spy_on_a_channel_that_rings_stops_when_it_is_answered_elsewhere() -> None:
    office = Office(extension("100"), extension("101", line("desk"), line("mobile")), extension("102"))
    office.phones["desk"].never_answers()
    office.phones["mobile"].answers(after=5)
    target = office.call("101", "990100000")
    desk = target.legs[0]
    spy = office.call("102", kind=CallKind.SPY, spied_channel=desk)
    office.advance(4)
    assert spy.spied_on is desk
    office.advance(1)
    assert (desk.is_live, spy.is_over, target.is_over) == (False, True, False)


def test_a_spy_on_a_channel_that_is_refused_stops(office: Office) -> None:
    office.phones["100"].rejects(after=5)
    target = office.call("100", "990100000")
    spy = office.call("102", kind=CallKind.SPY, spied_channel=target.legs[0])
    office.advance(5)
    assert (target.is_over, spy.is_over) == (True, True)


def test_whom_a_spy_hears_is_told_as_an_event(office: Office) -> None:
    target = _talking(office)
    spy = _spy_on_channel(office, target)
    office.advance(0)
    (told,) = [event for event in office.heard if isinstance(event, SpyAttached)]
    assert (told.call, told.channel) == (spy, target.first)


def test_nobody_hears_itself(office: Office) -> None:
    spy = _spy_on_line(office, "102", by="102")
    office.advance(1)
    assert spy.spied_on is None


def test_a_spy_has_a_talk_limit_like_everybody(office: Office) -> None:
    target = _talking(office)
    spy = office.call("102", "", kind=CallKind.SPY, spied_channel=target.legs[0], talk_limit=7 * SECOND)
    office.advance(8)
    assert (spy.is_over, target.is_over) == (True, False)
    assert office.cdr(spy).billsec == 7


def test_a_spy_who_does_not_answer_hears_nothing(office: Office) -> None:
    office.phones["102"].is_busy()
    spy = _spy_on_channel(office, _talking(office, 20))
    office.finish()
    assert office.cdr(spy).disposition is Disposition.BUSY
    assert spy.bridged_at == 0


def test_the_call_of_a_line_that_is_up_is_heard_and_not_one_that_only_rings(office: Office) -> None:
    office.phones["100"].never_answers()
    ringing = office.incoming("605000111", "100")
    talking = office.dials("sip100", "990100000")
    office.advance(0)
    spy = _spy_on_line(office, "100")
    office.advance(0)
    assert ringing is not None
    assert talking is not None
    office.pbx.calls.hang_up(ringing)
    assert not spy.is_over
    office.pbx.calls.hang_up(talking)
    assert spy.is_over
