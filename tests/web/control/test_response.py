"""What is sent: documents, problem documents, and the switch's facts as they are spelt."""

from __future__ import annotations

import msgspec

from pbxsim.pbx.extension import DeviceState
from pbxsim.web.control.response import DEVICE_STATES, Problem, document, moment_or_none
from tests.web.town import START


def test_a_problem_is_a_document_with_members_of_its_own() -> None:
    response = Problem(409, "every trunk is full", ("Allow", "GET"), call=7).response()
    assert (response.status, response.content_type, response.headers) == (
        409,
        "application/problem+json",
        (("Allow", "GET"),),
    )
    assert isinstance(response.body, bytes)
    assert msgspec.json.decode(response.body) == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "every trunk is full",
        "call": 7,
    }


def test_a_problem_may_quote_what_is_no_text() -> None:
    response = Problem(400, "it was \udcff").response()
    assert isinstance(response.body, bytes)
    assert msgspec.json.decode(response.body)["detail"] == "it was ?"


def test_no_answer_is_kept_or_guessed_at() -> None:
    assert document({}, 201, ("Location", "/x")).all_headers() == [
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Location", "/x"),
    ]


def test_every_device_state_has_a_name() -> None:
    assert set(DEVICE_STATES) == set(DeviceState)


def test_a_moment_that_has_not_come_is_none() -> None:
    assert (moment_or_none(0), moment_or_none(START)) == (None, "2026-01-01T00:00:00.000000Z")
