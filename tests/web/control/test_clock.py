"""The clock by the control API: held, set, moved on, and back to the start."""

from __future__ import annotations

import pytest

from tests.web.town import Town, running

CALL = "/acme/api?secret=s3cret!&from=100&to=102"  # each telephone rings 3 s, talks 30 s


async def test_a_held_clock_stands_at_its_start(town: Town) -> None:
    assert (await town.get("/_pbxsim/clock")).body == b'{"now":"2026-01-01T00:00:00.000000Z","rate":0,"next_due":null}'


async def test_it_tells_when_something_is_due_next(town: Town) -> None:
    await town.get(CALL)
    assert (await town.get("/_pbxsim/clock")).json["next_due"] == "2026-01-01T00:00:03.000000Z"


async def test_advance_is_a_barrier(town: Town) -> None:
    await town.get(CALL)
    moved = await town.post("/_pbxsim/clock/advance", {"seconds": 36})
    assert moved.json == {"now": "2026-01-01T00:00:36.000000Z", "rate": 0, "next_due": None}
    (cdr,) = (await town.get("/_pbxsim/cdrs")).json
    assert (cdr["disposition"], cdr["end"]) == ("ANSWERED", "2026-01-01T00:00:36Z")


async def test_advance_goes_to_a_moment_but_never_back(town: Town) -> None:
    for moment in ("2026-01-01T02:00:00+01:00", "2026-01-01T01:00:00"):
        moved = await town.post("/_pbxsim/clock/advance", {"to": moment})
        assert (moved.status, moved.json["now"]) == (200, "2026-01-01T01:00:00.000000Z")
    assert (await town.post("/_pbxsim/clock/advance", {"to": "2026-01-01"})).status == 409
    assert (await town.post("/_pbxsim/clock/advance", {"to": "tomorrow"})).status == 400
    for body in ({}, {"to": "2026-02-01", "seconds": 1}):
        assert (await town.post("/_pbxsim/clock/advance", body)).status == 422


async def test_advance_takes_parts_of_a_second(town: Town) -> None:
    assert (await town.post("/_pbxsim/clock/advance", {"seconds": 0.25})).json["now"] == "2026-01-01T00:00:00.250000Z"


async def test_next_runs_what_is_due_at_the_next_instant(town: Town) -> None:
    await town.get(CALL)
    moved = (await town.post("/_pbxsim/clock/next")).json
    assert (moved["now"], moved["ran"]) == ("2026-01-01T00:00:03.000000Z", True)
    assert moved["next_due"] == "2026-01-01T00:00:06.000000Z"


async def test_next_says_when_there_is_nothing_to_do(town: Town) -> None:
    assert (await town.post("/_pbxsim/clock/next")).json["ran"] is False


async def test_run_until_idle_ends_with_the_last_thing_done(town: Town) -> None:
    await town.get(CALL)
    moved = (await town.post("/_pbxsim/clock/run-until-idle")).json
    assert (moved["now"], moved["idle"]) == ("2026-01-01T00:00:36.000000Z", True)


async def test_run_until_idle_ends_at_its_limit(town: Town) -> None:
    await town.get(CALL)
    moved = (await town.post("/_pbxsim/clock/run-until-idle", {"limit_seconds": 5})).json
    assert (moved["now"], moved["idle"]) == ("2026-01-01T00:00:05.000000Z", False)


@pytest.mark.parametrize(("rate", "shown"), [(1, b"1"), (10, b"10"), (0.5, b"0.5"), (0, b"0")])
async def test_the_rate_can_be_set(town: Town, rate: float, shown: bytes) -> None:
    answered = await town.ask("PUT", "/_pbxsim/clock", {"rate": rate})
    assert b'"rate":' + shown + b"," in answered.body


async def test_what_is_due_at_once_is_done_when_the_rate_is_answered(town: Town) -> None:
    await town.get("/acme/api?secret=s3cret!&from=990400000&to=100")  # fails without a moment's ringing
    assert (await town.get("/_pbxsim/clock")).json["next_due"] == "2026-01-01T00:00:00.000000Z"
    assert (await town.ask("PUT", "/_pbxsim/clock", {"rate": 0.001})).json["next_due"] is None


async def test_nobody_can_move_beyond_the_end_of_time(town: Town) -> None:
    for _ in range(3):
        await town.post("/_pbxsim/clock/advance", {"seconds": 315_360_000})
    assert (await town.get("/_pbxsim/clock")).json["now"] == "2055-12-25T00:00:00.000000Z"


async def test_advance_works_while_the_clock_runs() -> None:
    async with running(rate=1) as town:
        moved = (await town.post("/_pbxsim/clock/advance", {"seconds": 3600})).json
        assert moved["now"] >= "2026-01-01T01:00:00.000000Z"
        assert moved["rate"] == 1


async def test_reset_goes_back_to_the_start_and_the_same_commands_give_the_same_journal(town: Town) -> None:
    async def commands() -> bytes:
        await town.get(CALL)
        await town.advance(4)
        await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000"})
        await town.post("/_pbxsim/phones/sip100/answer")
        await town.post("/_pbxsim/clock/run-until-idle")
        return (await town.get("/_pbxsim/journal?format=jsonl")).body

    first = await commands()
    reset = await town.post("/_pbxsim/reset", {"seed": 1})
    assert reset.json == {"pbx": "town", "seed": 1, "now": "2026-01-01T00:00:00.000000Z"}
    for path in ("calls", "cdrs", "requests", "journal"):
        assert (await town.get(f"/_pbxsim/{path}")).json == []
    assert await commands() == first
    assert first.count(b"\n") > 10


async def test_reset_without_a_seed_takes_that_of_the_very_start(town: Town) -> None:
    assert (await town.post("/_pbxsim/reset", {"seed": 7})).json["seed"] == 7
    assert (await town.post("/_pbxsim/reset")).json["seed"] == 1


async def test_reset_keeps_the_rate(town: Town) -> None:
    await town.ask("PUT", "/_pbxsim/clock", {"rate": 0.001})
    await town.post("/_pbxsim/reset")
    assert (await town.get("/_pbxsim/clock")).json["rate"] == 0.001
