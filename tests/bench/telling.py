"""What a receiver's conduct costs the calls of a PBX that tells it of each: originate over HTTP, store, webhooks."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench import web
from tests.bench.harness import Figures, expect
from tests.bench.servers import BENCH_PBX, Kind, Server, free_port, pbxsim, receiver, running
from tests.bench.turns import Side

if TYPE_CHECKING:
    from collections.abc import Callable

TAKES: Final = "takes"
DOWN: Final = "down"

_CONDUCTS: Final[dict[str, Callable[[int, int], bool]]] = {  # what may be delivered of so many calls
    TAKES: lambda delivered, _: delivered > 0,
    "hangs": lambda delivered, _: delivered == 0,
    "refuses": lambda delivered, _: delivered == 0,
    "breaks": lambda delivered, _: delivered == 0,
    "dawdles": lambda delivered, calls: 0 < delivered < calls,
    DOWN: lambda delivered, _: delivered == 0,
}
_EVENTS: Final = """\
  simotel:
    events: {address: "http://127.0.0.1:%d/", chosen: [Cdr]}
"""


def side(name: str, conduct: str) -> Side:
    """Give `pbxsim serve` that tells a receiver of such conduct of each call."""
    return Side(name, partial(_prepared, conduct), web.ORIGINATE, partial(_check, conduct), web.await_store)


def _prepared(conduct: str, stack: ExitStack) -> Kind:
    port = free_port() if conduct == DOWN else stack.enter_context(running(receiver(conduct))).port
    pbx = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "bench.yaml"
    pbx.write_text(Path(BENCH_PBX).read_text(encoding="utf-8") + _EVENTS % port, encoding="utf-8")
    return pbxsim(str(pbx), *web.STORED)


def _check(conduct: str, server: Server, figures: Figures) -> None:
    """Expect that the store has a record and a notice of each call, and that the receiver's conduct shows."""
    web.check_stored(server, figures)
    calls = int(figures["replies"])
    with closing(sqlite3.connect(server.folder / web.DATABASE)) as database:
        ((notices,),) = database.execute("SELECT count(*) FROM webhook")
        ((delivered,),) = database.execute("SELECT count(*) FROM webhook WHERE state = 'delivered'")
        ((tried,),) = database.execute("SELECT count(*) FROM webhook WHERE tries <> '[]'")
    expect("notices stored", notices, calls)
    expect(f"{delivered} delivered of {calls} to a receiver that {conduct}", _CONDUCTS[conduct](delivered, calls), True)
    figures |= {"notices tried": tried, "notices delivered": delivered}
