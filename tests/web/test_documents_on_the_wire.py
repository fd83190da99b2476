"""Every request that the vendors' manuals print, as bytes on a socket: back comes what the vendor's package says.

What it should say is compared with the manuals in tests/vendors; here nothing may be lost or added on the way.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING

import pytest

from pbxsim.app import Installation, ServeSettings
from pbxsim.kit.request import Request
from pbxsim.web.control.paging import PIECE
from tests.vendors import golden

if TYPE_CHECKING:
    from pathlib import Path

ASKED = Request("GET", "/api/api.php", "action=listcalls")
EXAMPLES = [(vendor, name) for vendor in ("voipsun", "vum", "simotel", "duocom") for name in golden.names(vendor)]


def installation(folder: Path) -> Installation:
    """Install the PBX `documented` with a held clock."""
    return Installation(ServeSettings(port=0, rate=0), folder)


async def exchanged(port: int, request: bytes) -> tuple[bytes, dict[bytes, bytes], bytes]:
    """Send bytes; give the status line, the headers and the body that come back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(10):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            status, *lines = head.split(b"\r\n")[:-2]
            headers = {name: value for name, _, value in (line.partition(b": ") for line in lines)}
            return status, headers, await reader.readexactly(int(headers[b"Content-Length"]))
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(("vendor", "name"), EXAMPLES)
async def test_a_printed_request_is_answered_on_the_wire_as_by_the_vendors_package(
    vendor: str, name: str, tmp_path: Path
) -> None:
    twin = installation(tmp_path / "twin").hosts.first().interfaces[vendor]
    said = twin.answer(golden.request(vendor, name))
    served = installation(tmp_path / "served")
    await served.server.start("127.0.0.1", 0)
    try:
        request = (golden.FIXTURES / vendor / f"{name}.request").read_bytes()
        status, headers, body = await exchanged(served.server.port, request)
    finally:
        await served.server.stop()
    assert status.split(b" ")[1] == str(said.status).encode()
    assert said.status != 200 or status == b"HTTP/1.1 200 OK"
    assert headers[b"Content-Type"] == said.content_type.encode()
    assert [headers[header.encode()] for header, _ in said.headers] == [value.encode() for _, value in said.headers]
    assert body == said.body


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
async def test_a_list_in_pieces_comes_with_the_headers_of_one_that_is_whole(
    method: str, version: bytes, tmp_path: Path
) -> None:
    served = installation(tmp_path)
    await served.server.start("127.0.0.1", 0)
    host, heads = served.hosts.first(), []
    try:
        for entries in (2, 2 * PIECE + 2):
            while len(host.journal) < entries:
                host.answer("voipsun", ASKED, ())
            request = b"%b /_pbxsim/journal?limit=%d HTTP/%b\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            reader, writer = await asyncio.open_connection("127.0.0.1", served.server.port)
            writer.write(request % (method.encode(), entries, version))
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
            writer.close()
            length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
            assert len(body) == (length if method == "GET" else 0)
            assert method == "HEAD" or len(json.loads(body)) == entries
            heads.append(re.sub(rb"(?<=[=: ])[0-9]+(?=[\r&>])|Date: .*", b"", head))
    finally:
        await served.server.stop()
    assert heads[0] == heads[1]
