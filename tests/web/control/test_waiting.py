"""What is verified and waited for: counts, orders, what came nearest, and that nobody waits in vain."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.town import running

if TYPE_CHECKING:
    from tests.web.town import Answered, Town

CALL = "/acme/api?secret=s3cret!&from=100&to=102&custom={}"


async def verify(town: Town, **expected: object) -> dict[str, Any]:
    """Verify requests."""
    answered = await town.post("/_pbxsim/requests/verify", expected)
    assert answered.status == 200, answered.body
    return dict(answered.json)


async def wait(town: Town, of: str, **expected: object) -> dict[str, Any]:
    """Wait for what is expected."""
    answered = await town.post("/_pbxsim/wait", {"of": of, **expected})
    assert answered.status == 200, answered.body
    return dict(answered.json)


@pytest.mark.parametrize(
    ("count", "met"),
    [
        ({}, True),
        ({"at_least": 2}, True),
        ({"at_least": 3}, False),
        ({"exactly": 2}, True),
        ({"exactly": 1}, False),
        ({"at_most": 2}, True),
        ({"at_most": 1}, False),
        ({"at_least": 1, "at_most": 2}, True),
        ({"never": True}, False),
    ],
)
async def test_so_many_requests_fit(town: Town, count: dict[str, object], *, met: bool) -> None:
    for custom in ("a", "b", "a"):
        await town.get(CALL.format(custom))
    where = {"vendor": "acme", "params": {"custom": "a"}, "status": 200, "reply": {"contains": "CALL"}}
    verdict = await verify(town, where=where, **count)
    assert (verdict["met"], verdict["count"]) == (met, 2)


async def test_what_did_not_come_is_told_with_what_came_nearest_and_no_secret(town: Town) -> None:
    await town.get("/nowhere")
    await town.get(CALL.format("a"))
    verdict = await verify(town, where={"vendor": "acme", "params": {"custom": "b", "to": 102, "from": True}})
    assert not verdict["met"]
    assert verdict["wanted"] == 'requests with vendor "acme", params {"custom":"b","to":102,"from":true}: at least 1'
    assert verdict["nearest"]["differs"] == [
        {"field": "params.custom", "wanted": "b", "found": "a"},
        {"field": "params.from", "wanted": True, "found": "100"},
    ]
    assert verdict["nearest"]["entry"]["params"]["secret"] == "***"
    assert [entry["path"] for entry in verdict["seen"]] == ["/nowhere", "/acme/api"]
    verdict = await verify(town, where={"params": {"colour": "red"}})
    assert verdict["nearest"]["differs"] == [{"field": "params.colour", "wanted": "red", "found": None}]


async def test_requests_come_in_an_order_whatever_comes_in_between(town: Town) -> None:
    for custom in ("a", "b", "c"):
        await town.get(CALL.format(custom))
    steps = [{"params": {"custom": custom}} for custom in "acb"]
    assert (await verify(town, in_order=steps[:2]))["met"]
    verdict = await verify(town, in_order=steps)
    assert (verdict["met"], verdict["count"]) == (False, 2)
    assert verdict["nearest"] is None
    assert not (await verify(town, in_order=[{"path": "/acme/api"}], after=3))["met"]


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ({"where": {"vendr": "acme"}}, "did you mean 'vendor'"),
        ({"where": {"Vendor": "acme"}}, "case counts"),
        ({"never": True, "exactly": 1}, "no other count"),
        ({"exactly": 1, "at_most": 2}, "no other count"),
        ({"at_least": 3, "at_most": 2}, "more than at_most"),
        ({"in_order": [{}], "never": True}, "no `where` and no count"),
        ({"in_order": []}, "length"),
    ],
)
async def test_what_cannot_be_meant_is_refused(town: Town, expected: dict[str, object], told: str) -> None:
    answered: Answered = await town.post("/_pbxsim/requests/verify", expected)
    assert (answered.status, told in answered.json["detail"]) == (400 if told == "length" else 422, True), answered.body


async def test_while_the_clock_is_held_the_answer_comes_at_once(town: Town) -> None:
    await town.get(CALL.format("a"))
    started = asyncio.get_running_loop().time()
    verdict = await wait(town, "cdrs", where={"custom1": "a", "disposition": "ANSWERED"}, timeout_seconds=600)
    assert not verdict["met"]
    await town.advance(60)
    verdict = await wait(town, "cdrs", where={"custom1": "a", "disposition": "ANSWERED"}, timeout_seconds=600)
    assert (verdict["met"], verdict["count"]) == (True, 1)
    assert (await wait(town, "calls", where={"state": "ended", "dst": "102"}, exactly=1, timeout_seconds=600))["met"]
    assert (await wait(town, "webhooks", never=True, timeout_seconds=600))["met"]
    assert asyncio.get_running_loop().time() - started < 60


@pytest.mark.slow
async def test_with_a_running_clock_it_is_answered_as_soon_as_it_is_so() -> None:
    async with running(rate=100) as town:
        await town.get(CALL.format("a"))
        verdict = await wait(town, "cdrs", where={"custom1": "a"}, timeout_seconds=60)
        assert (verdict["met"], verdict["settled"]) == (True, True)


async def test_an_upper_bound_holds_when_time_is_up_and_fails_at_once() -> None:
    async with running(rate=1) as town:
        verdict = await wait(town, "calls", never=True, timeout_seconds=0.05)
        assert (verdict["met"], verdict["settled"]) == (True, False)
        await town.get(CALL.format("a"))
        verdict = await wait(town, "calls", never=True, timeout_seconds=60)
        assert (verdict["met"], verdict["settled"]) == (False, True)


async def test_what_comes_from_outside_can_be_waited_for_while_the_clock_is_held(town: Town) -> None:
    waiting = asyncio.create_task(wait(town, "requests", where={"path": "/acme/api"}, while_held=True))
    await town.get("/livez")
    assert not waiting.done()
    await town.get(CALL.format("a"))
    assert (await waiting)["met"]
    verdict = await wait(town, "requests", exactly=7, while_held=True, timeout_seconds=0.02)
    assert (verdict["met"], verdict["count"]) == (False, 1)


async def test_calls_are_found_by_number_reference_and_vendor(town: Town) -> None:
    await town.get(CALL.format("a"))
    await town.get("/acme/api?secret=s3cret!&from=100&to=777123456&account=till")
    await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000"})

    async def found(query: str) -> list[int]:
        return [call["id"] for call in (await town.get(f"/_pbxsim/calls?{query}")).json]

    assert await found("number=777123456") == [2, 3]
    assert await found("number=102") == [1]
    assert await found("reference=R1") == [2]
    assert await found("vendor=acme") == [1, 2]
    assert await found("vendor=control&number=102") == []


async def test_the_newest_requests_come_first_when_asked_for_so(town: Town) -> None:
    for custom in "abc":
        await town.get(CALL.format(custom))

    async def page(query: str) -> tuple[list[int], str]:
        answered = await town.get(f"/_pbxsim/requests?order=newest&{query}")
        return [request["seq"] for request in answered.json], answered.headers.get("Link", "")

    numbers, link = await page("limit=2")
    assert numbers == [3, 2]
    assert "after=2" in link
    assert (await page("limit=2&after=2"))[0] == [1]
