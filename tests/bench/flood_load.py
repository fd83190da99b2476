"""A flood: `python -m tests.bench.flood_load PORT KIND` keeps eight connections busy until it is ended.

It looks at no reply but to see where it ends: what is measured is somebody else's patience.
"""

from __future__ import annotations

import asyncio
import re
import sys
from typing import Final

from tests.bench.harness import CLIENT_CPU, pin

CONNECTIONS: Final = 8
_CREDENTIAL: Final = "username=flood&password=secretpwd"
_ORIGINATE: Final = f"/api/api.php?{_CREDENTIAL}&action=originate&srcExtenInternalNum=100&dstNum=990100001"
_QUERY: Final = "&".join(f"parameter{index}={index}" for index in range(1_000))[:7_000]
_FORM: Final = f"{_CREDENTIAL}&action=queuestatus&queueName=".ljust(1_000_000, "a")
_LENGTH: Final = re.compile(rb"\r\nContent-Length: (\d+)")

KINDS: Final[dict[str, str]] = {
    "originates": f"GET {_ORIGINATE} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "7 kB queries": f"GET /api/api.php?{_CREDENTIAL}&action=agents&{_QUERY} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "1 MB forms": "POST /api/api.php HTTP/1.1\r\nHost: localhost\r\n"
    f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(_FORM)}\r\n\r\n{_FORM}",
}


async def _flood(port: int, request: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while True:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert length is not None, head
        await reader.readexactly(int(length[1]))


async def _main(port: int, kind: str) -> None:
    request = KINDS[kind].encode()
    await asyncio.gather(*(_flood(port, request) for _ in range(CONNECTIONS)))


if __name__ == "__main__":
    pin(CLIENT_CPU)
    asyncio.run(_main(int(sys.argv[1]), sys.argv[2]))
