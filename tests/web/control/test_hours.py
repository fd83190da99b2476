"""Opening hours over HTTP: what they are now, and the day and night switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.control.reception import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.web.town import Town


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Town]:
    """Serve an office that closes in a minute, at 17:00 in Prague."""
    async with serving(tmp_path) as served:
        yield served


async def test_a_schedule_tells_what_it_is_and_what_the_clocks_show(office: Town) -> None:
    assert (await office.get("/_pbxsim/hours")).json == [
        {
            "name": "office",
            "period": "open",
            "by_clock": "open",
            "switched": False,
            "local_time": "2026-06-01T16:59:00+02:00",
        }
    ]
    await office.advance(60)
    assert [one["period"] for one in (await office.get("/_pbxsim/hours")).json] == ["closed"]


async def test_the_switch_holds_until_the_clock_is_to_decide_again(office: Town) -> None:
    switched = await office.ask("PUT", "/_pbxsim/hours/office", {"period": "closed"})
    assert (switched.json["period"], switched.json["by_clock"], switched.json["switched"]) == ("closed", "open", True)
    await office.post("/_pbxsim/calls", {"from": "605000009", "to": "222000000"})
    (call,) = (await office.get("/_pbxsim/calls")).json
    assert (call["state"], call["legs"][0]["number"], len(call["legs"])) == ("up", "605000009", 1)
    freed = await office.ask("PUT", "/_pbxsim/hours/office", {"period": None})
    assert (freed.json["period"], freed.json["switched"]) == ("open", False)


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [("office", {"period": "shut"}, 400), ("office", {}, 400), ("offices", {"period": "open"}, 404)],
)
async def test_what_cannot_be_switched_is_refused(office: Town, name: str, body: object, status: int) -> None:
    answered = await office.ask("PUT", f"/_pbxsim/hours/{name}", body)
    assert answered.status == status
    assert status != 404 or "did you mean 'office'?" in answered.json["detail"]
