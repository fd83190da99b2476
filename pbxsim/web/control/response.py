"""What the control API sends: JSON documents, problem documents (RFC 9457), streams; and how it spells some facts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from typing import Final

import msgspec

from pbxsim.clock.instant import Instant, iso
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.extension import DeviceState

_encoder: Final = msgspec.json.Encoder()

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"

DEVICE_STATES: Final = {
    DeviceState.NOT_IN_USE: "NOT_INUSE",
    DeviceState.IN_USE: "INUSE",
    DeviceState.BUSY: "BUSY",
    DeviceState.INVALID: "INVALID",
    DeviceState.UNAVAILABLE: "UNAVAILABLE",
    DeviceState.RINGING: "RINGING",
    DeviceState.RING_IN_USE: "RINGINUSE",
    DeviceState.ON_HOLD: "ONHOLD",
}
"""Asterisk's names (main/devicestate.c, ast_devstate_str)."""


CHANNEL_STATES: Final = {each: each.label for each in ChannelState}
"""Asterisk's names (main/channel.c, ast_state2str); to ask each for its own takes three times as long."""


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """An answer. A `body` in pieces is sent so, and the client told how long it is in all; one that is an iterator is
    sent piece by piece, an asynchronous one as the pieces come.

    `more_after`: it is a full page of a list, and there may be more behind the entry of that number or name.
    """

    body: bytes | tuple[bytes, ...] | Iterator[bytes] | AsyncIterator[bytes]
    status: int = 200
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    more_after: str | None = None

    def all_headers(self) -> list[tuple[str, str]]:
        """Give its headers, those that every answer has among them; what it says of caching itself counts."""
        fixed = [("Content-Type", self.content_type), ("X-Content-Type-Options", "nosniff")]
        if not any(name == "Cache-Control" for name, _ in self.headers):
            fixed.insert(1, ("Cache-Control", "no-store"))
        return fixed + list(self.headers)


class Problem(Exception):
    """The request cannot be done. Becomes a problem document of type about:blank, whose title is the status' phrase."""

    def __init__(self, status: int, detail: str, *headers: tuple[str, str], **members: object) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers
        self.members = members

    def response(self) -> Response:
        """Spell it out."""
        document = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail.encode(errors="replace").decode(),  # it may quote bytes that were no UTF-8
            **self.members,
        }
        return Response(body=_encoder.encode(document), status=self.status, content_type=PROBLEM, headers=self.headers)


encoded: Final = _encoder.encode
"""Spells a document: a Struct, a mapping, a list."""


def document(content: object, status: int = 200, *headers: tuple[str, str]) -> Response:
    """Answer with a document: a Struct, a mapping, a list."""
    return Response(body=encoded(content), status=status, headers=headers)


def moment_or_none(instant: Instant) -> str | None:
    """Spell an instant; None for 0, which stands for "not yet"."""
    return iso(instant) if instant else None
