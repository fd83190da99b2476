"""Variants of a request, each changed in a place or two by a seeded stream: far faster than drawing anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote_from_bytes

from msgspec.structs import replace

from tests.fuzz.sent import Sent
from tests.fuzz.values import HEADERS, HOSTILE, METHODS, TYPES

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_STRAY: Final = b"\x00\r\n\t %&=?#;:\"'\\{}[]<>\xff\xc3\x7f09aZ/"
_FRAMING: Final = (
    b"Content-Length: 5\r\n", b"Content-Length: -1\r\n", b"Content-Length: 99999999999999999999\r\n",
    b"Content-Length: 1, 1\r\n",
    b"Content-Length: 2000000\r\n", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n",
    b"Transfer-Encoding: \x0bchunked\r\n", b"Expect: 100-continue\r\n", b"Connection: close\r\n",
    b"Connection: Upgrade\r\n",
    b"Upgrade: websocket\r\n", b"Upgrade: h2c\r\n", b": x\r\n", b"X\r\n", b" folded\r\n", b"X\x00: y\r\n",
    b"Host: a\r\n",
    b"X: " + b"y" * 9_000 + b"\r\n", b"A: b\r\n" * 150,
)  # fmt: skip
_LINES: Final = (b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.1 ", b"HTTP/11", b"", b"http/1.1", b"HTTP/1.9")
_TARGETS: Final = (
    b"*",
    b"http://evil.example/",
    b"http://[::1",
    b"//",
    b"?",
    b"",
    b"localhost:80",
    b"/\xe2\x98\x83",
    b"/#a?b",
)


def varied(sent: Sent, random: Random) -> Sent:
    """Change a request in one to three places; it stays one that ends where it says."""
    for _ in range(random.randint(1, 3)):
        sent = random.choice(_CHANGES)(sent, random)
    return sent


def broken(sent: Sent, random: Random) -> Sent:
    """Make bytes of a request that are perhaps none."""
    return Sent(raw=random.choice(_BREAKS)(sent.wire(), random))


# -- changes after which it still is HTTP ------------------------------------------------------------------------------


def _method(sent: Sent, random: Random) -> Sent:
    return replace(sent, method=random.choice(METHODS))


def _header(sent: Sent, random: Random) -> Sent:
    return replace(sent, headers=(*sent.headers, random.choice(HEADERS)))


def _no_header(sent: Sent, random: Random) -> Sent:
    gone = random.randrange(len(sent.headers) + 1)
    return replace(sent, headers=sent.headers[:gone] + sent.headers[gone + 1 :])


def _type(sent: Sent, random: Random) -> Sent:
    others = tuple(header for header in sent.headers if header[0] != b"Content-Type")
    return replace(sent, headers=(*others, (b"Content-Type", random.choice(TYPES))))


def _query(sent: Sent, random: Random) -> Sent:
    return replace(sent, query=_pairs_changed(sent.query, random))


def _body(sent: Sent, random: Random) -> Sent:
    if b"&" in sent.body or not sent.body:
        return replace(sent, body=_pairs_changed(sent.body, random))
    return replace(sent, body=bytes_changed(sent.body, random))


def _body_bytes(sent: Sent, random: Random) -> Sent:
    return replace(sent, body=bytes_changed(sent.body, random))


def _swapped(sent: Sent, _random: Random) -> Sent:
    """Exchange query and body, as a client does that mixes up GET and POST."""
    return replace(sent, query=quote_from_bytes(sent.body[:3_000], safe="&=%+").encode(), body=sent.query)


def _long(sent: Sent, random: Random) -> Sent:
    times = random.choice((2, 3, 10, 40)) if random.random() < 0.995 else 1_100_000 // (len(sent.body) + 1)
    return replace(sent, body=(sent.body + b"&") * times)


_CHANGES: Final[tuple[Callable[[Sent, Random], Sent], ...]] = (
    _query, _query, _query, _query, _body, _body, _body, _body_bytes, _method, _header, _no_header, _type,
    _swapped, _long,
)  # fmt: skip


def _pairs_changed(text: bytes, random: Random) -> bytes:
    pairs = text.split(b"&")
    at = random.randrange(len(pairs))
    name, _, value = pairs[at].partition(b"=")
    hostile = quote_from_bytes(random.choice(HOSTILE)).encode()
    pairs[at : at + 1] = random.choice(
        (
            [],
            [name + b"=" + hostile],
            [name + b"=" + hostile],
            [pairs[at], name + b"=" + hostile],
            [name + b"=" + value + hostile[:40]],
            [name],
            [b"=" + value],
            [hostile[:300] + b"=" + value],
            [name.swapcase() + b"=" + value],
            [name + b"[]=" + value],
            [pairs[at]] * 3,
            [name + b"=" + value[: len(value) // 2]],
        )
    )
    return b"&".join(pairs)


def bytes_changed(content: bytes, random: Random) -> bytes:
    """Change some bytes: cut, doubled, put in, exchanged, flipped."""
    changed = bytearray(content)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(changed) + 1)
        to = min(at + random.randint(1, 16), len(changed))
        kind = random.randrange(6)
        if kind == 0:
            del changed[at:to]
        elif kind == 1:
            changed[at:at] = changed[at:to] * 2
        elif kind == 2:
            changed[at:at] = random.choice(HOSTILE)[:200]
        elif kind == 3:
            changed[at:at] = bytes((random.choice(_STRAY),))
        elif kind == 4 and at < len(changed):
            changed[at] ^= 1 << random.randrange(8)
        else:
            del changed[at + 200 :]
    return bytes(changed)


# -- changes after which it may be anything ----------------------------------------------------------------------------


def _framing(wire: bytes, random: Random) -> bytes:
    line, end, rest = wire.partition(b"\r\n")
    return line + end + random.choice(_FRAMING) + rest


def _version(wire: bytes, random: Random) -> bytes:
    return wire.replace(b"HTTP/1.1", random.choice(_LINES), 1)


def _target(wire: bytes, random: Random) -> bytes:
    line, end, rest = wire.partition(b"\r\n")
    words = line.split(b" ", 2)
    words[1:2] = [random.choice(_TARGETS)]
    return b" ".join(words) + end + rest


def _cut(wire: bytes, random: Random) -> bytes:
    return wire[: random.randrange(len(wire))]


def _line_ends(wire: bytes, random: Random) -> bytes:
    return wire.replace(b"\r\n", random.choice((b"\n", b"\r", b"\r\r\n", b"\x00\r\n")))


def _doubled(wire: bytes, _random: Random) -> bytes:
    return wire + wire[1:]


_BREAKS: Final[tuple[Callable[[bytes, Random], bytes], ...]] = (
    bytes_changed, bytes_changed, bytes_changed, _framing, _framing, _framing, _version, _target,
    _cut, _line_ends, _doubled,
)  # fmt: skip
