"""An originate over HTTP, all of it: twelve parameters read, a call placed, rung, bridged, ended, its record kept."""

from __future__ import annotations

import csv
import io
import sqlite3
import time
from contextlib import closing
from typing import Final

from tests.bench.harness import Figures, WrongResult, expect
from tests.bench.servers import BENCH_PBX, Server, bare_aiohttp, pbxsim
from tests.bench.turns import Side, as_it_is

CONNECTIONS: Final = 32
ORIGINATE: Final = (
    "/api/api.php?username=voipsun&password=secretpwd&action=originate&srcExtenInternalNum=100&dstNum=990100001"
    "&customCDR1=order-{order}&customCDR2=north&customCDR3=callback&dialerCid=299299000&dialerName=Bench"
    "&srcRingTimeout=20&dstRingTimeout=25"
)
"""Twelve parameters; the number dialled answers at once and hangs up after 1 s of talk.

Each request has an order of its own, as customers' have: what reads them would else have read them once for all, as
aiohttp does (yarl remembers 128 targets).
"""

DATABASE: Final = "bench.sqlite3"
STORED: Final = ("--db", "{folder}/" + DATABASE)
IN_MEMORY: Final = ("--db", ":memory:")
SHORT: Final = "/api/api.php"
_PATIENCE_SECONDS: Final = 20.0
WRITTEN_WITHIN_SECONDS: Final = 2.0


def originate(name: str) -> Side:
    """Give `pbxsim serve` in real time, its records in SQLite: every request must have become one stored record."""
    return Side(name, as_it_is(pbxsim(BENCH_PBX, *STORED)), ORIGINATE, check_stored, await_store)


def without_store(name: str) -> Side:
    """Give `pbxsim serve` whose records are in memory alone."""
    return Side(name, as_it_is(pbxsim(BENCH_PBX, *IN_MEMORY)), ORIGINATE, check_kept)


def constant(name: str) -> Side:
    """Give bare aiohttp that reads nothing."""
    return Side(name, as_it_is(bare_aiohttp("const")), SHORT)


def parameters(name: str) -> Side:
    """Give bare aiohttp that reads the same twelve parameters and does nothing with them."""
    return Side(name, as_it_is(bare_aiohttp("params")), ORIGINATE)


def check_stored(server: Server, figures: Figures) -> None:
    """Expect a record of each call, in memory and in the database. Raises WrongResult."""
    check_kept(server, figures)
    _check(_stored(server, int(figures["replies"])), figures)


def check_kept(server: Server, figures: Figures) -> None:
    """Expect a record of each call, once all have ended. Raises WrongResult."""
    _check(_records_when_quiet(server), figures)


def _check(rows: list[dict[str, str]], figures: Figures) -> None:
    expect("records", len(rows), int(figures["replies"]))
    expect("calls recorded", len({row["call"] for row in rows}), len(rows))
    expect("orders recorded", len({row["custom1"] for row in rows}), len(rows))
    expect("outcomes", {row["disposition"] for row in rows}, {"ANSWERED"})


def await_store(server: Server) -> None:
    """Return when the store has connected, which costs half a second once, and has the directory."""
    until = time.perf_counter() + _PATIENCE_SECONDS
    while not _has_directory(server):
        if time.perf_counter() > until:
            raise WrongResult("the store does not connect")
        time.sleep(0.05)


def _has_directory(server: Server) -> bool:
    with closing(sqlite3.connect(server.folder / DATABASE)) as database:
        try:
            ((extensions,),) = database.execute("SELECT count(*) FROM extensions")
        except sqlite3.OperationalError:  # there are no tables yet
            return False
    return int(extensions) > 0


def _records_when_quiet(server: Server) -> list[dict[str, str]]:
    until = time.perf_counter() + _PATIENCE_SECONDS
    while server.get("/_pbxsim/calls?state=up&limit=1") != b"[]":
        if time.perf_counter() > until:
            raise WrongResult("calls do not end")
        time.sleep(0.2)
    text = server.get("/_pbxsim/cdrs.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def _stored(server: Server, calls: int) -> list[dict[str, str]]:
    """Read what is in the database, once it has a record of each call; that must not take longer than a moment."""
    until = time.perf_counter() + WRITTEN_WITHIN_SECONDS
    while len(found := _in_database(server)) < calls and time.perf_counter() < until:
        time.sleep(0.05)
    return [dict(zip(("call", "disposition", "custom1"), map(str, row), strict=True)) for row in found]


def _in_database(server: Server) -> list[tuple[int, str, str]]:
    with closing(sqlite3.connect(server.folder / DATABASE)) as database:
        return database.execute("SELECT callno, disposition, CustomCDR1 FROM cdr").fetchall()
