"""Transfers: who talks with whom afterwards, and which record says what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.simulated.behaviour import Behaviour, Rule, fixed
from pbxsim.pbx import transfer
from pbxsim.pbx.call import CallKind, CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Direction
from pbxsim.pbx.channel import Report
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.events import CallBridged, CallTransferred
from pbxsim.pbx.routes import Context, Step
from pbxsim.testing.office import Office, extension
from tests.pbx.talks import BOSS, EVER, blind, consulting, office_of, talking

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel


@pytest.fixture
def office() -> Office:
    return office_of()


# -- blind -------------------------------------------------------------------------------------------------------------


def test_whoever_transfers_is_out_and_the_other_talks_with_the_new_one(office: Office) -> None:
    call, own, outside = talking(office)
    office.advance(10)
    assert blind(office, own, "101")
    assert (own.is_live, own.cause) == (False, HangupCause.NORMAL_CLEARING)
    states = [call.state]
    office.advance(0)
    assert [*states, call.state] == [CallState.TRANSFERRING, CallState.TALKING]
    assert call.first is outside
    assert call.second is not None
    assert call.second.peer == "sip101"
    assert office.phones["100"].line.channels == []


def test_the_called_party_can_transfer_as_well_as_the_caller(office: Office) -> None:
    call = office.call("100", "101")
    office.advance(0)
    assert call.second is not None
    assert blind(office, call.second, "102")
    office.advance(0)
    assert [leg.peer for leg in call.live_legs()] == ["sip100", "sip102"]


def test_the_one_who_is_transferred_to_sees_who_is_there_and_not_who_transferred(office: Office) -> None:
    call = office.incoming("605000111", "100")
    office.advance(0)
    assert call is not None
    assert call.second is not None
    blind(office, call.second, "101")
    assert call.legs[-1].shown_number == "605000111"


def test_a_blind_transfer_is_told_as_an_event(office: Office) -> None:
    call, own, _ = talking(office)
    blind(office, own, "101")
    (told,) = [event for event in office.heard if isinstance(event, CallTransferred)]
    assert (told.call, told.by, told.to, told.how, told.consultation) == (call, own, "101", "blind", 0)


def test_a_transferred_call_has_one_record_of_its_first_parties_from_first_answer_to_last_end(office: Office) -> None:
    call, own, _ = talking(office)
    office.advance(10)
    blind(office, own, "101")
    office.advance(20)
    office.phones["101"].hangs_up()
    office.finish()
    (record,) = office.cdrs()
    assert (record.call, record.disposition, record.billsec, record.dst) == (call.number, "ANSWERED", 30, EVER)
    assert (record.first_peer, record.second_peer, record.direction) == ("sip100", "upc", Direction.OUTGOING)


def test_where_nobody_can_be_had_the_call_is_over_but_was_answered(office: Office) -> None:
    call, own, _ = talking(office)
    office.advance(5)
    assert blind(office, own, "990205000")
    assert not call.is_over
    office.advance(5)
    record = office.cdr(call)
    assert (record.disposition, record.billsec, record.cause) == (Disposition.ANSWERED, 10, HangupCause.USER_BUSY)


def test_a_number_that_nobody_has_is_refused_and_the_two_talk_on(office: Office) -> None:
    call, own, _ = talking(office)
    assert not blind(office, own, "77")
    assert (call.state, call.live_legs()) == (CallState.TALKING, [call.first, call.second])
    assert own.line is not None
    with pytest.raises(NothingToDo, match="has the number '77'"):
        office.handset.transfer(own.line, "77")
    office.finish()
    assert office.cdr(call).disposition is Disposition.ANSWERED


def test_a_telephone_that_does_not_answer_is_given_up_after_thirty_seconds(office: Office) -> None:
    office.phones["101"].never_answers()
    call, own, _ = talking(office)
    blind(office, own, "101")
    office.advance(29)
    assert not call.is_over
    office.advance(1)
    assert (call.is_over, call.cause) == (True, HangupCause.NO_ANSWER)


def test_the_one_who_waits_may_give_up(office: Office) -> None:
    office.phones["101"].never_answers()
    call, own, outside = talking(office)
    blind(office, own, "101")
    office.pbx.calls.on_leg(outside, Report.HUNG_UP)
    assert call.is_over
    assert office.phones["101"].line.channels == []
    office.finish()


def test_who_is_connected_anew_talks_anew_and_may_talk_as_long_again(office: Office) -> None:
    call, own, _ = talking(office, BOSS)
    office.advance(29)
    blind(office, own, "101")
    office.advance(29)
    assert not call.is_over
    office.finish()
    assert office.cdr(call).billsec == 29 + 30


def test_the_longest_talk_counts_from_the_last_connection(office: Office) -> None:
    call, own, _ = talking(office)
    office.advance(500)
    blind(office, own, "101")
    office.finish()
    assert office.cdr(call).billsec == 500 + 600


def test_a_call_can_be_transferred_again_and_again(office: Office) -> None:
    call, own, outside = talking(office)
    for internal in ("101", "102", "100", "101"):
        assert blind(office, own, internal)
        office.advance(1)
        assert call.second is not None
        own = call.second
    assert [leg.peer for leg in call.live_legs()] == ["upc", "sip101"]
    assert call.first is outside
    assert office.kinds_heard().count(CallBridged) == 5
    office.pbx.calls.hang_up(call)
    assert len(office.cdrs()) == 1


def test_a_call_can_be_transferred_to_something_that_the_pbx_plays() -> None:
    office = Office(extension("100"), contexts=[Context(name="main", dialplan="main", entries=_PLAYS)])
    call, own, outside = _outside_calls(office)
    assert blind(office, own, "55")
    assert (call.state, call.first, call.second) == (CallState.TALKING, outside, None)
    office.finish()
    assert office.cdr(call).billsec == 25


_PLAYS = (("55", Step(play_seconds=25)),)


def _outside_calls(office: Office) -> tuple[Call, Channel, Channel]:
    call = office.incoming("605000111", "100", context="main")
    office.advance(0)
    assert call is not None
    assert call.first is not None
    assert call.second is not None
    return call, call.second, call.first


# -- attended ----------------------------------------------------------------------------------------------------------


def test_an_attended_transfer_joins_two_calls(office: Office) -> None:
    call, held, consultation, asking = consulting(office)
    assert transfer.attended(office.pbx.calls, held, asking)
    assert (call.state, consultation.state) == (CallState.TALKING, CallState.ENDED)
    assert [leg.peer for leg in call.live_legs()] == ["upc", "sip102"]
    assert [leg.call for leg in call.live_legs()] == [call, call]
    assert office.phones["100"].line.channels == []
    office.pbx.calls.hang_up(call)
    office.finish()


def test_the_consultations_record_ends_when_the_transfer_does_and_the_first_goes_on(office: Office) -> None:
    call, held, consultation, asking = consulting(office)
    office.advance(7)
    transfer.attended(office.pbx.calls, held, asking)
    office.advance(20)
    office.phones["102"].hangs_up()
    asked, first = office.cdrs()
    assert (asked.call, asked.disposition, asked.billsec) == (consultation.number, Disposition.ANSWERED, 7)
    assert (asked.first_peer, asked.second_peer) == ("sip100", "sip102")
    assert (first.call, first.billsec, first.dst_channel) == (call.number, 27, call.legs[1].name)


def test_an_attended_transfer_is_told_as_an_event(office: Office) -> None:
    call, held, consultation, asking = consulting(office)
    transfer.attended(office.pbx.calls, held, asking)
    (told,) = [event for event in office.heard if isinstance(event, CallTransferred)]
    assert (told.call, told.by, told.to, told.how, told.consultation) == (
        call,
        held,
        "102",
        "attended",
        consultation.number,
    )


def test_parties_joined_talk_anew() -> None:
    office = office_of()
    office.set_rule(Rule(number="102", turns=(Behaviour(ring=fixed(0), talk=fixed(40)),)))
    call, held, _, asking = consulting(office)
    office.advance(39)
    transfer.attended(office.pbx.calls, held, asking)
    office.finish()
    assert office.cdr(call).billsec == 39 + 40


def test_a_call_that_was_joined_can_be_joined_again(office: Office) -> None:
    call, held, _, asking = consulting(office, "101")
    transfer.attended(office.pbx.calls, held, asking)
    office.handset.consult(office.phones["101"].line, "102")
    office.advance(0)
    office.handset.complete(office.phones["101"].line)
    assert [leg.peer for leg in call.live_legs()] == ["upc", "sip102"]
    office.pbx.calls.hang_up(call)
    assert [record.call for record in office.cdrs()] == [2, 3, 1]
    office.finish()


# -- what cannot be transferred ----------------------------------------------------------------------------------------


def test_what_talks_with_nobody_cannot_be_transferred_and_nothing_changes(office: Office) -> None:
    office.phones["101"].never_answers()
    ringing = office.call("101", EVER)
    spy = office.call("100", kind=CallKind.SPY, spied_line=office.phones["101"].line)
    waiting = office.dials("sip102", "990300000")
    office.advance(0)
    assert waiting is not None
    told = len(office.heard)
    for leg in (ringing.legs[0], spy.legs[0], *waiting.legs):
        assert transfer.partner(leg) is None
        assert not blind(office, leg, "102")
        assert not transfer.attended(office.pbx.calls, leg, leg)
    assert len(office.heard) == told


def test_the_two_legs_of_one_call_cannot_be_joined(office: Office) -> None:
    call, own, outside = talking(office)
    assert not transfer.attended(office.pbx.calls, own, outside)
    assert not transfer.attended(office.pbx.calls, own, own)
    assert call.state is CallState.TALKING


def test_transferring_twice_is_too_often(office: Office) -> None:
    _, own, _ = talking(office)
    assert blind(office, own, "101")
    told = len(office.heard)
    assert not blind(office, own, "102")
    assert len(office.heard) == told
