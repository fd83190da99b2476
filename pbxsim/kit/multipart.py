"""Forms of type multipart/form-data (RFC 7578), as PHP's `CURLOPT_POSTFIELDS` with an array sends them.

Read as PHP reads them (main/rfc1867.c): a part is what stands between two lines of the boundary, its text is not
decoded by any transfer encoding, the last of a name counts. Each byte is looked at a fixed number of times, which a
MIME parser for e-mail does not promise.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from pbxsim.kit.limits import USUAL
from pbxsim.kit.params import UNREADABLE, Params

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.limits import RequestLimits

# What one of these has taken it does not give back (`*+`): no byte is read more than a fixed number of times.
_BOUNDARY: Final = re.compile(r'boundary=(?:"([^"]*+)|([^,;]*+))', re.IGNORECASE)
_REST_OF_LINE: Final = re.compile(rb"[ \t]*+(?=\r?\n)")
_EMPTY_LINE: Final = re.compile(rb"\r?\n\r?\n")
_FOLDED: Final = re.compile(rb"\r?\n[ \t]++")
_DISPOSITION: Final = re.compile(rb"^content-disposition[ \t]*+:([^\n]*+)", re.IGNORECASE | re.MULTILINE)
_PARAMETER: Final = re.compile(rb';\s*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*)|([^\s;"]*+))', re.DOTALL)
_ESCAPED: Final = re.compile(rb'\\(["\\])')
_FILE: Final = frozenset({b"filename", b"filename*"})


def parse_multipart(content_type: str, body: bytes, limits: RequestLimits = USUAL) -> Params:
    """Give the form's text fields, the last of a name; files are left out, and what is no such form has no fields."""
    params = Params()
    for head, value in _parts(content_type, body, params, limits):
        named = _disposition(head, limits.part_parameters)
        if named is None:
            params.leave_out(f"a part was not read: its header has more than {limits.part_parameters} parameters")
            continue
        if b"name" not in named or _FILE & named.keys():
            continue
        if len(params) >= limits.parameters:
            params.leave_out(f"more than {limits.parameters} parameters: those behind were not read")
            break
        params.take(_text(named[b"name"]), _text(value), limits)
    return params


def _parts(content_type: str, body: bytes, params: Params, limits: RequestLimits) -> Iterator[tuple[bytes, bytes]]:
    """Give each part's header and content."""
    found = _BOUNDARY.search(content_type)
    boundary = (found[1] or found[2] or "").strip() if found else ""
    if not boundary:
        return
    _, *pieces = (b"\n" + body).split(b"\n--" + boundary.encode("latin-1", "replace"), limits.parts + 1)
    if len(pieces) > limits.parts and not pieces.pop().startswith(b"--"):
        params.leave_out(f"more than {limits.parts} parts: those behind were not read")
    for piece in pieces:
        if piece.startswith(b"--"):
            return
        end = _EMPTY_LINE.search(piece, 0, limits.part_header + 4)
        if end is not None and _REST_OF_LINE.match(piece):
            yield piece[: end.start()], piece[end.end() :].removesuffix(b"\r")
        elif len(piece) > limits.part_header:
            params.leave_out(f"a part was not read: its header is longer than {limits.part_header} bytes")


def _disposition(head: bytes, most: int) -> dict[bytes, bytes] | None:
    """Read the parameters of a part's Content-Disposition: none where it has no such header, None of too many."""
    found = _DISPOSITION.search(_FOLDED.sub(b" ", head))
    if found is None:
        return {}
    pairs = list(islice(_PARAMETER.finditer(found[1]), most + 1))
    if len(pairs) > most:
        return None
    return {pair[1].lower(): _unescaped(pair[2], pair[3]) for pair in pairs}


def _unescaped(quoted: bytes | None, bare: bytes) -> bytes:
    return bare if quoted is None else _ESCAPED.sub(rb"\1", quoted)


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1") + UNREADABLE
