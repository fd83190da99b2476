"""What is odd about a JSON body, for the hints of whoever sent it: a byte order mark, a key that comes twice."""

from __future__ import annotations

import json
from typing import Final

import msgspec

from pbxsim.kit.limits import LONGEST_TOLD, MOST_TOLD

LONGEST: Final = 65_536
"""Bytes of a body whose keys are looked at; a hundred times as many as any vendor's longest example has."""

_NESTED: Final = (dict, list)
_MARKS: Final = (
    (b"\xef\xbb\xbf", "UTF-8"),
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


def byte_order_mark(body: bytes) -> str:
    """Say that a body begins with a byte order mark, and of which encoding; empty where it does not.

    Source: RFC 8259, 8.1: JSON is UTF-8, and no mark may be put in front of it; who reads it may ignore one.
    """
    encoding = next((name for mark, name in _MARKS if body.startswith(mark)), "")
    return f"it begins with a byte order mark (BOM) of {encoding}: JSON is UTF-8 without one" if encoding else ""


def repeated_keys(body: bytes) -> tuple[str, ...]:
    """Say of each key that an object of the body has more than once, that its last value counts; at most ten.

    Of a body longer than LONGEST nothing is said: to look at each of its keys takes longer than to read it.
    """
    if len(body) > LONGEST or _has_no_more_colons_than_keys(body):
        return ()
    found: dict[str, None] = {}

    def note(pairs: list[tuple[str, object]]) -> None:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                found[name] = None
            seen.add(name)

    try:
        json.loads(body, object_pairs_hook=note)
    except (ValueError, RecursionError):
        return ()
    names = [name[:LONGEST_TOLD] for name in found][:MOST_TOLD]
    return tuple(f"key {name!r} came more than once: its last value counts" for name in names)


def _has_no_more_colons_than_keys(body: bytes) -> bool:
    """Tell whether each colon stands behind a key of its own: nearly every body's do, and no key comes twice then."""
    try:
        document, colons = msgspec.json.decode(body), body.count(b":")
        if isinstance(document, dict) and len(document) == colons:  # then nothing in it has keys
            return True
        return colons == _keys(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _keys(document: object) -> int:
    if isinstance(document, dict):
        return len(document) + sum([_keys(value) for value in document.values() if isinstance(value, _NESTED)])
    return sum(map(_keys, document)) if isinstance(document, list) else 0
