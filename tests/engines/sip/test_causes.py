"""Status codes and causes, there and back."""

from __future__ import annotations

import pytest

from pbxsim.engines.sip.causes import cause_in_reason, cause_of_code, code_of_cause, reason
from pbxsim.pbx.cause import Disposition, HangupCause, unanswered_disposition


@pytest.mark.parametrize(
    ("code", "disposition"),
    [
        (486, Disposition.BUSY),
        (600, Disposition.BUSY),
        (603, Disposition.BUSY),
        (408, Disposition.NO_ANSWER),
        (480, Disposition.NO_ANSWER),
        (404, Disposition.FAILED),
        (503, Disposition.FAILED),
        (500, Disposition.FAILED),
    ],
)
def test_a_refusal_amounts_to_what_it_does_on_asterisk(code: int, disposition: Disposition) -> None:
    assert unanswered_disposition(cause_of_code(code)) is disposition


def test_every_cause_has_a_code_and_those_of_refusals_mean_the_same_when_they_come_back() -> None:
    for cause in HangupCause:
        code, phrase = code_of_cause(cause)
        assert 400 <= code < 700
        assert phrase
    for cause in (HangupCause.UNALLOCATED, HangupCause.USER_BUSY, HangupCause.CALL_REJECTED, HangupCause.NO_ANSWER):
        assert cause_of_code(code_of_cause(cause)[0]) is cause


def test_every_code_of_a_refusal_has_a_cause() -> None:
    assert {cause_of_code(code) for code in range(300, 700)} <= set(HangupCause)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (reason(HangupCause.USER_BUSY), 17),
        ("SIP;cause=200, q.850 ; cause = 16 ; text=x", 16),
        ("Q.850;text=x;cause=19", 19),
        ("Q.850;cause=99", 31),
        ("SIP;cause=486", None),
        ("", None),
    ],
)
def test_a_reason_says_its_cause(text: str, cause: int | None) -> None:
    assert cause_in_reason(text) == cause
