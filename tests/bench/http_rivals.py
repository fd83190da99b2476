"""The servers that others test against, each with one constant reply over HTTP, beside a whole stored call of ours: G3.

moto's server has no constant: it lists its buckets, of which there are none. WireMock runs in a Java that compiles what
is used much, so it is asked for half a minute before anything counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Final

from pbxsim.sinks.capacity import REQUEST_ENTRIES
from tests.bench import rivals, servers, web
from tests.bench.goals import Goal, Race
from tests.bench.harness import ROOT, WrongResult
from tests.bench.servers import Kind
from tests.bench.turns import REPLY, Side, SideBySide, as_it_is

if TYPE_CHECKING:
    from tests.bench.servers import Server

_OURS: Final = "pbxsim serve, originate, stored"
_BARE: Final = "bare aiohttp"
"""It is there with no rival installed: asked without a pause, one line of ours had more calls than a line can have."""

_WARM_SECONDS: Final = 30
_STUB: Final = {
    "request": {"method": "GET", "urlPath": web.SHORT},
    "response": {"status": 200, "body": REPLY, "headers": {"Content-Type": "application/json"}},
}
_WIREMOCKS: Final = {
    "WireMock, warm": ("--max-request-journal-entries", str(REQUEST_ENTRIES)),
    "WireMock, warm, no journal": ("--no-request-journal",),
}
"""By name, with which options it is started: with its journal of requests, as it comes and as ours, and without.

It keeps as many of them as we do by default: without a limit it grows until it has no memory left.
"""
_NO_BUCKETS: Final = (
    '<?xml version="1.0" encoding="utf-8"?>\n<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    "<Buckets/><Owner><DisplayName>webfile</DisplayName><ID>bcaf1ffd86f41161ca5fb16fd081034f</ID></Owner>"
    "</ListAllMyBucketsResult>"
)


def race() -> Race:
    """What a whole call of ours costs, stored, beside what they take to say always the same."""
    title = "A whole stored call, and rivals' constant replies"
    how = (
        f"{web.CONNECTIONS} connections; CPU of the process, threads that ended included; every reply checked, every"
        f" record counted; WireMock, with as long a journal as ours and without one, asked for {_WARM_SECONDS} s before"
    )
    if not servers.HAS_PROC:
        return Race(title=title, how=how, contenders=(), goals=(), unable=(servers.NEEDS_PROC,))
    found, missing = _sides()
    ours, bare = web.originate(_OURS), web.constant(_BARE)
    return Race(
        title=title,
        how=how,
        contenders=SideBySide((ours, bare, *found), web.CONNECTIONS, counts_ended=True).contenders,
        goals=(
            *(_cheaper(side.name) for side in found),
            Goal(name="G3", words="CPU us", figure="CPU us/request", ours=_OURS),
            *(Goal(name="G3", words="CPU us", figure="CPU us/request", ours=side.name) for side in (bare, *found)),
        ),
        unable=tuple(f"against {name}, which `make rivals` could not install" for name in missing),
    )


def _cheaper(rival: str) -> Goal:
    return Goal(name="G3", words="CPU", figure="CPU us/request", ours=_OURS, rival=rival, at_most=1.0)


def _sides() -> tuple[list[Side], list[str]]:
    """Give those that are here, and name the others."""
    wiremock, prism, python = rivals.wiremock_command(), rivals.prism_command(), str(rivals.PYTHON)
    kinds: dict[str, Kind | None] = {
        "mountebank": servers.mountebank(),
        "prism": None if prism is None else Kind(prism, web.SHORT),
        "pytest-httpserver": _of(python, "pytest_httpserver", "tests/bench/rival_httpserver.py", "{port}"),
    }
    found = [Side(name, as_it_is(kind), web.SHORT) for name, kind in kinds.items() if kind is not None]
    moto = _of(python, "moto.server", "-m", "moto.server", "-H", "127.0.0.1", "-p", "{port}", path="/")
    if moto is not None:
        found.append(Side("moto's server", as_it_is(moto), "/", body=_NO_BUCKETS))
    if wiremock is not None:
        for name, options in _WIREMOCKS.items():
            kind = Kind((*wiremock, *options), "/__admin/mappings")
            found.append(Side(name, as_it_is(kind), web.SHORT, await_ready=_warmed))
    here = {side.name for side in found}
    return found, [name for name in (*kinds, "moto's server", *_WIREMOCKS) if name not in here]


def _of(python: str, package: str, *command: str, path: str = web.SHORT) -> Kind | None:
    return Kind((python, *command), path) if rivals.has_package(package) else None


def _warmed(server: Server) -> None:
    """Give WireMock its stub, and ask for it until its Java has compiled what there is to compile."""
    connection = HTTPConnection("127.0.0.1", server.port)
    connection.request("POST", "/__admin/mappings", json.dumps(_STUB).encode())
    if connection.getresponse().status != 201:
        raise WrongResult("WireMock takes no stub")
    connection.close()
    load = {
        "port": server.port,
        "target": web.SHORT,
        "body": REPLY,
        "connections": web.CONNECTIONS,
        "server": server.process,
    }
    asked = {"loads": [load], "warm_turns": _WARM_SECONDS, "turns": 1, "turn_seconds": 1.0}
    command = [sys.executable, "-m", "tests.bench.web_load", json.dumps(asked)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
