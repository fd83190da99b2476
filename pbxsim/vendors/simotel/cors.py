"""Calls out of a page: the vendor's JavaScript sample runs in a browser, which asks first (Fetch standard, CORS)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from pbxsim.kit.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pbxsim.kit.request import Request

_PREFLIGHT: Final = (
    ("Access-Control-Allow-Methods", "PUT, POST"),
    ("Access-Control-Allow-Headers", "X-APIKEY, Authorization, Content-Type"),
    ("Access-Control-Max-Age", "600"),
)


class Pages:
    """The pages that may call from a browser: origins such as `https://crm.example.com`, `*` for any."""

    def __init__(self, origins: Sequence[str]) -> None:
        self._origins = frozenset(origins)

    def asks_first(self, request: Request) -> bool:
        """Tell whether this is the question that a browser asks before a page's call, for a page that may."""
        asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        return asks and bool(self._allowed(request))

    def may(self, request: Request) -> Reply:
        """Answer that question with yes."""
        headers = self._allowed(request) + _PREFLIGHT
        return Reply(body=b"", content_type="text/plain", status=204, headers=headers)

    def shown(self, reply: Reply, request: Request) -> Reply:
        """Let a page that may call read the reply, a failure too."""
        headers = self._allowed(request)
        return replace(reply, headers=reply.headers + headers) if headers else reply

    def _allowed(self, request: Request) -> tuple[tuple[str, str], ...]:
        if not self._origins:
            return ()
        if "*" in self._origins:
            return (("Access-Control-Allow-Origin", "*"),)
        origin = request.headers.get("Origin", "")
        if origin not in self._origins:
            return ()
        return (("Access-Control-Allow-Origin", origin), ("Vary", "Origin"))
