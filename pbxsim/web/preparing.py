"""Before a long reply: what it will be made of is worked out in pieces, between which others have their turn."""

from __future__ import annotations

import asyncio
from time import thread_time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


async def prepared(pieces: Iterator[None] | None) -> float:
    """Do it, piece by piece; give how many seconds of the processor it took, without those of the others.

    What goes wrong shows when the request is answered, and is told of then.
    """
    took, began = 0.0, thread_time()
    try:
        for _ in pieces or ():
            took += thread_time() - began
            await asyncio.sleep(0)  # noqa: TID251 - no time passes: whoever else is ready goes first
            began = thread_time()
    except Exception:  # whatever a vendor's code may raise
        return took
    return took + thread_time() - began
