"""A flood of SIP: `python -m tests.bench.sip_flood_load PORT PER_SECOND` sends REGISTER and INVITE until it is ended.

All of it comes from one address. It reads no answer: what is measured is somebody else's patience. 0 a second: as many
as it can.
"""

from __future__ import annotations

import socket
import sys
import time
from contextlib import suppress
from typing import Final

from tests.bench.harness import CLIENT_CPU, pin

FROM: Final = "127.0.0.3"
_AT_ONCE: Final = 64
_TEXT: Final = (
    "{method} sip:101@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.3:5060;branch=z9hG4bK{number};rport\r\n"
    "Max-Forwards: 70\r\nFrom: <sip:sip100@127.0.0.1>;tag=flood\r\nTo: <sip:{to}@127.0.0.1>\r\n"
    "Call-ID: flood-{number}\r\nCSeq: 1 {method}\r\nContact: <sip:sip100@127.0.0.3:5060>\r\nContent-Length: 0\r\n\r\n"
)


def message(number: int) -> bytes:
    """Write the message of that number: every other one is an INVITE."""
    method, to = (("REGISTER", "sip100"), ("INVITE", "101"))[number % 2]
    return _TEXT.format(method=method, number=number, to=to).encode()


def flood(port: int, per_second: int) -> None:
    """Send until the process is ended; what was missed is made up for, a few at a time. Port 0: nobody reads it."""
    udp = socket.AF_INET, socket.SOCK_DGRAM
    with socket.socket(*udp) as sending, socket.socket(*udp) as nobody:
        nobody.bind(("127.0.0.1", 0))
        sending.bind((FROM, 0))
        sending.connect(("127.0.0.1", port or nobody.getsockname()[1]))
        sending.setblocking(False)
        begun, sent = time.perf_counter(), 0
        while True:
            due = sent + _AT_ONCE if not per_second else int((time.perf_counter() - begun) * per_second)
            for number in range(sent, min(due, sent + _AT_ONCE)):
                with suppress(OSError):
                    sending.send(message(number))
            sent = max(sent, due)
            if per_second:
                time.sleep(0.0005)


if __name__ == "__main__":
    pin(CLIENT_CPU)
    flood(int(sys.argv[1]), int(sys.argv[2]))
