"""What a test waits for with what others have: pytest-httpserver, moto's server, WireMock. See workbench.py for ours.

Each does its own: forgets a thousand requests or objects that it was given, and has one answer set up again; a worker
of a test run who must not see the others gets a server of its own, for none of them serves several apart. The Python
ones run here, in the environment of rivals.py, each with what its own tests use: a server in a thread.
"""

from __future__ import annotations

import json
import logging
import time
from http.client import HTTPConnection
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from tests.bench.harness import WrongResult, expect, settle_gc
from tests.bench.rivals import wiremock_command
from tests.bench.servers import Kind, running

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.harness import Figures

_TURNS: Final = 30
_RESETS: Final = 7
_WIREMOCK_TURNS: Final = 3  # each starts a Java
_STUB: Final = {"request": {"method": "GET", "urlPath": "/pbx"}, "response": {"status": 200, "body": "ok"}}


logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line on the terminal for each request would be most of it


def httpserver(kept: int) -> Figures:
    """Measure pytest-httpserver: `clear`, as its fixture does before each test, and one answer."""
    from pytest_httpserver import HTTPServer  # type: ignore[import-not-found] # in the rivals' environment

    def begun() -> Any:  # noqa: ANN401 - a class of a package that is not here
        server = HTTPServer(port=0)
        server.start()
        return server

    def prepare() -> None:
        server.clear()
        server.expect_request("/pbx").respond_with_data("ok")

    server = begun()
    settle_gc()
    found = _figures(prepare, lambda: _ask("GET", server.port, "/pbx", b"ok", kept), server.clear)
    return found | _more(server, begun)


def moto(kept: int) -> Figures:
    """Measure moto's server: the reset of all that it holds, and one queue; in it are objects in a bucket."""
    from moto.server import ThreadedMotoServer  # type: ignore[import-not-found] # in the rivals' environment

    def begun() -> Any:  # noqa: ANN401 - a class of a package that is not here
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        return server

    server = begun()
    _, port = server.get_host_and_port()

    def forget() -> None:
        _ask("POST", port, "/moto-api/reset", b'{"status": "ok"}', 1)

    def prepare() -> None:
        forget()
        _ask("PUT", port, "/pbx", None, 1)

    def fill() -> None:
        for number in range(kept):
            _ask("PUT", port, f"/pbx/{number}", None, 1)

    settle_gc()
    return _figures(prepare, fill, forget) | _more(server, begun)


def _more(server: Any, begun: Callable[[], Any]) -> Figures:  # noqa: ANN401 - as above
    """Measure how long one more server takes, and end them all."""
    servers = [server]
    waits = [_milliseconds(lambda: servers.append(begun())) for _ in range(_TURNS)]
    for each in servers:
        each.stop()
    return {"ms for one more": median(waits)}


def wiremock(kept: int) -> Figures:
    """Measure WireMock: its reset, and one stub; one more for a worker is a process more."""
    command = wiremock_command()
    assert command is not None, "the race asks only where it is installed"
    kind = Kind(command, "/__admin/mappings")
    with running(kind) as server:
        port = server.port

        def forget() -> None:
            _ask("POST", port, "/__admin/reset", b"", 1)

        def prepare() -> None:
            forget()
            _ask("POST", port, "/__admin/mappings", None, 1, json.dumps(_STUB).encode())

        found = _figures(prepare, lambda: _ask("GET", port, "/pbx", b"ok", kept), forget)
    found["ms for one more"] = median(_start_milliseconds(kind) for _ in range(_WIREMOCK_TURNS))
    return found


def _figures(prepare: Callable[[], None], fill: Callable[[], None], forget: Callable[[], None]) -> Figures:
    """Measure what comes before a test, and forgetting what was kept."""
    prepare()
    readies = [_milliseconds(prepare) for _ in range(_TURNS)]
    resets = []
    for _ in range(_RESETS):
        prepare()
        fill()
        resets.append(_milliseconds(forget))
    return {"ms ready": median(readies), "ms reset": median(resets), "least ms reset": min(resets)}


def _start_milliseconds(kind: Kind) -> float:
    with running(kind) as server:
        return server.start_seconds * 1000


def _ask(method: str, port: int, path: str, wanted: bytes | None, times: int, body: bytes = b"") -> None:
    """Ask over one connection, and see that each answer is good."""
    connection = HTTPConnection("127.0.0.1", port)
    headers = {"Content-Type": "application/json"} if body else {}
    for _ in range(times):
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise WrongResult(f"{method} {path}: {answer.status} {said[:200]!r}")
        if wanted is not None:
            expect(f"{method} {path}", said, wanted)
    connection.close()


def _milliseconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000
