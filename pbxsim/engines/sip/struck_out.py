"""SIP messages without their secrets, for whoever is to read them: logs, ladders, captures.

What proves a password (the digest of `Authorization`, which can be tried out at leisure) is struck out, as are
passwords in URIs, the keys of encrypted media and of ICE. All else stays byte for byte, so that what is wrong with a
message can be seen.
"""

from __future__ import annotations

import re
from typing import Final

STRUCK: Final = b"***"

_CREDENTIALS: Final = re.compile(
    rb"^((?:Proxy-)?Authorization[ \t]*:[ \t]*)([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE
)
_PROOFS: Final = re.compile(rb'\b(response|cnonce|opaque)([ \t]*=[ \t]*)("[^"\r\n]*"?|[^,"\s]+)', re.IGNORECASE)
_IS_DIGEST: Final = re.compile(rb"Digest\s", re.IGNORECASE)
_URI: Final = re.compile(rb"(sips?:[^@:;?<>\s\"]{0,256}(?:[;?][^@:,<>\s\"]{0,256})?:)[^@<>\s\"]{1,256}@", re.IGNORECASE)
_KEYS: Final = re.compile(
    rb"^(a=(?:crypto:[^\r\n]*?inline|ice-pwd|key-mgmt)[: ])[^\r\n]+", re.IGNORECASE | re.MULTILINE
)
_OLD_KEY: Final = re.compile(rb"^k=[^\r\n]+", re.IGNORECASE | re.MULTILINE)


def struck_out(message: bytes) -> bytes:
    """Give a message, whole or not, or several, without their secrets.

    Where there were keys, Content-Length is no longer right.
    """
    without = _URI.sub(rb"\1" + STRUCK + b"@", _CREDENTIALS.sub(_credentials, message))
    return _OLD_KEY.sub(b"k=" + STRUCK, _KEYS.sub(rb"\1" + STRUCK, without))


def _credentials(found: re.Match[bytes]) -> bytes:
    """Strike out what proves a password; of a scheme that is not Digest, everything."""
    name, value = found.groups()
    if not _IS_DIGEST.match(value):
        return name + STRUCK
    return name + _PROOFS.sub(rb"\1\2" + b'"' + STRUCK + b'"', value)
