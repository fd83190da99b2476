"""From the start of a server's process to its first 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.servers import Kind, bare_aiohttp, mountebank, pbxsim, running
from tests.bench.web_load import cpu_seconds

if TYPE_CHECKING:
    from tests.bench.harness import Figures


def of_pbxsim() -> Figures:
    """Start `pbxsim serve`, as `make run` does."""
    return _start(pbxsim("documented"))


def of_bare_aiohttp() -> Figures:
    """Start bare aiohttp."""
    return _start(bare_aiohttp("const"))


def of_mountebank() -> Figures:
    """Start mountebank with one imposter that always gives the same reply."""
    kind = mountebank()
    assert kind is not None, "the race asks only where it is installed"
    return _start(kind)


def _start(kind: Kind) -> Figures:
    with running(kind) as server:
        return {"ms to first 200": server.start_seconds * 1000, "CPU ms": cpu_seconds(server.process) * 1000}
