"""Whether it is up, and how the store is, for those who look from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from pbxsim.sinks.store.health import StoreHealth
from tests.web.town import running

if TYPE_CHECKING:
    from tests.web.town import Town


class ShownStore:
    """A store as the control API sees one."""

    def __init__(self, health: StoreHealth) -> None:
        self.health = health


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


async def test_an_engine_whose_work_is_out_of_reach_is_told_of_and_to_strangers_the_status_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running(token="t0ken") as town:
        host = town.hosts.first()
        assert b"pbxsim_engine_reachable" not in (await town.ask("GET", "/metrics", Authorization="Bearer t0ken")).body
        telling = replace(host.engine.engine, trouble=lambda _: "no line to the exchange")
        monkeypatch.setattr(host.engine, "_engine", telling)
        answered = await town.ask("GET", "/readyz", Authorization="Bearer t0ken")
        stranger = await town.ask("GET", "/readyz")
        metrics = await town.ask("GET", "/metrics", Authorization="Bearer t0ken")
    assert (answered.status, answered.json) == (
        503, {"status": "degraded", "pbxs": ["town"], "engines": {"town": "no line to the exchange"}},
    )  # fmt: skip
    assert (stranger.status, stranger.body) == (503, b'{"status":"degraded"}')
    assert b'pbxsim_engine_reachable{pbx="town"} 0.0' in metrics.body


@pytest.mark.parametrize(
    "stranger",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer t0ken", "Sec_Fetch_Site": "cross-site"}],
)
async def test_a_stranger_is_told_the_status_alone(stranger: dict[str, str]) -> None:
    async with running(token="t0ken") as town:
        town.hosts.store = ShownStore(StoreHealth(place="x"))
        assert (await town.ask("GET", "/readyz", **stranger)).body == b'{"status":"ready"}'
        assert (await town.ask("GET", "/readyz?pbx=nowhere", **stranger)).body == b'{"status":"ready"}'
        town.hosts.store = ShownStore(StoreHealth(place="/srv/x", is_writing=False, error="/srv/x is full"))
        answered = await town.ask("GET", "/readyz", **stranger)
        assert (answered.status, answered.body) == (503, b'{"status":"degraded"}')
        assert (await town.ask("GET", "/livez?pbx=nowhere", **stranger)).body == b'{"status":"alive"}'


async def test_whoever_has_the_token_is_told_all() -> None:
    async with running(token="t0ken") as town:
        answered = await town.ask("GET", "/readyz", Authorization="Bearer t0ken")
    assert answered.json == {"status": "ready", "pbxs": ["town"]}


async def test_a_probe_under_another_name_is_answered_but_told_no_names(town: Town) -> None:
    assert (await town.ask("GET", "/readyz", Host="pbx.example")).body == b'{"status":"ready"}'
