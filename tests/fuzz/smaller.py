"""Makes an input that fails smaller as long as it fails: whole pieces are taken out, then halves, quarters, bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.sent import Sent

_TRIES: Final = 600
"""How often a piece is tried; what is left by then is small enough."""


def smallest(sent: Sent, fails: Callable[[Sent], bool]) -> Sent:
    """Give a request that still fails and of which nothing can be left out. `sent` itself fails."""
    if sent.raw is not None:
        return replace(sent, raw=fewest(sent.raw, lambda raw: fails(replace(sent, raw=raw))))
    for index in reversed(range(len(sent.headers))):
        without = replace(sent, headers=sent.headers[:index] + sent.headers[index + 1 :])
        sent = without if fails(without) else sent
    for simpler in (replace(sent, chunked=False), replace(sent, method=b"GET")):
        sent = simpler if simpler != sent and fails(simpler) else sent
    body = _fewest_fields(sent.body, lambda body: fails(replace(sent, body=body)))
    sent = replace(sent, body=body)
    return replace(sent, query=_fewest_fields(sent.query, lambda query: fails(replace(sent, query=query))))


def _fewest_fields(text: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """Leave out whole parameters first."""
    pairs = text.split(b"&")
    if len(pairs) < 100:
        for index in reversed(range(len(pairs))):
            without = pairs[:index] + pairs[index + 1 :]
            pairs = without if fails(b"&".join(without)) else pairs
    return fewest(b"&".join(pairs), fails)


def fewest(content: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """Leave out bytes, in pieces that are halved again and again."""
    size, tries = len(content), 0
    while size and tries < _TRIES:
        at = 0
        while at < len(content) and tries < _TRIES:
            without = content[:at] + content[at + size :]
            tries += 1
            if fails(without):
                content = without
            else:
                at += size
        size //= 2
    return content
