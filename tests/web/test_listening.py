"""The listening socket: few descriptors, TLS that is never spoken, and what cannot be accepted."""

from __future__ import annotations

import asyncio
import errno
import logging
import shutil
import socket
import ssl
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from pbxsim.web.connection_limits import ConnectionLimits
from pbxsim.web.tls import self_signed
from tests.web.town import running

if TYPE_CHECKING:
    from pathlib import Path

DESCRIPTORS = 96


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("sh") is None, reason="a shell sets the limit of descriptors, and there is none")
def test_silent_connections_up_to_the_limit_of_descriptors_end_no_service(tmp_path: Path) -> None:
    arguments = f"{sys.executable} -m pbxsim serve --port 0 --db :memory: --clock paused"
    log = tmp_path / "log"
    with (
        log.open("wb") as stderr,
        subprocess.Popen(
            ["sh", "-c", f"ulimit -n {DESCRIPTORS} && exec {arguments}"], stdout=subprocess.PIPE, stderr=stderr
        ) as server,
        ExitStack() as silent,
    ):
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1].decode()
        port = int(url.rpartition(":")[2])
        try:
            for number in range(4 * DESCRIPTORS):
                silent.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
                if not number % DESCRIPTORS:
                    _is_served(url)
            _is_served(url)
        finally:
            server.terminate()
        assert server.wait(timeout=30) == 0
    lines = log.read_text().splitlines()
    assert "WARNING pbxsim: 48 connections are open: closed the one that had waited longest" in lines
    assert len(lines) <= 4  # of some 400 that had to go, and as many that could not be accepted at once


def _is_served(url: str) -> None:
    for path in ("/livez", "/_pbxsim/cdrs"):
        with urllib.request.urlopen(url + path, timeout=10) as reply:
            assert reply.status == 200


def _contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Give a server's context and a client's that believes anybody."""
    believing = ssl.create_default_context()
    believing.check_hostname, believing.verify_mode = False, ssl.CERT_NONE
    return self_signed(folder, ["localhost"], 1_800_000_000_000_000), believing


async def _asked_over_tls(port: int, context: ssl.SSLContext) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    writer.write(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answered = await reader.read()
    writer.close()
    return answered


async def test_who_never_shakes_hands_is_counted_and_has_to_go_as_others_do(tmp_path: Path) -> None:
    context, believing = _contexts(tmp_path)
    async with running(limits=ConnectionLimits(at_once=2), tls=context) as town:
        mute = [await asyncio.open_connection("127.0.0.1", town.server.port) for _ in range(4)]
        assert b"200 OK" in await _asked_over_tls(town.server.port, believing)
        for reader, writer in mute[:3]:
            assert await reader.read() == b""
            writer.close()
        mute[3][1].close()


@pytest.mark.slow
async def test_who_never_shakes_hands_is_cut_off(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    context, believing = _contexts(tmp_path)
    async with running(limits=ConnectionLimits(first_byte=0.1), tls=context) as town:
        async with town.connection() as (reader, _):
            assert await reader.read() == b""
        assert b"200 OK" in await _asked_over_tls(town.server.port, believing)
        assert town.hosts.connections.cut["first_byte"] == 1
    assert caplog.records == []


async def test_where_there_is_no_room_nobody_shakes_hands(tmp_path: Path) -> None:
    context, believing = _contexts(tmp_path)
    async with running(limits=ConnectionLimits(at_once=0), tls=context) as town:
        with pytest.raises(ConnectionError):
            await _asked_over_tls(town.server.port, believing)


async def test_what_cannot_be_accepted_is_a_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    loop, before = asyncio.get_running_loop(), list[str]()
    loop.set_exception_handler(lambda _, context: before.append(context["message"]))
    refused = {
        "message": "socket.accept() out of system resource",
        "exception": OSError(errno.EMFILE, "Too many open files"),
    }
    async with running():
        for _ in range(1_000):
            loop.call_exception_handler(refused)
        loop.call_exception_handler({"message": "something else"})
    assert caplog.record_tuples == [
        ("pbxsim", logging.WARNING, "a connection could not be accepted: [Errno 24] Too many open files")
    ]
    assert before == ["something else"]
    loop.call_exception_handler(refused)
    assert before == ["something else", "socket.accept() out of system resource"]


async def test_what_else_goes_wrong_in_the_loop_is_told_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    async with running():
        asyncio.get_running_loop().call_exception_handler({"message": "something else"})
    assert caplog.record_tuples == [("asyncio", logging.ERROR, "something else")]
