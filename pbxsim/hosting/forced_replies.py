"""Forced replies: the next requests that match get an error of the vendor's own table, and nothing else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pbxsim.hosting.request_match import RequestMatch
    from pbxsim.kit.request import Request


class ForcedReply(msgspec.Struct, kw_only=True):
    """An error that the next `left` requests get that match; None: all, until somebody takes it away.

    `error` is a key of the vendor's table (`Vendor.errors`), `filled` what stands for placeholders in its text; `given`
    counts how often it was the reply.
    """

    id: int
    vendor: str
    error: str
    match: RequestMatch
    filled: Mapping[str, str]
    left: int | None
    given: int = 0


class ForcedReplies:
    """Those of one PBX, in the order in which they were set: a request gets the first that matches it."""

    def __init__(self) -> None:
        self._replies: list[ForcedReply] = []
        self._last = 0

    def __iter__(self) -> Iterator[ForcedReply]:
        return iter(self._replies)

    def __len__(self) -> int:
        """Count those that have something left."""
        return len(self._replies)

    def add(self, error: str, match: RequestMatch, filled: Mapping[str, str], *, left: int | None) -> None:
        """Set one more, behind those that there are. `match` names the vendor."""
        assert match.vendor is not None
        self._last += 1
        self._replies.append(
            ForcedReply(id=self._last, vendor=match.vendor, error=error, match=match, filled=filled, left=left)
        )

    def clear(self) -> None:
        """Take all away."""
        self._replies.clear()

    def take(self, vendor: str, request: Request) -> ForcedReply | None:
        """Give the one that a request gets, counted; one that has nothing left is gone."""
        for reply in self._replies:
            if reply.match.fits(vendor, request):
                reply.given += 1
                if reply.left is not None:
                    reply.left -= 1
                    if not reply.left:
                        self._replies.remove(reply)
                return reply
        return None
