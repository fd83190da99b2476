"""Is it up: for those who start it and wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.web.control.response import Response, document

if TYPE_CHECKING:
    from pbxsim.web.control.request import ControlRequest, Nothing


_PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"


def livez(_asked: ControlRequest[Nothing, Nothing]) -> Response:
    """Say that the process answers."""
    return document({"status": "alive"})


def readyz(asked: ControlRequest[Nothing, Nothing]) -> Response:
    """Say that the PBXs are loaded and their vendors' paths answered; the port opens no earlier.

    503 while the store cannot write: calls go on, and what they leave is kept until it can, but nothing promises more.
    """
    ready = {"status": "ready", "pbxs": asked.hosts.names()}
    store = asked.hosts.store
    if store is None:
        return document(ready)
    health = store.health
    shown = {"writing": health.is_writing, "waiting": health.waiting, "spilled": health.spilled, "lost": health.lost}
    if health.is_writing:
        return document(ready | {"store": shown})
    return document(ready | {"status": "degraded", "store": shown | {"error": health.error}}, 503)


def scraped(asked: ControlRequest[Nothing, Nothing]) -> Response:
    """Give the metrics of all PBXs and of the store. Its library is imported with the first scrape: few ever ask."""
    from pbxsim.web.control.scrape import scrape

    return Response(body=scrape(asked.hosts), content_type=_PROMETHEUS)
