"""The calls that ended lately, oldest first: kept for whoever asks what came of one, and let go one for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections import deque

    from pbxsim.pbx.call import Call

_ALL_TOLD: Final = 100  # calls that end after another, by when everybody has heard of that one's end


def keep(recent: deque[Call], call: Call) -> None:
    """Keep a call that has ended, instead of the oldest one where there are as many as may be.

    That one and its legs let go of each other: so they are freed at once, and need not wait for the collector. Where
    few are kept they do wait: of one whose end brought about the others' somebody may still have to hear.
    """
    if len(recent) == recent.maxlen and len(recent) >= _ALL_TOLD:
        recent[0].let_go()
    recent.append(call)


def found(recent: deque[Call], number: int) -> Call | None:
    """Find the call of that number; it is sought from the newest on."""
    return next((call for call in reversed(recent) if call.number == number), None)
