"""Forced replies by the control API: which errors there are, which vendor is meant, and what a client gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.control.test_contract import check

if TYPE_CHECKING:
    from tests.web.town import Town

CALL = "/acme/api?secret=s3cret!&from=100&to=102"
PLACE = "/_pbxsim/replies"


async def test_the_next_requests_get_the_error_and_then_the_vendor_answers_again(town: Town) -> None:
    answered = await town.ask("PUT", PLACE, {"error": "closed", "count": 2})
    assert answered.status == 200
    check(answered, "PUT", PLACE)
    got = [await town.get(CALL) for _ in range(3)]
    assert [(each.status, each.body) for each in got] == [(422, b"WE ARE CLOSED")] * 2 + [(200, b"CALL 1")]
    shown = (await town.get("/_pbxsim/requests")).json
    assert [each["injected"] for each in shown] == ["forced reply 1: closed"] * 2 + [None]
    assert (await town.get(PLACE)).json == []


async def test_those_that_are_set_are_listed_and_taken_away(town: Town) -> None:
    wish = {"error": "unknown", "vendor": "acme", "count": None, "action": "api", "fill": {"what": "LINE"}}
    await town.ask("PUT", PLACE, wish)
    await town.ask("PUT", PLACE, {"error": "closed", "params": {"secret": "s3cret!"}, "method": "POST"})
    assert (await town.get(CALL)).body == b"NO LINE HERE"
    listed = await town.get(PLACE)
    check(listed, "GET", PLACE)
    assert [(each["id"], each["text"], each["given"], each["left"]) for each in listed.json] == [
        (1, "NO {what} HERE", 1, None),
        (2, "WE ARE CLOSED", 0, 1),
    ]
    assert "s3cret!" not in listed.body.decode()
    assert (await town.ask("DELETE", PLACE)).json == []
    assert town.host.injection is None
    assert (await town.get(CALL)).body == b"CALL 1"


REFUSED = {
    "a misspelt error": ({"error": "close"}, "did you mean 'closed'"),
    "no error of anybody's": ({"error": "x"}, "there are: closed, unknown"),
    "a vendor that it does not speak": ({"error": "closed", "vendor": "acm"}, "did you mean 'acme'"),
    "a placeholder that nothing fills": ({"error": "unknown"}, 'say what stands for it: {"what": …}'),
}


@pytest.mark.parametrize("why", REFUSED)
async def test_what_cannot_be_forced_is_refused_with_what_can(town: Town, why: str) -> None:
    body, told = REFUSED[why]
    answered = await town.ask("PUT", PLACE, body)
    assert (answered.status, (await town.get(PLACE)).json) == (422, [])
    assert told in answered.json["detail"]


async def test_a_reset_takes_all_away(town: Town) -> None:
    await town.ask("PUT", PLACE, {"error": "closed", "count": None})
    await town.post("/_pbxsim/reset")
    assert (await town.get(PLACE)).json == []
    assert (await town.get(CALL)).body == b"CALL 1"
