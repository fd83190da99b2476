"""Whether it is up, and how the store is, for those who look from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.sinks.store.health import StoreHealth
from tests.web.town import running

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.web.town import Town


class ShownStore:
    """A store as the control API sees one."""

    def __init__(self, health: StoreHealth) -> None:
        self.health = health


def samples(text: str) -> Mapping[str, float]:
    """Read what was scraped: the value of each sample."""
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


async def test_a_server_without_a_store_is_ready_without_a_word_of_one(town: Town) -> None:
    assert (await town.get("/readyz")).json == {"status": "ready", "pbxs": ["town"]}


async def test_a_store_that_writes_is_ready() -> None:
    async with running() as town:
        town.hosts.store = ShownStore(StoreHealth(place="x", waiting=3))
        answered = await town.get("/readyz")
    assert answered.status == 200
    assert answered.json["store"] == {"writing": True, "waiting": 3, "spilled": 0, "lost": 0}


async def test_a_store_that_cannot_write_says_why_and_what_it_keeps() -> None:
    async with running() as town:
        town.hosts.store = ShownStore(StoreHealth(place="x", is_writing=False, error="disk full", spilled=7, lost=1))
        answered = await town.get("/readyz")
        calls_go_on = await town.get("/acme/api?secret=s3cret!&from=100&to=102")
    assert (answered.status, answered.json["status"]) == (503, "degraded")
    assert answered.json["store"] == {"writing": False, "waiting": 0, "spilled": 7, "lost": 1, "error": "disk full"}
    assert calls_go_on.body == b"CALL 1"


async def test_metrics_are_the_switchs_own_numbers_for_each_pbx(town: Town) -> None:
    await town.get("/acme/api?secret=s3cret!&from=100&to=102")
    scraped = await town.get("/metrics")
    assert scraped.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = samples(scraped.body.decode())
    assert found['pbxsim_calls{pbx="town"}'] == 1
    assert found['pbxsim_channels{pbx="town"}'] == 1
    assert found['pbxsim_calls_started_total{pbx="town"}'] == 1
    assert found['pbxsim_requests_total{pbx="town"}'] == 1
    assert found['pbxsim_cdrs_closed_total{pbx="town"}'] == 0
    await town.post("/_pbxsim/clock/advance", {"seconds": 86_400})
    found = samples((await town.get("/metrics")).body.decode())
    assert (found['pbxsim_calls{pbx="town"}'], found['pbxsim_cdrs_closed_total{pbx="town"}']) == (0, 1)


async def test_metrics_tell_how_the_store_is() -> None:
    async with running() as town:
        health = StoreHealth(place="x", is_writing=False, waiting=5, spilled=7, lost=1, written=40, flushes=4)
        town.hosts.store = ShownStore(health)
        found = samples((await town.get("/metrics")).body.decode())
    assert {name: value for name, value in found.items() if "store" in name} == {
        "pbxsim_store_writing": 0,
        "pbxsim_store_rows_waiting": 5,
        "pbxsim_store_rows_spilled": 7,
        "pbxsim_store_rows_lost_total": 1,
        "pbxsim_store_rows_written_total": 40,
        "pbxsim_store_flushes_total": 4,
    }
