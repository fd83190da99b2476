"""Telephones for the calls of the bench, in a process of their own: they ring, answer at once, and speak.

python -m tests.bench.sip_telephones PORT PORT: each port is that of a telephone, one more that of all their sound. At
the end of its input it tells how many packets they sent, and how many came.
"""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT: Final = re.compile(rb"(?im)^(?:via|from|call-id|cseq)\s*:.*\r\n")
_TO: Final = re.compile(rb"(?im)^to\s*:[^\r]*")
_CALL_ID: Final = re.compile(rb"(?im)^call-id\s*:\s*([^\r]*)")
_AUDIO: Final = re.compile(rb"m=audio (\d+)")
_PACKET: Final = 0.02
_ANSWERED_AGAIN: Final = 25  # packets between an answer and its repetition
_SOUND: Final = bytes([0xD5]) * 160


class Telephones:
    """All of them: each message is answered by the socket that it came to.

    `sent` and `came` count packets of sound."""

    def __init__(self, sound: socket.socket) -> None:
        self.sent = 0
        self.came = 0
        self._sound = sound
        self._offers: dict[bytes, int] = {}
        self._unacknowledged: dict[bytes, Callable[[], object]] = {}
        self._talk: dict[bytes, int] = {}

    def took(self, data: bytes, reply: Callable[[bytes], object]) -> None:
        """Do what a message asks for."""
        call = next(iter(_CALL_ID.findall(data)), b"")
        if data.startswith(b"INVITE"):
            if call not in self._offers:  # told in a call that goes on, it would be rung in the other one's ear
                reply(_reply(data, b"180 Ringing"))
            self._offers[call] = int(_AUDIO.findall(data)[0])
            self._unacknowledged[call] = partial(reply, _reply(data, b"200 OK", self._description()))
            self._unacknowledged[call]()
        elif data.startswith(b"ACK") and call in self._unacknowledged:
            del self._unacknowledged[call]
            self._talk[call] = self._offers[call]
        elif data.startswith(b"BYE"):
            self._talk.pop(call, None)
            reply(_reply(data, b"200 OK"))

    def _description(self) -> bytes:
        port = self._sound.getsockname()[1]
        return (
            b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            b"m=audio %d RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n" % port
        )

    def speak(self, number: int) -> None:
        """Send a packet of each that talks."""
        packet = b"\x80\x08" + (number % 65_536).to_bytes(2, "big") + (160 * number % 2**32).to_bytes(4, "big")
        packet += b"SIP!" + _SOUND
        for port in self._talk.values():
            with suppress(OSError):
                self._sound.sendto(packet, ("127.0.0.1", port))
                self.sent += 1

    def answer_again(self) -> None:
        """Send answers that were not acknowledged again (RFC 3261, 13.3.1.4)."""
        for answer in self._unacknowledged.values():
            answer()

    def hears(self) -> None:
        """Count what came."""
        with suppress(BlockingIOError):
            while True:
                self._sound.recv(2_048)
                self.came += 1


def _reply(request: bytes, status: bytes, body: bytes = b"") -> bytes:
    to: bytes = _TO.findall(request)[0]
    head = b"SIP/2.0 " + status + b"\r\n" + b"".join(_KEPT.findall(request)) + to
    head += b"" if b"tag=" in to else b";tag=bench"
    kind = b"Content-Type: application/sdp\r\n" if body else b""
    return head + b"\r\nContact: <sip:bench@127.0.0.1>\r\n" + kind + b"Content-Length: %d\r\n\r\n" % len(body) + body


class _Telephone(asyncio.DatagramProtocol):
    """One of them, with a port of its own."""

    def __init__(self, telephones: Telephones) -> None:
        self._telephones = telephones
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """Take a message."""
        self._telephones.took(data, lambda reply: self._transport.sendto(reply, address))


async def _answer(ports: list[int]) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sound:
        sound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        sound.setblocking(False)
        sound.bind(("127.0.0.1", 0))
        telephones = Telephones(sound)
        for port in ports:
            await loop.create_datagram_endpoint(lambda: _Telephone(telephones), local_addr=("127.0.0.1", port))
        loop.add_reader(sound, telephones.hears)
        over = loop.run_in_executor(None, sys.stdin.read)
        print("ready", flush=True)
        begun, number = loop.time(), 0
        while not over.done():
            telephones.speak(number)
            number += 1
            if number % _ANSWERED_AGAIN == 0:
                telephones.answer_again()
            await asyncio.sleep(begun + number * _PACKET - loop.time())
        telephones.hears()
        print(telephones.sent, telephones.came, flush=True)


if __name__ == "__main__":
    asyncio.run(_answer([int(port) for port in sys.argv[1:]]))
