"""Servers that are measured side by side: they take turns at running and being asked, each a fraction of a second.

That way what a neighbour does to this machine for a second or ten falls on all of them alike, which a ratio of 0.95 to
0.93 needs: servers measured one after the other differ by more than that even from themselves.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.bench.harness import ROOT, Contender, Figures, WrongResult
from tests.bench.servers import Kind, Server, running

if TYPE_CHECKING:
    from collections.abc import Callable

REPLY: Final = '{"success":"true"}'

_ROUND_SECONDS: Final = 1.0
"""How long it takes until it is a server's turn again: as long as a call, whose end so falls into a turn of its own."""

_WARM_TURNS: Final = 2  # by then calls end as fast as they begin
MEASURED_SECONDS: Final = 4.0  # of each server


@dataclass(frozen=True)
class Side:
    """A server, what it is asked and always answers, and what must be true of it afterwards, given what was measured.

    `prepared` gives the server's kind once all that it needs is there; that goes with the stack.
    """

    name: str
    prepared: Callable[[ExitStack], Kind]
    target: str
    check: Callable[[Server, Figures], None] = lambda _server, _figures: None
    await_ready: Callable[[Server], None] = lambda _server: None
    body: str = REPLY


def as_it_is(kind: Kind) -> Callable[[ExitStack], Kind]:
    """Give what prepares a server that needs nothing."""
    return lambda _: kind


@dataclass
class SideBySide:
    """Contenders that are measured at the same time: the first that is asked for has all of them measured."""

    sides: tuple[Side, ...]
    connections: int
    counts_ended: bool = False  # the CPU of threads that ended too: some have one for each request
    seconds: float = MEASURED_SECONDS
    _found: dict[str, Figures] = field(default_factory=dict)

    @property
    def contenders(self) -> tuple[Contender, ...]:
        """Give them as the contenders of a race."""
        return tuple(Contender(side.name, self._measurement(side.name)) for side in self.sides)

    def measure(self) -> dict[str, Figures]:
        """Start all servers, ask them in turns, check each; give the figures by name. Raises WrongResult."""
        with ExitStack() as stack:
            servers = [stack.enter_context(running(side.prepared(stack))) for side in self.sides]
            for side, server in zip(self.sides, servers, strict=True):
                side.await_ready(server)
            figures = self._load(servers)
            for side, server, found in zip(self.sides, servers, figures, strict=True):
                side.check(server, found)
        return {side.name: found for side, found in zip(self.sides, figures, strict=True)}

    def _measurement(self, name: str) -> Callable[[], Figures]:
        def measure() -> Figures:
            if name not in self._found:
                self._found = self.measure()
            return self._found.pop(name)

        return measure

    def _load(self, servers: list[Server]) -> list[Figures]:
        loads = [
            {
                "port": server.port,
                "target": side.target,
                "body": side.body,
                "connections": self.connections,
                "server": server.process,
                "rests": True,
                "counts_ended": self.counts_ended,
            }
            for side, server in zip(self.sides, servers, strict=True)
        ]
        turn = _ROUND_SECONDS / len(loads)
        asked = {
            "loads": loads,
            "warm_turns": _WARM_TURNS,
            "turns": round(self.seconds / turn),
            "turn_seconds": turn,
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.web_load", json.dumps(asked)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise WrongResult(f"the load failed:\n{done.stderr}")
        figures: list[Figures] = json.loads(done.stdout)
        return figures
