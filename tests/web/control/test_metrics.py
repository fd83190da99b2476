"""What Prometheus scrapes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pbxsim.engines.engine import Measure
from pbxsim.sinks.store.health import StoreHealth
from pbxsim.web.connection_limits import ConnectionLimits
from tests.web.control.test_health import ShownStore
from tests.web.town import running

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.web.town import Town


def samples(text: str) -> Mapping[str, float]:
    """Read what was scraped: the value of each sample."""
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


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


async def test_metrics_tell_how_many_entries_each_log_has_and_how_many_bytes_these_take(town: Town) -> None:
    before = samples((await town.get("/metrics")).body.decode())
    await town.get("/acme/api?secret=s3cret!&from=100&to=102")
    after = samples((await town.get("/metrics")).body.decode())
    for log in ("journal", "request_log"):
        assert after[f'pbxsim_{log}_entries{{pbx="town"}}'] > before[f'pbxsim_{log}_entries{{pbx="town"}}']
        assert after[f'pbxsim_{log}_bytes{{pbx="town"}}'] > before[f'pbxsim_{log}_bytes{{pbx="town"}}']
    for name in ("deliveries", "deliveries_bytes", "recordings_waiting", "recordings_waiting_bytes"):
        assert after[f'pbxsim_{name}{{pbx="town"}}'] == 0
    assert after['pbxsim_journal_dropped_total{pbx="town"}'] == 0


async def test_metrics_tell_how_many_tasks_the_server_has(town: Town) -> None:
    before = samples((await town.get("/metrics")).body.decode())["pbxsim_tasks"]
    waiting = asyncio.create_task(asyncio.Event().wait())
    assert samples((await town.get("/metrics")).body.decode())["pbxsim_tasks"] == before + 1 > 1
    waiting.cancel()


async def test_metrics_tell_what_an_engine_measures_of_itself_by_pbx(town: Town) -> None:
    opened = town.host.engine._opened  # noqa: SLF001 - the engine there measures nothing
    opened.measures = lambda: [Measure("pbxsim_echoes", "Echoes.", 2), Measure("pbxsim_steps", "Steps.", 7, True)]
    text = (await town.get("/metrics")).body.decode()
    assert (samples(text)['pbxsim_echoes{pbx="town"}'], samples(text)['pbxsim_steps_total{pbx="town"}']) == (2, 7)
    assert "# HELP pbxsim_echoes Echoes.\n# TYPE pbxsim_echoes gauge\n" in text
    assert "# TYPE pbxsim_steps_total counter\n" in text


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


async def test_metrics_tell_who_is_connected_and_who_was_sent_away() -> None:
    async with running(limits=ConnectionLimits(first_byte=0.05, at_once=2)) as town:
        assert await town.raw(b"") == b""
        found = samples((await town.get("/metrics")).body.decode())
        limits = ("first_byte", "header", "body", "between", "sending", "header_bytes")
        told = {name: value for name, value in found.items() if "connections" in name}
        assert told == {
            "pbxsim_connections": 1,
            "pbxsim_connections_accepted_total": 2,
            **{f'pbxsim_connections_cut_total{{limit="{limit}"}}': int(limit == "first_byte") for limit in limits},
            **{
                f'pbxsim_connections_{name}_total{{ceiling="{ceiling}"}}': 0
                for name in ("refused", "displaced")
                for ceiling in ("at_once", "per_address")
            },
        }
