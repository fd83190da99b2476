"""Log lines, for people and for machines."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import ssl
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.driver import wall_clock
from pbxsim.hosting.secret_values import SecretValues
from pbxsim.web import logs
from pbxsim.web.tls import self_signed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Put the root logger back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level


def written() -> None:
    """Wait for all lines."""
    for handler in logging.getLogger().handlers:
        handler.flush()


def test_text_is_one_line_of_words() -> None:
    stream = io.StringIO()
    logs.set_up("text", stream)
    logging.getLogger("pbxsim").warning("a %s", "word")
    written()
    assert stream.getvalue() == "WARNING pbxsim: a word\n"


def test_json_is_one_object_a_line() -> None:
    stream = io.StringIO()
    logs.set_up("json", stream)
    try:
        raise RuntimeError("it\nbroke \ud800")
    except RuntimeError:
        logging.getLogger("pbxsim").exception("two\nlines")
    logging.getLogger("pbxsim").info("quiet")
    written()
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (first["level"], first["logger"], first["message"]) == ("error", "pbxsim", "two\nlines")
    assert first["traceback"].endswith("RuntimeError: it\nbroke ?")
    assert list(second) == ["time", "level", "logger", "message"]


@pytest.mark.parametrize("is_over_tls", [False, True])
async def test_what_is_written_to_whoever_has_gone_makes_no_line_each(is_over_tls: bool, tmp_path: Path) -> None:
    stream = io.StringIO()
    logs.set_up("text", stream)
    context = self_signed(tmp_path, ["127.0.0.1"], wall_clock()) if is_over_tls else None
    trusting = None if context is None else ssl.create_default_context(cafile=tmp_path / "cert.pem")
    if trusting is not None:
        trusting.verify_flags &= ~ssl.VERIFY_X509_STRICT
    async with await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
        writer.transport.abort()
        for _ in range(10):
            writer.transport.write(b"nobody reads this")
    logging.getLogger("asyncio").warning("something else")
    written()
    assert stream.getvalue() == "WARNING asyncio: something else\n"


def test_no_line_has_a_secret_that_the_server_knows() -> None:
    stream = io.StringIO()
    logs.set_up("json", stream)
    with logs.without(SecretValues(['hu"sh-hush', "t0k3n-of-hers"])):
        try:
            raise RuntimeError("it broke over t0k3n-of-hers")
        except RuntimeError:
            logging.getLogger("x").exception('said hu"sh-hush')
    logging.getLogger("x").warning("t0k3n-of-hers")
    written()
    told, after = stream.getvalue().splitlines()
    assert json.loads(told)["message"] == "said ***"
    assert "t0k3n" not in told
    assert "it broke over ***" in told
    assert "t0k3n-of-hers" in after


@pytest.mark.slow
def test_nobody_who_logs_waits_for_whoever_reads() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "r") as reader, os.fdopen(writing, "w") as writer:
        logs.set_up("text", writer)
        log = logging.getLogger("pbxsim")
        for number in range(11_000):
            log.info("%d: %s", number, "x" * 100)
        (handler,) = logging.getLogger().handlers
        assert isinstance(handler, logs.UnhinderedHandler)
        assert 0 < handler.left_out < 1_000
        told = [int(reader.readline().split(": ")[1]) for _ in range(11_000 - handler.left_out)]
        assert told[:10_000] == list(range(10_000))  # of those behind some may have found room
        assert told == sorted(set(told))
        written()


def test_a_stream_that_is_gone_stops_nobody() -> None:
    stream = io.StringIO()
    logs.set_up("text", stream)
    stream.close()
    logging.getLogger("pbxsim").info("unheard")
    written()
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logs.UnhinderedHandler)
    assert handler.left_out == 1
