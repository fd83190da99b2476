"""What RFC 4475 has tried out on every SIP implementation: nothing breaks, and each case is answered as it says."""

from __future__ import annotations

import pytest

from pbxsim.engines.sip.message import Request, Response, read
from tests.engines.sip.answering import Answering
from tests.engines.sip.torture import CASES, INVALID, VALID, Case


def code(sent: list[bytes]) -> int | None:
    """Give the code of the one answer; None where there is none."""
    if not sent:
        return None
    (answer,) = sent
    return int(answer.split(b" ")[1])


def test_all_of_them_are_here() -> None:
    assert len({case.name for case in CASES}) == len(CASES) == 49


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_is_answered_as_the_rfc_says(case: Case) -> None:
    assert code(Answering().take(case.message)) == case.code


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_what_is_valid_is_read_without_a_fault(case: Case) -> None:
    message = read(case.message)
    assert message is not None
    assert isinstance(message, Response) or not message.fault


@pytest.mark.parametrize("case", [case for case in INVALID if case.code == 400], ids=lambda case: case.name)
def test_what_is_wrong_is_said(case: Case) -> None:
    message = read(case.message)
    assert isinstance(message, Request)
    assert message.fault


@pytest.mark.parametrize("case", [case for case in CASES if not case.reads], ids=lambda case: case.name)
def test_answers_that_cannot_be_are_dropped(case: Case) -> None:
    assert read(case.message) is None
