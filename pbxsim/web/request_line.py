"""A request line with bytes in it that do not belong there: a name pasted into a URL."""

from __future__ import annotations

import re
from typing import Final

_REQUEST_LINE: Final = re.compile(rb"[A-Z]{3,8} [^ \r\n]+ HTTP/1\.[01]\r?\n")
_RAW_BYTE: Final = re.compile(rb"[\x80-\xff]")


def with_encoded_target(data: bytes) -> bytes:
    """Percent-encode raw bytes in the target of a request line at the front of `data`; anything else stays as it is."""
    line = _REQUEST_LINE.match(data)
    if line is None or line.group().isascii():
        return data
    encoded = _RAW_BYTE.sub(lambda raw: b"%%%02X" % raw.group()[0], line.group())
    return encoded + data[line.end() :]
