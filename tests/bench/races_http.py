"""The races over HTTP: servers as processes, a client on a processor of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.bench import cold_start, servers, web
from tests.bench.goals import Goal, Race
from tests.bench.harness import Contender

_HAS_PROC: Final = Path("/proc/self/schedstat").exists()
_NEEDS_PROC: Final = "all of it: a server's CPU time is read from Linux's /proc"


def originate() -> Race:
    """A whole call for each request, beside bare aiohttp: G1."""
    ours, bare, reading = "pbxsim serve, originate", "bare aiohttp, constant reply", "bare aiohttp, 12 parameters read"
    title, how = (
        "VoIPSUN originate over HTTP",
        f"{web.CONNECTIONS} connections; 12 parameters; each request a whole call, its CDR in SQLite (WAL)",
    )
    if not _HAS_PROC:
        return Race(title=title, how=how, contenders=(), goals=(), unable=(_NEEDS_PROC,))
    return Race(
        title=title,
        how=how,
        contenders=(
            Contender(ours, web.originate),
            Contender(bare, web.constant),
            Contender(reading, web.parameters),
        ),
        goals=(
            _cheaper(ours, bare, 0.70),
            _cheaper(ours, reading, None),
            _cheaper(reading, bare, None),
            Goal(name="G1", words="requests a second", figure="requests/s", ours=ours, rival=bare),
            Goal(name="G1", words="p99, ms", figure="p99 ms", ours=ours, rival=bare),
        ),
    )


def _cheaper(ours: str, rival: str, at_least: float | None) -> Goal:
    return Goal(
        name="G1",
        words="requests a CPU second",
        figure="requests/CPU second",
        ours=ours,
        rival=rival,
        at_least=at_least,
    )


def stored() -> Race:
    """What the store costs while serving: G11."""
    ours, off = "pbxsim serve, records in SQLite", "pbxsim serve, records in memory"
    title = "The store while serving"
    how = f"originate, {web.CONNECTIONS} connections; each row counted in the database, 1 s later at most"
    if not _HAS_PROC:
        return Race(title=title, how=how, contenders=(), goals=(), unable=(_NEEDS_PROC,))
    return Race(
        title=title,
        how=how,
        contenders=(Contender(ours, web.originate), Contender(off, web.without_store)),
        goals=(
            Goal(
                name="G11",
                words="requests a CPU second",
                figure="requests/CPU second",
                ours=ours,
                rival=off,
                at_least=0.93,
            ),
            Goal(name="G11", words="requests a second", figure="requests/s", ours=ours, rival=off),
        ),
    )


def patience() -> Race:
    """How long one client waits at worst: G12."""
    ours, bare = "pbxsim serve, originate", "bare aiohttp, constant reply"
    title, how = "Latency on one connection", "originate with its CDR in SQLite; 99th percentile"
    if not _HAS_PROC:
        return Race(title=title, how=how, contenders=(), goals=(), unable=(_NEEDS_PROC,))
    return Race(
        title=title,
        how=how,
        contenders=(Contender(ours, web.one_at_a_time), Contender(bare, web.constant_one_at_a_time)),
        goals=(
            Goal(name="G12", words="p99, ms", figure="p99 ms", ours=ours, rival=bare, at_most=3.0),
            Goal(name="G12", words="median, ms", figure="p50 ms", ours=ours, rival=bare),
        ),
    )


def cold() -> Race:
    """The time to the first reply: G9."""
    ours, bare, peer = "pbxsim serve", "bare aiohttp", "mountebank"
    has_peer = servers.mountebank() is not None
    peers = (Contender(peer, cold_start.of_mountebank),) if has_peer else ()
    missing = () if has_peer else (f"against mountebank (wanted <= 0.9): no `{servers.MOUNTEBANK}` on PATH",)
    title, how = (
        "Cold start",
        "from the start of the process to the first 200; bytecode is cached; all on one processor",
    )
    if not _HAS_PROC:
        return Race(title=title, how=how, contenders=(), goals=(), unable=(_NEEDS_PROC,))
    return Race(
        title=title,
        how=how,
        contenders=(Contender(ours, cold_start.of_pbxsim), Contender(bare, cold_start.of_bare_aiohttp), *peers),
        goals=(
            _sooner(ours, bare, 1.10),
            *((_sooner(ours, peer, 0.90),) if has_peer else ()),
            Goal(name="G9", words="CPU time", figure="CPU ms", ours=ours, rival=bare),
        ),
        unable=missing,
        warms_up=True,
    )


def _sooner(ours: str, rival: str, at_most: float) -> Goal:
    return Goal(name="G9", words="time to first 200", figure="ms to first 200", ours=ours, rival=rival, at_most=at_most)
