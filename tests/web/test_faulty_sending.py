"""Faults on the wire: what a client's socket sees of a reply that is late, cut off, garbled, or never comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.control.test_contract import check
from tests.web.town import plan, running

if TYPE_CHECKING:
    from tests.web.town import Town

CALL = "/acme/api?secret=s3cret!&from=100&to=102"
ECHO = b"/acme/api?do=echo"
PLACE = "/_pbxsim/faults"


async def inject(town: Town, *faults: dict[str, Any]) -> None:
    """Set faults."""
    answered = await town.ask("PUT", PLACE, {"faults": faults})
    assert answered.status == 200, answered.body
    check(answered, "PUT", PLACE)


async def arrived(town: Town) -> None:
    """Wait until a request has come."""
    assert (await town.post("/_pbxsim/wait", {"of": "requests", "while_held": True})).json["met"]


async def logged(town: Town) -> list[tuple[int, str | None]]:
    """Give of each request the status in the log, and what it met with."""
    return [(each["status"], each["injected"]) for each in (await town.get("/_pbxsim/requests")).json]


async def test_a_truncated_reply_promises_all_and_ends_in_the_middle(town: Town) -> None:
    whole = await town.raw_get(ECHO)
    await inject(town, {"fault": "truncated"})
    head, _, body = (await town.raw_get(ECHO)).partition(b"\r\n\r\n")
    all_of_it = whole.partition(b"\r\n\r\n")[2]
    assert f"Content-Length: {len(all_of_it)}".encode() in head
    assert body == all_of_it[: len(all_of_it) // 2]
    assert await logged(town) == [(200, None), (200, "fault 1: truncated")]


@pytest.mark.parametrize(("handled", "calls"), [(True, 1), (None, 1), (False, 0)])
async def test_a_reset_connection_sends_nothing_whether_or_not_it_was_done(
    town: Town, handled: bool | None, calls: int
) -> None:
    await inject(town, {"fault": "reset"} | ({} if handled is None else {"handled": handled}))
    with pytest.raises(ConnectionResetError):
        await town.raw_get(CALL.encode())
    assert len(town.host.pbx.calls.live) == calls
    assert await logged(town) == [(0, "fault 1: reset")]
    assert (await town.ask("DELETE", PLACE)).json == []
    assert (await town.get(CALL)).body == f"CALL {calls + 1}".encode()


async def test_a_garbled_reply_is_as_long_and_says_another_thing_each_time(town: Town) -> None:
    whole = (await town.get(ECHO.decode())).body
    await inject(town, {"fault": "garbled"})
    garbled = [(await town.get(ECHO.decode())).body for _ in range(2)]
    assert {len(each) for each in garbled} == {len(whole)}
    assert len({whole, *garbled}) == 3


async def test_a_status_stands_for_a_reply_and_nothing_is_done_unless_it_is_to_be(town: Town) -> None:
    await inject(town, {"fault": "status", "count": 1}, {"fault": "status", "status": 502, "handled": True})
    first, second = await town.get(CALL), await town.get(CALL)
    assert (first.status, first.body) == (503, b"503 Service Unavailable\n")
    assert (second.status, second.body) == (502, b"502 Bad Gateway\n")
    assert len(town.host.pbx.calls.live) == 1
    assert [each["call"] for each in (await town.get("/_pbxsim/requests")).json] == [None, 1]


async def test_a_rate_limit_counts_in_a_window_of_the_pbxs_clock(town: Town) -> None:
    await inject(town, {"fault": "rate-limit", "requests": 2, "seconds": 60})
    replies = [await town.get(ECHO.decode()) for _ in range(3)]
    assert [each.status for each in replies] == [200, 200, 429]
    assert replies[2].headers["Retry-After"] == "60"
    await town.advance(59.5)
    late = await town.get(ECHO.decode())
    assert (late.status, late.headers["Retry-After"]) == (429, "1")
    await town.advance(0.5)
    assert (await town.get(ECHO.decode())).status == 200
    (fault,) = (await town.get(PLACE)).json
    assert (fault["met"], fault["struck"]) == (5, 2)


async def test_a_delayed_reply_comes_when_the_pbxs_clock_has_come_so_far(town: Town) -> None:
    await inject(town, {"fault": "delay", "seconds": 2})
    reply = asyncio.create_task(town.get(CALL))
    await arrived(town)
    assert len(town.host.pbx.calls.live) == 1
    await town.advance(1.9)
    assert not reply.done()
    await town.advance(0.1)
    assert (await reply).body == b"CALL 1"


@pytest.mark.parametrize("end", ["reset", "none any more", "the server stops"])
async def test_nobody_waits_for_a_delayed_reply_when_that_is_over(end: str) -> None:
    async with running() as town:
        await inject(town, {"fault": "delay", "seconds": 2})
        reply = asyncio.create_task(town.get(CALL))
        await arrived(town)
        if end == "reset":
            await town.post("/_pbxsim/reset")
        elif end == "none any more":
            await town.ask("DELETE", PLACE)
        else:
            await town.server.stop()
        assert (await reply).body == b"CALL 1"


async def test_only_what_fits_is_struck(town: Town) -> None:
    await inject(town, {"fault": "status", "vendor": "acme", "path": "/acme/api", "method": "POST"})
    assert (await town.get(ECHO.decode())).status == 200
    assert (await town.post(ECHO.decode())).status == 503


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no seconds": ({"fault": "delay"}, "faults[0].seconds: expected a value, for delay needs it"),
    "no use": ({"fault": "reset", "seconds": 1}, "faults[0].seconds: expected nothing, for reset does not take it"),
    "webhooks": ({"fault": "webhook-lost", "path": "/"}, "path: expected nothing, for webhook-lost does not take it"),
    "nobody's": ({"fault": "reset", "vendor": "vum"}, "faults[0].vendor: expected one that it speaks: acme"),
}


@pytest.mark.parametrize("why", REFUSED)
async def test_what_does_not_fit_together_is_refused_and_nothing_is_set(town: Town, why: str) -> None:
    fault, told = REFUSED[why]
    answered = await town.ask("PUT", PLACE, {"faults": [fault]})
    assert (answered.status, (await town.get(PLACE)).json) == (422, [])
    assert told in answered.json["detail"]


FILE = "faults: [{fault: status, probability: 0.5}]\n"


async def struck(town: Town) -> list[int]:
    """Send requests, and tell how each fares."""
    return [(await town.get(ECHO.decode())).status for _ in range(20)]


async def test_a_files_faults_begin_anew_with_a_reset_and_others_are_gone() -> None:
    async with running(plan(limits=FILE)) as town:
        first = await struck(town)
        assert set(first) == {200, 503}
        await inject(town, {"fault": "status", "status": 404})
        assert set(await struck(town)) == {404}
        await town.post("/_pbxsim/reset")
        assert await struck(town) == first
        await town.ask("DELETE", PLACE)
        assert set(await struck(town)) == {200}
        await town.post("/_pbxsim/reset", {"seed": 2})
        assert await struck(town) != first


async def test_faults_change_no_calls_fate() -> None:
    journals = []
    for faults in ("", "faults: [{fault: garbled, probability: 0.5}]\n"):
        async with running(plan(limits=faults)) as town:
            for number in ("990103020", "800123456", "990200000"):
                await town.get(f"/acme/api?secret=s3cret!&from=100&to={number}")
                await town.advance(60)
            journals.append(
                [
                    (each.at, each.kind, each.data)
                    for each in town.host.journal.entries(0, 1_000)
                    if each.kind not in ("request", "reply")
                ]
            )
    assert journals[0] == journals[1]


async def test_one_fault_is_taken_away_and_the_others_go_on_counting(town: Town) -> None:
    await inject(town, {"fault": "garbled", "nth": 9}, {"fault": "status", "status": 502})
    assert (await town.get(CALL)).status == 502
    left = (await town.ask("DELETE", f"{PLACE}/1")).json
    assert [(each["id"], each["struck"]) for each in left] == [(2, 1)]
    assert (await town.get(CALL)).status == 502
    assert [each["struck"] for each in (await town.get(PLACE)).json] == [2]
    assert (await town.ask("DELETE", f"{PLACE}/1")).status == 404
    assert (await town.ask("DELETE", f"{PLACE}/2")).json == []
    assert (await town.get(CALL)).body == b"CALL 1"
    assert (await town.ask("DELETE", f"{PLACE}/2")).json["detail"] == "no fault 2 is set"
