"""Has threads hand the interpreter's lock over to each other sooner than they do by themselves.

The store's thread writes while the event loop answers; it lets go of the lock at each call into SQLite and then has to
have it back. Until then it waits, for 5 ms before it may insist, and all the while each system call of the event loop
wakes it in vain. The other way round a request waits as long for a thread that computes.
Source: Python/ceval_gil.h; sys.setswitchinterval.
"""

from __future__ import annotations

import sys
from typing import Final

LONGEST: Final = 0.0005
"""Seconds that a thread which wants the lock waits before the one that has it must let go; Python has 0.005."""


def hand_over_soon() -> None:
    """Set it for this process."""
    sys.setswitchinterval(LONGEST)
