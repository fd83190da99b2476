"""Events: all there is, then what changes, to each who looks; resumed where they come back, at nobody's cost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.events import CallStarted
from pbxsim.web.control.feed import SENT_BYTES, Feed
from tests.web.control.looker import Event, Looker, looking
from tests.web.control.problems import problem
from tests.web.town import Town, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LISTED = ("phones", "queues", "agents", "accounts", "calls", "requests", "cdrs", "webhooks")
INCOMING = {"from": "777123456", "to": "299299000"}


async def lists(town: Town) -> dict[str, list[object]]:
    """Give what the control API lists; a kind of which there is nothing is left out."""
    listed = {kind: (await town.get(f"/_pbxsim/{kind}")).json for kind in LISTED}
    return {kind: found for kind, found in listed.items() if found}


def seen(looker: Looker) -> dict[str, list[object]]:
    """Give what somebody has seen, in the form of `lists`."""
    return {kind: list(found.values()) for kind, found in looker.documents.items() if found and kind != "clock"}


def is_clock(event: Event) -> bool:
    """Tell whether it is the clock's: the last of those that are told together."""
    return event.name == "clock"


async def caught_up(looker: Looker, town: Town) -> None:
    """Read on until all that the PBX's clock has come to is told."""
    now = (await town.get("/_pbxsim/clock")).json["now"]
    await looker.until(lambda event: event.name == "clock" and event.data["now"] == now)


async def test_whoever_comes_sees_what_the_lists_say(town: Town) -> None:
    await town.get("/acme/api?secret=s3cret!&from=100&to=102")
    await town.post("/_pbxsim/calls", INCOMING)
    await town.advance(5)
    async with looking(town) as looker:
        await looker.snapshot()
        assert seen(looker) == await lists(town)
        assert list(looker.documents["clock"].values()) == [(await town.get("/_pbxsim/clock")).json]


@pytest.mark.slow
async def test_every_change_is_told_in_the_form_of_the_lists(town: Town) -> None:
    async with looking(town) as looker:
        await looker.snapshot()
        await town.get("/acme/api?secret=s3cret!&from=100&to=102")
        await town.post("/_pbxsim/calls", INCOMING)
        await town.post("/_pbxsim/phones/sip102/dnd", {"on": True})
        await town.post("/_pbxsim/accounts/till/credit", {"amount": "5.00"})
        for _ in range(4):
            await town.advance(10)
            await caught_up(looker, town)
            assert seen(looker) == await lists(town)
        assert {event.name for event in looker.events} >= {"call", "phone", "cdr", "request", "account"}


@pytest.mark.slow
async def test_a_telephone_is_told_when_who_it_talks_to_changes(town: Town) -> None:
    async with looking(town) as looker:
        await looker.snapshot()
        await town.post("/_pbxsim/calls", {"from": "100", "to": "102"})
        rings = await looker.until(lambda event: event.name == "phone" and event.data["user"] == "sip100")
        assert [call["call"] for call in rings.data["calls"]] == [1]


@pytest.mark.slow
async def test_a_call_s_end_is_told_with_what_the_request_for_it_is_told_then(town: Town) -> None:
    async with looking(town) as looker:
        await looker.snapshot()
        await town.get("/acme/api?secret=s3cret!&from=100&to=102")
        await looker.until(lambda event: event.name == "request")
        await town.post("/_pbxsim/phones/sip102/unregister")
        await town.advance(60)
        await caught_up(looker, town)
        (request,) = looker.documents["requests"].values()
        assert request["hints"]
        assert [request] == (await town.get("/_pbxsim/requests")).json


@pytest.mark.slow
async def test_no_secret_is_in_any_event(town: Town) -> None:
    async with looking(town) as looker:
        await looker.snapshot()
        await town.get("/acme/api?secret=s3cret!&from=100&to=102")
        told = await looker.until(lambda event: event.name == "request")
        assert told.data["params"]["secret"] == "***"
        assert "s3cret" not in str(looker.events)


@pytest.mark.slow
async def test_a_clock_that_is_held_is_told_when_it_is_moved_and_when_its_rate_is_changed(town: Town) -> None:
    async with looking(town) as looker:
        await looker.snapshot()
        await town.advance(10)
        moved = await looker.until(is_clock)
        assert (moved.data["now"], moved.data["rate"]) == ("2026-01-01T00:00:10.000000Z", 0)
        await town.ask("PUT", "/_pbxsim/clock", {"rate": 60})
        assert (await looker.until(is_clock)).data["rate"] == 60


@pytest.mark.slow
async def test_after_a_reset_all_there_is_comes_again(town: Town) -> None:
    async with looking(town) as looker:
        await looker.snapshot()
        before = looker.last
        await town.post("/_pbxsim/calls", INCOMING)
        await looker.until(lambda event: event.name == "call")
        await town.post("/_pbxsim/reset")
        await looker.snapshot()
        assert "calls" not in seen(looker)
        assert looker.last.partition("-")[0] != before.partition("-")[0]
        await town.post("/_pbxsim/calls", INCOMING)
        assert (await looker.until(lambda event: event.name == "call")).data["id"] == 1


@pytest.mark.slow
async def test_who_comes_back_hears_what_was_told_meanwhile_and_no_more(town: Town) -> None:
    async with looking(town) as first, looking(town) as other:
        await first.snapshot()
        await other.snapshot()
        await town.post("/_pbxsim/calls", INCOMING)
        await other.until(is_clock)
        async with looking(town, **{"Last-Event-ID": first.last}) as again:
            await again.until(is_clock)
        assert again.events[0].name == "call"
        assert "snapshot" not in {event.name for event in again.events}
        assert again.last == other.last


@pytest.mark.parametrize("last", ["", "x", "00000000-1", "{epoch}-99", "{epoch}-x", "{epoch}-" + "9" * 40, "{epoch}-²"])
async def test_who_cannot_be_resumed_gets_all_there_is(town: Town, last: str) -> None:
    async with looking(town) as other:
        epoch = (await other.snapshot()).last.partition("-")[0]
        async with looking(town, **{"Last-Event-ID": last.replace("{epoch}", epoch)}) as looker:
            await looker.snapshot()
            assert seen(looker) == seen(other)


@pytest.mark.slow
async def test_who_is_too_slow_is_sent_away(town: Town) -> None:
    feed = Feed(town.host, ring_bytes=1)
    slow, quick = feed.follow(), feed.follow()
    async for told in slow:
        if b'"last":true' in told:
            break
    async for told in quick:
        if b"event: clock" in told:
            await town.advance(1)
        if b"00:00:03" in told:
            break
        if b"event: snapshot" not in told or b'"last":true' in told:
            await town.advance(1)
    with pytest.raises(StopAsyncIteration):
        await anext(slow)
    feed.close()


async def begun(looker: AsyncIterator[bytes]) -> None:
    """Read all there is."""
    while b'"last":true' not in await anext(looker):
        pass


@pytest.mark.slow
async def test_who_is_behind_gets_all_of_it_in_pieces(town: Town) -> None:
    feed = Feed(town.host, period=0.001)
    behind, quick = feed.follow(), feed.follow()
    await begun(behind)
    await begun(quick)
    whole: list[bytes] = []
    while sum(map(len, whole)) < 3 * SENT_BYTES:
        for _ in range(20):
            await town.get("/acme/api?secret=s3cret!&from=100&to=102")
        await town.advance(60)
        whole.append(await anext(quick))
    pieces: list[bytes] = []
    while sum(map(len, pieces)) < sum(map(len, whole)):
        pieces.append(await anext(behind))
    assert b"".join(pieces).startswith(b"".join(whole))
    assert max(map(len, pieces)) < SENT_BYTES + max(map(len, whole))
    feed.close()


async def test_nobody_listens_while_nobody_looks(town: Town) -> None:
    events = town.host.pbx.events
    listeners = {kind: events.listeners(kind) for kind in events.wanted}
    async with looking(town) as looker:
        await looker.snapshot()
        assert len(events.listeners(CallStarted)) == len(listeners[CallStarted]) + 1
    feed = town.host.audience
    assert feed is not None
    feed.close()
    assert {kind: events.listeners(kind) for kind in events.wanted} == listeners
    assert town.host.requests.changed is None
    assert town.host.outbox.changed is None
    assert town.host.audience is None


async def test_it_ends_by_itself_when_nobody_has_looked_for_a_while(town: Town) -> None:
    feed = Feed(town.host, period=0.001, linger=0)
    async with asyncio.timeout(10):
        while town.host.audience is feed:
            await asyncio.get_running_loop().run_in_executor(None, lambda: None)
    assert town.host.audience is None


async def test_a_server_that_stops_sends_everybody_away_at_once() -> None:
    async with running() as town, looking(town) as looker:
        await looker.snapshot()
        await asyncio.gather(town.server.stop(), gone(looker))


async def gone(looker: Looker) -> None:
    """Read until nothing more comes."""
    with pytest.raises(EOFError):
        await looker.until(lambda _: False)


async def test_each_pbx_has_events_of_its_own() -> None:
    async with running() as town, looking(town, "?pbx=town") as looker:
        await looker.snapshot()
        assert "sip100" in looker.documents["phones"]
        assert problem(await town.get("/_pbxsim/events?pbx=nobody"))[0] == 404


async def test_events_are_nobodys_without_the_token() -> None:
    async with running(token="t0ken") as town:
        assert problem(await town.get("/_pbxsim/events"))[0] == 401
        async with looking(town, Authorization="Bearer t0ken") as looker:
            await looker.snapshot()


async def test_looking_leaves_a_held_clock_and_the_journal_alone(town: Town) -> None:
    await town.post("/_pbxsim/calls", INCOMING)
    before = (await town.get("/_pbxsim/journal?format=jsonl")).body
    async with looking(town) as looker:
        await looker.snapshot()
    assert (await town.get("/_pbxsim/journal?format=jsonl")).body == before


async def test_a_head_request_begins_nothing(town: Town) -> None:
    assert (await town.ask("HEAD", "/_pbxsim/events")).status == 200
    assert getattr(town.host.audience, "lookers", 0) == 0


@pytest.mark.slow
async def test_a_fault_in_a_document_is_logged_and_all_there_is_comes_again(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    async with looking(town) as looker:
        await looker.snapshot()
        before = looker.last
        line = town.host.pbx.directory.lines["sip100"]
        diversion, line.diversion = line.diversion, "no diversion"  # type: ignore[assignment]
        await town.post("/_pbxsim/calls", {"from": "100", "to": "102"})
        feed = town.host.audience
        while not caplog.records:
            await asyncio.get_running_loop().run_in_executor(None, lambda: None)
        line.diversion = diversion
        await looker.snapshot()
        assert looker.last.partition("-")[0] != before.partition("-")[0]
        assert "cannot be told" in caplog.text
        assert town.host.audience is feed
        assert seen(looker) == await lists(town)
