"""An originate over HTTP, all of it: twelve parameters read, a call placed, rung, bridged, ended, its record kept."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import Final

from tests.bench.harness import ROOT, Figures, WrongResult, expect
from tests.bench.servers import BENCH_PBX, Kind, Server, bare_aiohttp, pbxsim, running

REPLY: Final = '{"success":"true"}'
CONNECTIONS: Final = 32
ORIGINATE: Final = (
    "/api/api.php?username=voipsun&password=secretpwd&action=originate&srcExtenInternalNum=100&dstNum=990100001"
    "&customCDR1=order-4711&customCDR2=north&customCDR3=callback&dialerCid=299299000&dialerName=Bench"
    "&srcRingTimeout=20&dstRingTimeout=25"
)
"""Twelve parameters; the number dialled answers at once and hangs up after 1 s of talk."""

STORED: Final = ("--db", "{folder}/bench.sqlite3")
SHORT: Final = "/api/api.php"
_WARM_SECONDS: Final = 2.0  # by then calls end as fast as they begin
_MEASURED_SECONDS: Final = 2.0
_PATIENCE_SECONDS: Final = 20.0
_WRITTEN_WITHIN_SECONDS: Final = 1.0


def originate(connections: int = CONNECTIONS) -> Figures:
    """Measure `pbxsim serve` in real time, its records in SQLite: every request must have become one stored record."""
    with running(pbxsim(BENCH_PBX, *STORED)) as server:
        figures = _load(server, ORIGINATE, connections)
        _check(_records_when_quiet(server), figures)
        stored = _stored_when_quiet(server)
    _check(stored, figures)
    return figures


def without_store() -> Figures:
    """Measure `pbxsim serve` whose records are in memory alone."""
    with running(pbxsim(BENCH_PBX, "--db", ":memory:")) as server:
        figures = _load(server, ORIGINATE)
        _check(_records_when_quiet(server), figures)
    return figures


def one_at_a_time() -> Figures:
    """Measure one connection, with the store."""
    return originate(connections=1)


def constant_one_at_a_time() -> Figures:
    """Measure one connection to bare aiohttp that reads nothing."""
    with running(bare_aiohttp("const")) as server:
        return _load(server, SHORT, connections=1)


def _check(rows: list[dict[str, str]], figures: Figures) -> None:
    expect("records", len(rows), int(figures["replies"]))
    expect("calls recorded", len({row["call"] for row in rows}), len(rows))
    expect("outcomes", {row["disposition"] for row in rows}, {"ANSWERED"})


def constant() -> Figures:
    """Measure bare aiohttp that reads nothing."""
    return _rival(bare_aiohttp("const"), SHORT)


def parameters() -> Figures:
    """Measure bare aiohttp that reads the same twelve parameters and does nothing with them."""
    return _rival(bare_aiohttp("params"), ORIGINATE)


def _rival(kind: Kind, target: str) -> Figures:
    with running(kind) as server:
        return _load(server, target)


def _load(server: Server, target: str, connections: int = CONNECTIONS) -> Figures:
    asked = {
        "port": server.port,
        "target": target,
        "body": REPLY,
        "connections": connections,
        "server": server.process,
        "warm_seconds": _WARM_SECONDS,
        "seconds": _MEASURED_SECONDS,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.web_load", json.dumps(asked)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise WrongResult(f"the load on {target} failed:\n{done.stderr}")
    figures: Figures = json.loads(done.stdout)
    return figures


def _records_when_quiet(server: Server) -> list[dict[str, str]]:
    until = time.perf_counter() + _PATIENCE_SECONDS
    while server.get("/_pbxsim/calls?state=up&limit=1") != b"[]":
        if time.perf_counter() > until:
            raise WrongResult("calls do not end")
        time.sleep(0.2)
    text = server.get("/_pbxsim/cdrs.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def _stored_when_quiet(server: Server) -> list[dict[str, str]]:
    """Read what is in the database, once nothing waits to be written; that must not take longer than a moment."""
    until = time.perf_counter() + _WRITTEN_WITHIN_SECONDS
    while json.loads(server.get("/readyz"))["store"]["waiting"]:
        if time.perf_counter() > until:
            raise WrongResult("the store does not keep up with the calls")
        time.sleep(0.05)
    with closing(sqlite3.connect(server.folder / "bench.sqlite3")) as database:
        found = database.execute("SELECT callno, disposition FROM cdr").fetchall()
    return [{"call": str(call), "disposition": disposition} for call, disposition in found]
