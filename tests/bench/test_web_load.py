"""The load generator counts complete, correct replies, and stops at the first wrong one."""

from __future__ import annotations

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from tests.bench.harness import WrongResult
from tests.bench.servers import BENCH_PBX, Kind, Server, bare_aiohttp, pbxsim, running
from tests.bench.turns import REPLY
from tests.bench.web import ORIGINATE, STORED, await_store, check_stored
from tests.bench.web_load import Load

pytestmark = [
    pytest.mark.slow,  # nearly every one starts a server
    pytest.mark.skipif(
        not Path("/proc/self/schedstat").exists(), reason="a server's CPU time is read from Linux's /proc"
    ),
]


def _load(server: Server, target: str) -> Load:
    return Load(server.port, target, REPLY, connections=4, server=server.process, rests=True)


@pytest.mark.parametrize("kind", ["const", "params"])
def test_both_bare_servers_give_the_reply_of_an_originate(kind: str) -> None:
    with running(bare_aiohttp(kind)) as server, _load(server, ORIGINATE) as load:
        load.turn(0.02)
        load.begin()
        load.turn(0.1)
        figures = load.figures()
    assert figures["replies"] == load.replies > len(load.latencies) > 0
    assert figures["CPU us/request"] > 0
    assert figures["p50 ms"] <= figures["p99 ms"]


def test_behind_each_request_is_a_stored_record_with_its_order() -> None:
    with running(pbxsim(BENCH_PBX, *STORED)) as server:
        await_store(server)
        with _load(server, ORIGINATE) as load:
            load.turn(0.1)
        check_stored(server, {"replies": load.replies})
        with pytest.raises(WrongResult, match=r"^records: "):
            check_stored(server, {"replies": load.replies + 1})


def test_a_reply_that_is_not_200_breaks_the_measurement() -> None:
    with (
        running(bare_aiohttp("const")) as server,
        _load(server, "/elsewhere") as load,
        pytest.raises(WrongResult, match="404 Not Found"),
    ):
        load.turn(0.02)


def test_a_server_that_does_not_start_is_an_error_that_tells_what_it_said() -> None:
    speechless = Kind(command=(*bare_aiohttp("const").command[:2], "no port"), path="/")
    with pytest.raises(WrongResult, match=r"ended at once with 1[\s\S]*ValueError"), running(speechless):
        pass


_ANSWERS = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = sys.argv[2]

    def do_GET(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding" if sys.argv[2] == "HTTP/1.1" else "Connection", sys.argv[3])
        self.end_headers()
        body = b'{"success":"true"}'
        self.wfile.write(b"12\\r\\n%b\\r\\n0\\r\\n\\r\\n" % body if sys.argv[3] == "chunked" else body)

    def log_message(self, *_):
        pass

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.mark.parametrize(("protocol", "value"), [("HTTP/1.0", "close"), ("HTTP/1.1", "chunked")])
def test_a_reply_may_come_in_a_chunk_or_end_the_connection(protocol: str, value: str) -> None:
    kind = Kind((sys.executable, "-c", _ANSWERS.replace("{", "{{").replace("}", "}}"), "{port}", protocol, value), "/")
    with running(kind) as server:
        load = Load(server.port, "/", REPLY, connections=2, server=server.process, rests=True, counts_ended=True)
        with load:
            load.begin()
            load.turn(0.3)
            load.turn(0.3)
    assert load.replies == len(load.latencies) > 8


class _Asked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    targets: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.targets.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(REPLY)))
        self.end_headers()
        self.wfile.write(REPLY.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_each_request_has_an_order_of_its_own() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Asked) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            load = Load(server.server_port, "/?custom=order-{order}&last=1", REPLY, connections=2, server=os.getpid())
            with load:
                load.turn(0.1)
        finally:
            server.shutdown()
            thread.join()
    assert sorted(_Asked.targets) == sorted(f"/?custom=order-{order}&last=1" for order in range(1, load.replies + 1))
    assert load.replies > 8
