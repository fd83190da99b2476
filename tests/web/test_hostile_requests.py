"""One request of a stranger, without a credential, that could stop the whole server: answered, and others meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import process_time
from typing import TYPE_CHECKING, Final, TypeVar

import pytest

from pbxsim.config.load import read
from pbxsim.hosting.assemble import FileAssembly
from tests.growth import LONGEST_CPU
from tests.web.town import ACME, running

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tests.web.town import Town

_Reply = TypeVar("_Reply")

ONE_PART: Final = b"--b\r\nContent-Disposition: form-data" + b";a" * 500_000 + b"\r\n\r\nv\r\n--b--"
SHORT_NAMES: Final = "&".join(f"{number:x}" for number in range(160_000)).encode()
LONG_PARTS: Final = (b"--b\r\nContent-Disposition: form-data" + b';a="\\""' * 1_000 + b"\r\n\r\nv\r\n") * 126
FORM: Final = "application/x-www-form-urlencoded"
LONG_HEADERS: Final = b"".join(b"X-%d: " % number + b"a" * 8_000 + b"\r\n" for number in range(7))
LONGEST_WAIT: Final = 0.1
"""Seconds of CPU, server and clients together: on an idle machine, of waiting. What others do here is not counted."""


async def asked_meanwhile(town: Town, asked: Coroutine[None, None, _Reply]) -> tuple[_Reply, float]:
    """Have something answered, and ask all the time whether the server is alive; give how long that took at most."""
    longest, answer = 0.0, asyncio.ensure_future(asked)
    while not answer.done():
        begun = process_time()
        assert (await town.get("/livez")).status == 200
        longest = max(longest, process_time() - begun)
    return answer.result(), longest


def posted(content_type: str, body: bytes, query: str = "") -> bytes:
    """Spell a POST to the town's vendor."""
    head = (
        f"POST /acme/api?{query} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {content_type}\r\n"
    )
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(posted("multipart/form-data; boundary=b", ONE_PART), id="a part's header of a megabyte"),
        pytest.param(posted(FORM, SHORT_NAMES), id="a megabyte of short names"),
        pytest.param(posted(FORM, b"", SHORT_NAMES[:7_000].decode()), id="a query of short names"),
        pytest.param(posted(FORM, b"a=" + b"%C5%BE" * 170_000), id="a megabyte of escapes"),
        pytest.param(posted(FORM, b"a=" + b"%" * 1_000_000), id="a megabyte of stray percent signs"),
        pytest.param(posted("multipart/form-data; boundary=b", LONG_PARTS), id="parts with long headers"),
    ],
)
async def test_a_form_that_is_meant_to_be_slow_is_refused_at_once(town: Town, request_: bytes) -> None:
    begun = process_time()
    refused, others_waited = await asked_meanwhile(town, town.raw(request_))
    assert process_time() - begun < LONGEST_CPU
    assert refused.startswith(b"HTTP/1.1 401 ")
    assert others_waited < LONGEST_WAIT


@pytest.mark.parametrize("path", [b"/x", b"/acme/api"])
async def test_headers_that_are_all_one_word_can_be_shown(town: Town, path: bytes) -> None:
    await town.raw(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + LONG_HEADERS + b"\r\n")
    begun = process_time()
    shown, others_waited = await asked_meanwhile(town, town.get("/_pbxsim/requests"))
    assert process_time() - begun < LONGEST_CPU
    assert others_waited < LONGEST_WAIT
    assert [request["path"] for request in shown.json] == [path.decode()]


async def test_a_megabyte_of_headers_is_not_even_read(town: Town) -> None:
    begun = process_time()
    with suppress(ConnectionError):  # closed while we were still sending
        refused = await town.raw(b"GET /x HTTP/1.1\r\nHost: localhost\r\n" + LONG_HEADERS * 17 + b"\r\n")
        assert b" 4" in refused.partition(b"\r\n")[0]
    shown, others_waited = await asked_meanwhile(town, town.get("/_pbxsim/requests"))
    assert process_time() - begun < LONGEST_CPU
    assert others_waited < LONGEST_WAIT
    assert len(shown.body) < 100_000


async def test_what_was_not_read_is_told_in_the_request_log(town: Town) -> None:
    await town.raw(posted(FORM, SHORT_NAMES))
    record = next(town.host.requests.records())
    assert len(record.request.params) <= 1_000
    assert len(record.hints) == 10


NARROW: Final = """
name: {name}
limits: {{request: {{parameters: {parameters}, headers: {headers}, header_line: 1024}}}}
vendors: {{acme: {{secret: {secret}}}}}
"""


def narrow(name: str, secret: str, parameters: int, headers: int) -> FileAssembly:
    """Say how a PBX begins that reads little."""
    text = NARROW.format(name=name, secret=secret, parameters=parameters, headers=headers)
    return FileAssembly(read(text, f"{name}.yaml", {"acme": ACME}))


async def test_each_pbx_reads_as_many_parameters_as_its_file_says() -> None:
    async with running(narrow("one", "s1", 3, 40), narrow("two", "s2", 4, 40)) as town:
        for secret in ("s1", "s2"):
            await town.get(f"/acme/api?do=echo&secret={secret}&a=1&b=2&c=3")
        seen = [next(host.requests.records()).request for host in town.hosts]
    assert [list(request.params) for request in seen] == [["do", "secret", "a"], ["do", "secret", "a", "b"]]
    assert seen[0].reading_hints == ("more than 3 parameters: those behind were not read",)


async def test_more_or_longer_headers_than_a_pbx_allows_are_refused_in_one_line() -> None:
    async with running(narrow("one", "s1", 3, 40)) as town:
        for sent in (b"X: y\r\n" * 60, b"X: " + b"y" * 2_000 + b"\r\n"):
            refused = await town.raw(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n" + sent + b"\r\n")
            assert b" 400 Bad Request" in refused.partition(b"\r\n")[0]
            assert len(refused) < 400
        assert (await town.get("/livez")).status == 200
