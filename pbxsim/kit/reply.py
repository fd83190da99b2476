"""A reply, down to the byte: nothing between a vendor and the socket reorders a key or recases a header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

_encoder: Final = msgspec.json.Encoder()

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json; charset=utf-8"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What goes back. `call` is the number of the call that the request started, `hints` what its author should know.

    `code` is the vendor's own error code or text for the request journal, empty on success.
    """

    body: bytes
    content_type: str = HTML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    call: int | None = None
    code: str = ""
    hints: tuple[str, ...] = ()

    def hinted(self, *hints: str) -> Reply:
        """Give the same reply with more hints; none: itself."""
        return msgspec.structs.replace(self, hints=self.hints + hints) if hints else self


def compact_json(document: Mapping[str, Any] | list[Any], *, escape_slashes: bool = False) -> bytes:
    r"""Write JSON without blanks, keys in the mapping's order; `/` as `\/` where PHP's json_encode wrote it.

    A `/` can only stand inside a string in JSON, so replacing it in the finished text is exact.
    """
    text = _encoder.encode(document)
    return text.replace(b"/", b"\\/") if escape_slashes else text
