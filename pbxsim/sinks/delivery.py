"""A notice on its way to its receiver: what was tried, what came back, when it is tried again."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.notice import Notice


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    PENDING = "pending"  # not tried yet, or tried in vain and to be tried again
    DELIVERED = "delivered"
    FAILED = "failed"  # given up


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """One try. `at` is the PBX's clock, `took` how many milliseconds of the world's time it needed.

    `status` is the reply's HTTP (or SMTP) status, 0 where none came and `error` says why; `reply` its body's beginning.
    """

    at: Instant
    status: int = 0
    reply: str = ""
    error: str = ""
    took: float = 0


class Delivery(msgspec.Struct, kw_only=True):
    """A notice and what became of it. `id` counts from 1 through all receivers of a PBX, in the order of posting.

    `due` is when it is to be tried (again), while it is pending. `redelivered` counts how often somebody asked for it
    to be sent once more.
    """

    id: int
    notice: Notice
    posted_at: Instant
    due: Instant
    state: DeliveryState = DeliveryState.PENDING
    tries: list[Try] = []
    redelivered: int = 0
