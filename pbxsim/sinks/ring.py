"""A ring keeps the newest of what happened: a deque, entered from whichever end is nearer."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterator

T = TypeVar("T")


def entered(ring: deque[T], index: int, limit: int | None = None) -> Iterator[T]:
    """Give what stands from an index on, oldest first, at most `limit`; an index that is not there gives nothing.

    Nobody may add to the ring before that has been taken.
    """
    count = max(0, len(ring) - index)
    if count > len(ring) // 2:
        return islice(ring, max(0, index), None if limit is None else max(0, index) + limit)
    return islice(reversed(list(islice(reversed(ring), count))), limit)
