"""Is it up: for those who start it and wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.web.control.answer import Answer, document

if TYPE_CHECKING:
    from pbxsim.web.control.ask import Ask


def livez(ask: Ask) -> Answer:
    """Say that the process answers."""
    return document({"status": "alive"})


def readyz(ask: Ask) -> Answer:
    """Say that the PBXs are loaded and their vendors' paths answered; the port opens no earlier."""
    return document({"status": "ready", "pbxs": ask.hosts.names()})
