"""Has the C library give large blocks back to the system when they are free (glibc; elsewhere nothing is done).

glibc takes large blocks from the system one by one, until one of them was freed: then it keeps those of that size for
itself. The next body of a megabyte thus stands between two small things that stay, such as entries of a log, and where
it was stays resident: hostile requests made a server hold three times what it knows of.
Source: mallopt(3), M_MMAP_THRESHOLD: setting it, even to its default, ends that adjustment, and with it that of what
may lie free at the heap's end (M_TRIM_THRESHOLD).

The event loop takes a block of 256 KiB for each time that it reads from a socket (asyncio/selector_events.py). That
must not go to the system and come back each time: so done, a request cost a tenth more.
"""

from __future__ import annotations

import sys
from typing import Final

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_LARGE: Final = 512 * 1024  # bytes


def give_back_large_blocks() -> None:
    """Set it for this process."""
    if sys.platform != "linux":
        return
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl, which gives back all by itself, has none
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_TRIM_THRESHOLD, 2 * _LARGE)
