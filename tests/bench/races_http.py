"""The races over HTTP: servers as processes, a client on a processor of its own."""

from __future__ import annotations

from typing import Final

from tests.bench import cold_start, flood, looking, servers, telling, web
from tests.bench.first_view import missing as missing_for_first_view
from tests.bench.flood_load import KINDS
from tests.bench.goals import Goal, Race
from tests.bench.harness import Contender, in_child
from tests.bench.servers import HAS_PROC, NEEDS_PROC
from tests.bench.turns import MEASURED_SECONDS, Side, SideBySide

_BEFORE_INDEXES: Final = 2.5
"""Seconds of requests by which a store, two warm turns counted, has fewer than the 50,000 records that bring indexes:
they are made once, and what a store with them costs is asked in G13."""


def originate() -> Race:
    """A whole call for each request, beside bare aiohttp: G1."""
    ours, bare, reading = "pbxsim serve, originate", "bare aiohttp, constant reply", "bare aiohttp, 12 parameters read"
    title, how = (
        "VoIPSUN originate over HTTP",
        f"{web.CONNECTIONS} connections; 12 parameters; each request a whole call, its CDR in SQLite (WAL)",
    )
    if not HAS_PROC:
        return Race(title=title, how=how, contenders=(), goals=(), unable=(NEEDS_PROC,))
    return Race(
        title=title,
        how=how,
        contenders=_side_by_side(web.originate(ours), web.constant(bare), web.parameters(reading)),
        goals=(
            _cheaper(ours, bare, None),
            _cheaper(ours, reading, 0.50),
            _cheaper(reading, bare, None),
            Goal(name="G1", words="requests a second", figure="requests/s", ours=ours, rival=bare),
            Goal(name="G1", words="p99, ms", figure="p99 ms", ours=ours, rival=bare),
        ),
    )


def _side_by_side(
    *sides: Side, connections: int = web.CONNECTIONS, seconds: float = MEASURED_SECONDS
) -> tuple[Contender, ...]:
    return SideBySide(sides, connections, seconds=seconds).contenders


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
    how = f"originate, {web.CONNECTIONS} connections; each row counted in the database, 2 s later at most"
    if not HAS_PROC:
        return Race(title=title, how=how, contenders=(), goals=(), unable=(NEEDS_PROC,))
    return Race(
        title=title,
        how=how,
        contenders=_side_by_side(web.originate(ours), web.without_store(off), seconds=_BEFORE_INDEXES),
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
    if not HAS_PROC:
        return Race(title=title, how=how, contenders=(), goals=(), unable=(NEEDS_PROC,))
    return Race(
        title=title,
        how=how,
        contenders=_side_by_side(web.originate(ours), web.constant(bare), connections=1),
        goals=(
            Goal(name="G12", words="p99, ms", figure="p99 ms", ours=ours, rival=bare, at_most=3.0),
            Goal(name="G12", words="median, ms", figure="p50 ms", ours=ours, rival=bare),
        ),
    )


def receivers() -> Race:
    """What becomes of calls a second when whoever is told of them is ill: RECEIVERS."""
    title = "A customer's server that is ill"
    how = f"originate, {web.CONNECTIONS} connections; each call's record and Cdr event in SQLite, then to the receiver"
    if not HAS_PROC:
        return Race(title=title, how=how, contenders=(), goals=(), unable=(NEEDS_PROC,))
    well = "receiver that takes each"
    ill = {
        "receiver that hangs": "hangs",
        "receiver that answers 500": "refuses",
        "receiver that closes in mid-reply": "breaks",
        "receiver that takes 50 ms": "dawdles",
        "receiver that is down": telling.DOWN,
    }
    return Race(
        title=title,
        how=how,
        contenders=_side_by_side(
            telling.side(well, telling.TAKES), *(telling.side(name, conduct) for name, conduct in ill.items())
        ),
        goals=(*(_not_slower(name, well) for name in ill), *(_not_dearer(name, well) for name in ill)),
    )


def _not_slower(ill: str, well: str) -> Goal:
    return Goal(name="RECEIVERS", words="calls a second", figure="requests/s", ours=ill, rival=well, at_least=0.95)


def _not_dearer(ill: str, well: str) -> Goal:
    return Goal(
        name="RECEIVERS",
        words="calls a CPU second",
        figure="requests/CPU second",
        ours=ill,
        rival=well,
        at_least=0.98,
    )


def looked_at() -> Race:
    """What it costs the switch that a page shows it live: PAGE."""
    ours = "pbxsim, requests and their calls"
    return Race(
        title="A page that shows the PBX live",
        how="originate without HTTP, each a whole call, clock held; the page follows /_pbxsim/events over HTTP; "
        "beside a server that nobody ever looks at, in turns of milliseconds",
        contenders=(Contender(ours, in_child("looking", "figures")),),
        goals=(
            Goal(
                name="PAGE",
                words="calls a CPU second while a page is open, as a share",
                figure=looking.OPEN,
                ours=ours,
                at_least=0.90,
            ),
            Goal(
                name="PAGE",
                words="calls a CPU second when it is closed, as a share",
                figure=looking.CLOSED,
                ours=ours,
                at_least=0.98,
            ),
        ),
        most_rounds=3,
    )


def first_view() -> Race:
    """How long somebody waits for the page: FIRSTVIEW."""
    ours, bare = "pbxsim's page, telephones seen", "a page with one lamp, bare aiohttp"
    lacks = missing_for_first_view()
    contenders = (
        Contender(ours, in_child("first_view", "of_pbxsim")),
        Contender(bare, in_child("first_view", "of_bare_page")),
    )
    return Race(
        title="The live page's first view",
        how="documented; Chromium without a window, nothing cached; median of nine",
        contenders=() if lacks else contenders,
        goals=()
        if lacks
        else (
            Goal(name="FIRSTVIEW", words="ms until seen", figure="ms seen", ours=ours, at_most=200),
            Goal(name="FIRSTVIEW", words="ms until seen", figure="ms seen", ours=bare),
            Goal(name="FIRSTVIEW", words="ms until seen", figure="ms seen", ours=ours, rival=bare),
        ),
        most_rounds=3,
        unable=(f"all of it: {lacks}",) if lacks else (),
    )


def flooded() -> Race:
    """How long a PBX's client waits while another PBX of the same server is flooded: FLOOD."""
    title = "A flood for another PBX of the same server"
    how = "one client asks for sipstatus, 5 ms apart; eight connections flood the other PBX; both with a store"
    if not HAS_PROC:
        return Race(title=title, how=how, contenders=(), goals=(), unable=(NEEDS_PROC,))
    names = {kind: f"beside a flood of {kind}" for kind in KINDS}
    contenders = (
        Contender(flood.ALONE, in_child("flood", "figures", kind=flood.ALONE)),
        *(Contender(name, in_child("flood", "figures", kind=kind)) for kind, name in names.items()),
    )
    goals = [
        Goal(name="FLOOD", words=words, figure=figure, ours=name, rival=flood.ALONE, at_most=most)
        for name in names.values()
        for words, figure, most in (("median wait", "p50 ms", 2.0), ("p99 of the wait", "p99 ms", 5.0))
    ]
    return Race(title=title, how=how, contenders=contenders, goals=tuple(goals))


def cold() -> Race:
    """The time to the first reply: G9."""
    ours, bare, peer = "pbxsim serve", "bare aiohttp", "mountebank"
    has_peer = servers.mountebank() is not None
    peers = (Contender(peer, cold_start.of_mountebank),) if has_peer else ()
    missing = () if has_peer else ("against mountebank (wanted <= 0.9): neither by `make rivals` nor on PATH",)
    title, how = (
        "Cold start",
        "from the start of the process to the first 200; bytecode is cached; all on one processor",
    )
    if not HAS_PROC:
        return Race(title=title, how=how, contenders=(), goals=(), unable=(NEEDS_PROC,))
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
