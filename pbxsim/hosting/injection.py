"""What somebody has put between a PBX and its clients: forced replies.

It is there only while something is set. So where nothing is, a request costs one look at an attribute (web/server.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pbxsim.hosting.forced_replies import ForcedReplies

if TYPE_CHECKING:
    from pbxsim.hosting.forced_replies import ForcedReply
    from pbxsim.kit.request import Request


class Injected(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to one request: `told` says it in the request log, `forced` is what it gets of its vendor."""

    told: str
    forced: ForcedReply


class Injection:
    """All that is injected into one PBX."""

    def __init__(self) -> None:
        self.replies = ForcedReplies()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is set, so that it need not be there."""
        return not self.replies

    def meet(self, vendor: str, request: Request) -> Injected | None:
        """Tell what happens to a request that has just come; None: nothing but what its vendor does."""
        forced = self.replies.take(vendor, request)
        if forced is None:
            return None
        return Injected(told=f"forced reply {forced.id}: {forced.error}", forced=forced)
