"""Is it up, and how is it: for those who start it and wait, and for Prometheus."""

from __future__ import annotations

from typing import Any, Final

from pbxsim.hosting.hosts import Hosts
from pbxsim.web.control.response import Response, document
from pbxsim.web.control.route import Route, Untimed
from pbxsim.web.paths import LIVEZ, METRICS, READYZ

_PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"


def livez() -> Response:
    """Say that the process answers."""
    return document({"status": "alive"})


def readyz(hosts: Hosts) -> Response:
    """Say that the PBXs are loaded and their vendors' paths answered; the port opens no earlier.

    503 while the store cannot write: calls go on, and what they leave is kept until it can, but nothing promises more.
    503 also while what an engine works with is out of reach: calls fail at once.
    This is for whoever may use the control API; others are told no more than `readyz_for_strangers`.
    """
    ready: dict[str, object] = {"status": "ready", "pbxs": hosts.names()}
    troubles = {host.name: host.engine.trouble for host in hosts if host.engine.trouble}
    if troubles:
        ready |= {"status": "degraded", "engines": troubles}
    store = hosts.store
    if store is None:
        return document(ready, 503 if troubles else 200)
    health = store.health
    shown = {"writing": health.is_writing, "waiting": health.waiting, "spilled": health.spilled, "lost": health.lost}
    if health.is_writing:
        return document(ready | {"store": shown}, 503 if troubles else 200)
    return document(ready | {"status": "degraded", "store": shown | {"error": health.error}}, 503)


def readyz_for_strangers(hosts: Hosts) -> Response:
    """Say no more than whether they are ready: no name, no number, no path."""
    is_writing = hosts.store is None or hosts.store.health.is_writing
    if is_writing and not any(host.engine.trouble for host in hosts):
        return document({"status": "ready"})
    return document({"status": "degraded"}, 503)


def metrics(hosts: Hosts) -> Response:
    """Give the metrics of all PBXs and of the store. Their library is imported with the first scrape: few ever ask."""
    from pbxsim.web.control.metrics import scrape

    return Response(body=scrape(hosts), content_type=_PROMETHEUS)


ROUTES: Final[tuple[Route[Any], ...]] = (
    Untimed("GET", LIVEZ, livez, is_open=True),
    Untimed("GET", READYZ, readyz, is_open=True),
    Untimed("GET", METRICS, metrics),
)
"""Declared here, and not with the others: who asks for these when a server starts need not wait for all the rest."""
