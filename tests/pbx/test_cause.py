"""What a hangup cause amounts to in a record, and which of two causes stands for both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.pbx.cause import Disposition, HangupCause, unanswered_disposition, weightier

_causes = st.sampled_from(HangupCause)


def test_the_dispositions_are_asterisks_exact_strings() -> None:
    assert [str(disposition) for disposition in Disposition] == ["ANSWERED", "NO ANSWER", "BUSY", "FAILED"]


NO_ANSWER = {16, 18, 19, 26}
BUSY = {17, 21}


@pytest.mark.parametrize("cause", list(HangupCause))
def test_every_cause_amounts_to_one_disposition(cause: HangupCause) -> None:
    expected = Disposition.FAILED
    if cause in NO_ANSWER:
        expected = Disposition.NO_ANSWER
    elif cause in BUSY:
        expected = Disposition.BUSY
    assert unanswered_disposition(cause) is expected


def test_causes_have_q850s_numbers_within_its_range() -> None:
    by_number = {16: "NORMAL_CLEARING", 17: "USER_BUSY", 19: "NO_ANSWER", 21: "CALL_REJECTED"}
    assert {number: HangupCause(number).name for number in by_number} == by_number
    assert all(1 <= cause <= 127 for cause in HangupCause)


@given(st.integers())
def test_any_number_that_an_engine_reports_is_a_cause(code: int) -> None:
    known = {cause.value: cause for cause in HangupCause}
    assert HangupCause.of(code) is known.get(code, HangupCause.NORMAL_UNSPECIFIED)


@pytest.mark.parametrize("cause", list(HangupCause))
def test_a_cause_is_found_by_its_number(cause: HangupCause) -> None:
    assert HangupCause.of(cause.value) is cause


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        (HangupCause.USER_BUSY, HangupCause.CALL_REJECTED),
        (HangupCause.USER_BUSY, HangupCause.NORMAL_CIRCUIT_CONGESTION),
        (HangupCause.USER_BUSY, HangupCause.UNALLOCATED),
        (HangupCause.USER_BUSY, HangupCause.NO_ANSWER),
        (HangupCause.CALL_REJECTED, HangupCause.NORMAL_CIRCUIT_CONGESTION),
        (HangupCause.NORMAL_CIRCUIT_CONGESTION, HangupCause.SUBSCRIBER_ABSENT),
        (HangupCause.SUBSCRIBER_ABSENT, HangupCause.NO_ANSWER),
        (HangupCause.SUBSCRIBER_ABSENT, HangupCause.UNALLOCATED),
        (HangupCause.NO_ANSWER, HangupCause.NETWORK_OUT_OF_ORDER),
    ],
)
def test_of_two_telephones_that_failed_the_weightier_cause_counts(winner: HangupCause, loser: HangupCause) -> None:
    assert weightier(winner, loser) is winner
    assert weightier(loser, winner) is winner


@given(_causes, _causes, _causes)
def test_it_does_not_matter_in_which_order_telephones_fail(
    one: HangupCause, two: HangupCause, three: HangupCause
) -> None:
    assert weightier(one, two) is weightier(two, one)
    assert weightier(one, two) in (one, two)
    assert weightier(one, one) is one
    assert weightier(weightier(one, two), three) is weightier(one, weightier(two, three))


def test_every_cause_has_a_text() -> None:
    assert all(cause.text for cause in HangupCause)
    assert HangupCause.OUTGOING_CALL_BARRED.text == "Outgoing call barred"
