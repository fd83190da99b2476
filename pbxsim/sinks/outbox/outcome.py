"""What became of one try, and who can try: the port between an order of deliveries and the ways out of this process."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.notice import Receiver
    from pbxsim.sinks.delivery import Delivery


class Verdict(Enum):
    """What a try means for its delivery."""

    DELIVERED = "delivered"
    AGAIN = "again"  # it failed, and may succeed later
    AT_ONCE = "at once"  # a kept connection turned out to be closed: that says nothing of the receiver
    NEVER = "never"  # whoever tries again gets the same answer


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One try's result. `status`, `reply` and `error` are those of `Try`; `timed_out`: nobody answered in time.

    A receiver that asks for patience is not tried again for `patience` seconds; or, where it named a date, by the PBX's
    clock not before `not_before`, whichever comes first. 0: it asks for none.
    """

    verdict: Verdict
    status: int = 0
    reply: str = ""
    error: str = ""
    timed_out: bool = False
    patience: float = 0
    not_before: Instant = 0


class Sender(Protocol):
    """A way out of this process: HTTP, or e-mail."""

    async def send(self, delivery: Delivery, receiver: Receiver) -> Outcome:
        """Try once, within the receiver's time. Whatever goes wrong outside is an outcome, never an exception."""
        ...

    async def close(self) -> None:
        """Let go of all connections."""
        ...


def shown(text: str) -> str:
    """Make text from outside fit for any store: a NUL is nothing that PostgreSQL takes."""
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
