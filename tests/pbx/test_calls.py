"""The course of a call: who is rung when, how long, and what its record then says."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import HOUR, SECOND
from pbxsim.pbx.call import CallKind, CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.events import (
    CallBridged,
    CallEnded,
    CallStarted,
    CdrClosed,
    ContextEntered,
    LegAnswered,
    LegDialed,
    LegEnded,
    LegRefused,
    LegRinging,
)
from pbxsim.pbx.routes import Context, Step
from pbxsim.testing.office import START, Office, extension, line

NORMAL = HangupCause.NORMAL_CLEARING


@pytest.fixture
def office() -> Office:
    return Office(extension("100"), extension("101"), extension("102", line("desk"), line("mobile")))


# -- one call, step by step --------------------------------------------------------------------------------------------


def test_the_second_leg_is_dialled_only_after_the_first_answers(office: Office) -> None:
    office.phones["100"].answers(after=5)
    call = office.call("100", "800123456")
    office.advance(4.999999)
    assert [leg.peer for leg in call.legs] == ["sip100"]
    office.advance(0.000001)
    assert [leg.peer for leg in call.legs] == ["sip100", "upc"]
    assert call.legs[1].created_at == call.legs[0].answered_at == START + 5 * SECOND


def test_a_call_is_heard_step_by_step(office: Office) -> None:
    office.phones["100"].answers(after=2)
    office.call("100", "990103004")
    office.finish()
    assert office.kinds_heard() == [
        *(CallStarted, LegDialed, LegRinging, LegAnswered),
        *(LegDialed, LegRinging, LegAnswered, CallBridged),
        *(LegEnded, LegEnded, CallEnded, CdrClosed),
    ]


def test_a_plain_call_carries_nothing_of_what_befalls_few(office: Office) -> None:
    office.phones["100"].answers(after=2)
    call = office.call("100", "990103004")
    office.advance(6)
    assert call.state is CallState.TALKING
    assert call.history is None
    assert [leg.history for leg in call.legs] == [None, None]


def test_a_record_tells_the_whole_call(office: Office) -> None:
    office.phones["100"].answers(after=2)
    call = office.call("100", "990103004", custom=("a", "b", "c", "d"), reference="R1")
    office.finish()
    record = office.cdr(call)
    assert (record.id, record.call, record.vendor, record.context) == (1, 1, "test", "main")
    assert [instant - START for instant in (record.start, record.answer, record.end)] == [0, 5 * SECOND, 9 * SECOND]
    assert (record.duration, record.billsec) == (9, 4)
    assert (record.src, record.dst) == ("100", "990103004")
    assert (record.disposition, record.cause) == (Disposition.ANSWERED, NORMAL)
    assert (record.channel, record.dst_channel) == ("SIP/sip100-00000001", "SIP/upc-00000002")
    assert (record.custom, record.reference) == (("a", "b", "c", "d"), "R1")
    assert record.unique_id == call.legs[0].unique_id


def test_calls_and_records_are_numbered_apart_and_records_as_calls_end(office: Office) -> None:
    longer, shorter = office.call("100", "990100020"), office.call("101", "990100010")
    office.finish()
    assert (longer.number, shorter.number) == (1, 2)
    assert [(record.id, record.call) for record in office.cdrs()] == [(1, 2), (2, 1)]


# -- limits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("talk_limit", "longest", "seconds"),
    [(10 * SECOND, HOUR, 10), (0, 20 * SECOND, 20), (30 * SECOND, 20 * SECOND, 20), (1, HOUR, 0)],
)
def test_a_talk_ends_at_its_own_limit_or_at_the_longest(talk_limit: int, longest: int, seconds: int) -> None:
    office = Office(extension("100"), longest_talk=longest)
    call = office.call("100", "990102000", talk_limit=talk_limit)
    office.finish()
    assert office.cdr(call).billsec == seconds
    assert call.ended_at - call.bridged_at == (min(talk_limit, longest) if talk_limit else longest)
    assert office.cdr(call).cause is NORMAL


def test_the_limit_counts_from_the_connection_and_not_from_the_request(office: Office) -> None:
    office.phones["100"].answers(after=20)
    call = office.call("100", "990120000", talk_limit=5 * SECOND)
    office.finish()
    assert (office.cdr(call).duration, office.cdr(call).billsec) == (45, 5)


def test_each_party_may_ring_as_long_as_was_asked_for_it(office: Office) -> None:
    office.phones["100"].answers(after=6)
    call = office.call("100", "990300000", first_timeout=7 * SECOND, second_timeout=11 * SECOND)
    office.finish()
    assert office.cdr(call).duration == 17


# -- a number that is sent into a context ------------------------------------------------------------------------------


def _shop() -> Office:
    shop = Context(name="shop", dialplan="main", entries=(("s", Step(extension="101")),))
    return Office(extension("100"), extension("101"), contexts=[shop, Context(name="sorry")])


def test_a_dialled_party_enters_the_context_when_it_answers() -> None:
    office = _shop()
    outside = office.pbx.dialplan.resolve("990102000", "main")
    call = office.call("990102000", "s", kind=CallKind.DIAL, context="shop", first_to=outside)
    assert ContextEntered not in office.kinds_heard()
    office.advance(2)
    (entered,) = [event for event in office.heard if isinstance(event, ContextEntered)]
    assert (entered.call, entered.context) == (call, "shop")
    office.advance(0)
    assert [leg.peer for leg in call.legs] == ["upc", "sip101"]
    office.pbx.calls.hang_up(call)


@pytest.mark.parametrize(
    ("to", "failure_context", "entered"),
    [
        ("990202000", "sorry", ["sorry"]),
        ("990300000", "sorry", ["sorry"]),
        ("7", "sorry", ["sorry"]),
        ("990202000", "", []),
        ("990202000", "no such context", []),
        ("990100003", "sorry", ["main"]),
    ],
)
def test_the_failure_context_is_entered_only_when_the_first_party_is_not_reached(
    to: str, failure_context: str, entered: list[str]
) -> None:
    office = _shop()
    office.call(to, "990300000", kind=CallKind.DIAL, failure_context=failure_context)
    office.finish()
    assert [event.context for event in office.heard if isinstance(event, ContextEntered)] == entered


@pytest.mark.parametrize("to", ["990202000", "990300000", "990602000"])
def test_the_legs_that_failed_are_over_before_the_failure_context_is_entered(to: str) -> None:
    office = _shop()
    office.call(to, "", failure_context="sorry")
    office.finish()
    assert office.kinds_heard()[-4:] == [LegEnded, ContextEntered, CallEnded, CdrClosed]


def test_a_party_that_cannot_be_tried_is_told_of_with_its_cause(office: Office) -> None:
    call = office.call("100", "7")
    office.finish()
    (refused,) = [event for event in office.heard if isinstance(event, LegRefused)]
    assert (refused.call, refused.number, refused.cause) == (call, "7", HangupCause.UNALLOCATED)


# -- finding -----------------------------------------------------------------------------------------------------------


def test_calls_and_channels_are_found_while_they_live_and_calls_a_while_longer(office: Office) -> None:
    calls = [office.call("100", "990100005"), office.call("101", "990100009")]
    office.advance(0)
    counter = office.pbx.calls
    assert [channel.peer for channel in counter.channels()] == ["sip100", "upc", "sip101", "upc"]
    assert counter.channel("SIP/sip101-00000002") is calls[1].legs[0]
    assert counter.channel("SIP/sip101-00000001") is None
    office.advance(6)
    assert [channel.peer for channel in counter.channels()] == ["sip101", "upc"]
    assert counter.find(1) is calls[0]
    assert counter.find(2) is calls[1]
    assert counter.find(3) is None
    assert list(counter.live) == [2]
    assert counter.channel("SIP/sip100-00000001") is None
