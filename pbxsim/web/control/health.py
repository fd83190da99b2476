"""Is it up: for those who start it and wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.web.control.response import Response, document

if TYPE_CHECKING:
    from pbxsim.web.control.request import ControlRequest


def livez(ask: ControlRequest) -> Response:
    """Say that the process answers."""
    return document({"status": "alive"})


def readyz(ask: ControlRequest) -> Response:
    """Say that the PBXs are loaded and their vendors' paths answered; the port opens no earlier.

    503 while the store cannot write: calls go on, and what they leave is kept until it can, but nothing promises more.
    """
    ready = {"status": "ready", "pbxs": ask.hosts.names()}
    store = ask.hosts.store
    if store is None:
        return document(ready)
    health = store.health
    shown = {"writing": health.is_writing, "waiting": health.waiting, "spilled": health.spilled, "lost": health.lost}
    if health.is_writing:
        return document(ready | {"store": shown})
    return document(ready | {"status": "degraded", "store": shown | {"error": health.error}}, 503)
