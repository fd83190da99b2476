"""What a browser may know: CORS for click-to-call keys in the pages whose origins the key lists, for nothing else.

Source: the Fetch standard, "CORS protocol". A key of another kind never gets a CORS header, so that no page can read
what it answers (README, R12).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.reply import Reply

if TYPE_CHECKING:
    from pbxsim.kit.request import Request
    from pbxsim.vendors.vum.settings import Key

_METHODS: Final = ("Access-Control-Allow-Methods", "GET, POST")
_HEADERS: Final = ("Access-Control-Allow-Headers", "Content-Type, X-Requested-With")
_VARY: Final = ("Vary", "Origin")


def is_preflight(request: Request) -> bool:
    """Tell whether a browser asks for leave before it sends the real request."""
    headers = request.headers
    return request.method == "OPTIONS" and "Origin" in headers and "Access-Control-Request-Method" in headers


def preflight(request: Request, key: Key | None) -> Reply:
    """Answer a browser's question; without leave the reply is as empty, but for the headers that give it."""
    allowed = key is not None and key.kind.is_click_to_call and request.headers.get("Origin") in key.origins
    return with_leave(Reply(body=b"", status=204, headers=(_METHODS, _HEADERS) if allowed else ()), request, key)


def with_leave(reply: Reply, request: Request, key: Key | None) -> Reply:
    """Add the headers that let the page read this reply, if it may; caches learn that it depends on the page."""
    if key is None or not key.origins or not key.kind.is_click_to_call:
        return reply
    origin = request.headers.get("Origin")
    leave = (("Access-Control-Allow-Origin", origin),) if origin is not None and origin in key.origins else ()
    return msgspec.structs.replace(reply, headers=(*leave, *reply.headers, _VARY))
