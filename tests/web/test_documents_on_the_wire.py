"""Every request that the vendors' manuals print, as bytes on a socket: back comes what the vendor's package says.

What it should say is compared with the manuals in tests/vendors; here nothing may be lost or added on the way.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pbxsim.app import Installation, ServeSettings
from tests.vendors import golden

if TYPE_CHECKING:
    from pathlib import Path

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
