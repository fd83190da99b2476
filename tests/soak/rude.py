"""Clients that are ill: slow, broken, rude. What they get does not matter; that others do not notice does."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_PAUSE: Final = 0.05
_HEAD: Final = b"POST /api/api.php HTTP/1.1\r\nHost: 127.0.0.1\r\n"


async def rude_clients(port: int, done: asyncio.Event) -> int:
    """Have one after the other come until it is done; give how many came."""
    for number in count():
        if done.is_set():
            return number
        with suppress(OSError):
            await _WAYS[number % len(_WAYS)](port)
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), _PAUSE)
    raise AssertionError


async def _say(port: int, *parts: bytes, pause: float = 0, hears: bool = False, resets: bool = False) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await asyncio.sleep(pause)
    if hears:
        await reader.read(1000)
    if resets:
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.close()


async def _comes_and_goes(port: int) -> None:
    await _say(port)


async def _speaks_no_http(port: int) -> None:
    await _say(port, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", hears=True)


async def _stops_in_a_header(port: int) -> None:
    await _say(port, _HEAD + b"X-Half: of", pause=0.01)


async def _is_slow(port: int) -> None:
    text = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    await _say(port, *(text[at : at + 8] for at in range(0, len(text), 8)), pause=0.02, hears=True)


async def _stops_in_a_body(port: int) -> None:
    await _say(port, _HEAD + b"Content-Length: 1000\r\n\r\nusername=", pause=0.01)


async def _has_a_long_header(port: int) -> None:
    await _say(port, _HEAD + b"X-Long: " + b"a" * 9000 + b"\r\n\r\n", hears=True)


async def _has_a_long_body(port: int) -> None:
    await _say(port, _HEAD + b"Content-Length: 9000000\r\n\r\n" + b"a" * 60_000, hears=True)


async def _does_not_wait(port: int) -> None:
    await _say(port, b"GET /_pbxsim/journal?limit=100 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", pause=0.01, resets=True)


async def _lies_about_its_length(port: int) -> None:
    await _say(port, _HEAD + b"Content-Length: -1\r\n\r\n", hears=True)


_WAYS: Final[tuple[Callable[[int], Awaitable[None]], ...]] = (
    _comes_and_goes,
    _speaks_no_http,
    _stops_in_a_header,
    _is_slow,
    _stops_in_a_body,
    _has_a_long_header,
    _has_a_long_body,
    _does_not_wait,
    _lies_about_its_length,
)
