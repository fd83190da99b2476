"""The calls that ended lately: kept for whoever asks what came of one, and let go one for one, the oldest first."""

from __future__ import annotations

from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterator, Mapping

    from pbxsim.pbx.call import Call

_ALL_TOLD: Final = 100  # calls that end after another, by when everybody has heard of that one's end


def keep(recent: deque[Call], by_number: dict[int, Call], call: Call) -> None:
    """Keep a call that has ended, instead of the oldest one where there are as many as may be.

    That one and its legs let go of each other: so they are freed at once, and need not wait for the collector. Where
    few are kept they do wait: of one whose end brought about the others' somebody may still have to hear.
    """
    most = recent.maxlen
    if len(recent) == most:
        if not most:
            return
        oldest = recent[0]
        del by_number[oldest.number]
        if most >= _ALL_TOLD:
            oldest.let_go()
    recent.append(call)
    by_number[call.number] = call


def in_order(live: Mapping[int, Call], ended: Mapping[int, Call], after: int = 0) -> Iterator[Call]:
    """Give calls in progress and those that ended lately behind that number, in the order in which they began."""
    numbers = sorted([*ended, *live])  # two runs that are in order, but for a few
    return (live.get(number) or ended[number] for number in islice(numbers, bisect_right(numbers, after), None))
