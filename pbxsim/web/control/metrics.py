"""What Prometheus scrapes. Nothing is counted for them: at a scrape the switch's own numbers are read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client import Metric

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.hosts import Hosts

_SECOND: Final = 1_000_000

_GAUGES: Final[dict[str, tuple[str, Callable[[HostedPbx], float]]]] = {
    "pbxsim_calls": ("Calls in progress.", lambda host: len(host.pbx.calls.live)),
    "pbxsim_channels": ("Legs in progress.", lambda host: sum(1 for _ in host.pbx.calls.channels())),
    "pbxsim_clock_seconds": ("The clock, in Unix time.", lambda host: host.pbx.clock.now / _SECOND),
    "pbxsim_clock_rate": ("Seconds of the PBX in one of the world; 0: paused.", lambda host: host.driver.rate),
    "pbxsim_webhooks_waiting": ("Webhooks not delivered yet.", lambda host: sum(host.outbox.waiting.values())),
    "pbxsim_journal_entries": ("Entries of the journal in memory.", lambda host: len(host.journal)),
    "pbxsim_journal_bytes": ("Memory that these take.", lambda host: host.journal.kept_bytes),
    "pbxsim_request_log_entries": ("Requests in memory.", lambda host: len(host.requests)),
    "pbxsim_request_log_bytes": ("Memory that these take.", lambda host: host.requests.kept_bytes),
    "pbxsim_deliveries": ("Webhooks in memory, those that are done included.", lambda host: host.outbox.remembered),
    "pbxsim_deliveries_bytes": ("Memory that these take.", lambda host: host.outbox.kept_bytes),
    "pbxsim_recordings_waiting": ("Recordings not written yet.", lambda host: _recordings(host)[0]),
    "pbxsim_recordings_waiting_bytes": ("Memory that these take.", lambda host: _recordings(host)[1]),
}
_COUNTERS: Final[dict[str, tuple[str, Callable[[HostedPbx], float]]]] = {
    "pbxsim_calls_started": ("Calls begun.", lambda host: host.pbx.calls.calls_started),
    "pbxsim_cdrs_closed": ("Call records closed.", lambda host: host.pbx.calls.next_cdr - 1),
    "pbxsim_ledger_entries": ("Changes of credit booked.", lambda host: host.pbx.ledger.next_entry - 1),
    "pbxsim_requests": ("Requests to the vendors' interfaces.", lambda host: host.requests.counted),
    "pbxsim_journal_dropped": ("Entries of the journal forgotten.", lambda host: host.journal.dropped),
    "pbxsim_webhooks_posted": ("Webhooks posted.", lambda host: host.outbox.posted),
    "pbxsim_webhooks_delivered": ("Webhooks that their receivers took.", lambda host: host.outbox.delivered),
    "pbxsim_webhooks_failed": ("Webhooks given up.", lambda host: host.outbox.failed),
    "pbxsim_webhook_tries": ("Tries to deliver a webhook.", lambda host: host.outbox.tries),
}


def _recordings(host: HostedPbx) -> tuple[int, int]:
    return (0, 0) if host.recorder is None else host.recorder.queued


def _tasks() -> int:
    return len(asyncio.all_tasks())


def scrape(hosts: Hosts) -> bytes:
    """Spell the metrics of all PBXs and of the store in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Reading(hosts))
    return generate_latest(registry)


class _Reading(Collector):
    """One look at everything."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts

    def collect(self) -> Iterator[Metric]:
        """Give each metric with a sample for each PBX, then the store's."""
        for name, (words, read) in _GAUGES.items():
            gauge = GaugeMetricFamily(name, words, labels=["pbx"])
            for host in self._hosts:
                gauge.add_metric([host.name], read(host))
            yield gauge
        for name, (words, read) in _COUNTERS.items():
            counter = CounterMetricFamily(name, words, labels=["pbx"])
            for host in self._hosts:
                counter.add_metric([host.name], read(host))
            yield counter
        yield from self._engines()
        yield GaugeMetricFamily("pbxsim_tasks", "Asyncio tasks of the server: one a connection, and a few.", _tasks())
        yield from self._connections()
        yield from self._store()

    def _engines(self) -> Iterator[Metric]:
        """Tell of the engines that work with something outside, and what they tell of themselves."""
        reached = GaugeMetricFamily(
            "pbxsim_engine_reachable", "1 while what its engine works with is in reach.", labels=["pbx"]
        )
        for host in self._hosts:
            if host.engine.engine.trouble is not None:
                reached.add_metric([host.name], not host.engine.trouble)
        if reached.samples:
            yield reached
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for host in self._hosts:
            for measure in host.engine.measures():
                family = CounterMetricFamily if measure.is_total else GaugeMetricFamily
                found = families.setdefault(measure.name, family(measure.name, measure.words, labels=["pbx"]))
                found.add_metric([host.name], measure.value)
        yield from families.values()

    def _connections(self) -> Iterator[Metric]:
        counts = self._hosts.connections
        yield GaugeMetricFamily("pbxsim_connections", "Clients that are connected.", counts.open)
        yield CounterMetricFamily("pbxsim_connections_accepted", "Clients that were let in.", counts.accepted)
        for name, words, label, counted in (
            ("refused", "Clients for whom there was no room, by the ceiling.", "ceiling", counts.refused),
            ("displaced", "Waiting clients that had to go for others, by the ceiling.", "ceiling", counts.displaced),
            ("cut", "Clients that took too long or sent too much, by the limit.", "limit", counts.cut),
        ):
            counter = CounterMetricFamily(f"pbxsim_connections_{name}", words, labels=[label])
            for limit, count in counted.items():
                counter.add_metric([limit], count)
            yield counter

    def _store(self) -> Iterator[Metric]:
        if self._hosts.store is None:
            return
        health = self._hosts.store.health
        yield GaugeMetricFamily("pbxsim_store_writing", "1 while the store can write, else 0.", health.is_writing)
        yield GaugeMetricFamily("pbxsim_store_rows_waiting", "Rows not written yet.", health.waiting)
        yield GaugeMetricFamily("pbxsim_store_rows_spilled", "Rows in the spill, to be written later.", health.spilled)
        yield CounterMetricFamily("pbxsim_store_rows_lost", "Rows that found no place.", health.lost)
        yield CounterMetricFamily("pbxsim_store_rows_written", "Rows written.", health.written)
        yield CounterMetricFamily("pbxsim_store_flushes", "Transactions.", health.flushes)
