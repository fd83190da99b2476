"""Whom a queue rings next: Asterisk's eight strategies as orders over the members that can be rung now.

Source: Asterisk's configs/samples/queues.conf.sample ("strategy") and apps/app_queue.c (calc_metric). A lower penalty
always goes first, but for wrandom, where the penalty is a weight. Metrics are drawn anew for each pass, as whole
numbers: random from 0 to 999, wrandom from 0 to (1 + penalty) * 1000 - 1.
"""

from __future__ import annotations

from bisect import bisect_left
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeAlias

from pbxsim.native import mypyc_attr
from pbxsim.pbx.dice import draw

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pbxsim.pbx.queue import Member


class Strategy(StrEnum):
    """A queue's way of choosing, by Asterisk's names."""

    RINGALL = "ringall"  # all of the lowest penalty at once
    LEASTRECENT = "leastrecent"  # who hung up a call of this queue longest ago
    FEWESTCALLS = "fewestcalls"  # who completed the fewest calls of this queue
    RANDOM = "random"  # whoever draws the smallest number
    RRMEMORY = "rrmemory"  # one after the other, going on behind the last one rung
    RRORDERED = "rrordered"  # the same, in the order of the file
    LINEAR = "linear"  # one after the other, from the top for each new caller
    WRANDOM = "wrandom"  # random, a higher penalty making a later place likelier


_place: Final = itemgetter(0)
_THROW: Final = 1000  # ast_random() % 1000: of those who draw the same, the first in the queue is rung


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class Choice:
    """What a strategy may look at: members by place in the queue, `next_place` where it goes on, a stream of chance.

    Round robin goes on where the queue left off (app_queue.c, rrpos), linear where this caller's wait did (linpos).
    """

    __slots__ = ("members", "next_place", "stream")

    def __init__(self, members: Sequence[tuple[int, Member]], next_place: int, stream: int) -> None:
        self.members = members
        self.next_place = next_place
        self.stream = stream


def ranked(strategy: Strategy, choice: Choice) -> list[tuple[int, Member]]:
    """Order the members that can be rung, the one to ring first in front; equals by their place in the queue."""
    return sorted(choice.members, key=_KEYS[strategy](choice))


def together(strategy: Strategy, order: list[tuple[int, Member]]) -> list[tuple[int, Member]]:
    """Give those of an order that are rung at once: one, or under ringall all that share the lowest penalty."""
    if strategy is not Strategy.RINGALL:
        return order[:1]
    return [placed for placed in order if placed[1].penalty == order[0][1].penalty]


def chosen(strategy: Strategy, choice: Choice) -> list[tuple[int, Member]]:
    """Give those who are rung next: the same, told sooner. The members are in the order of their places."""
    if _KEYS[strategy] is not _going_on:
        return together(strategy, ranked(strategy, choice))
    members = choice.members
    penalties = [member.penalty for _, member in members]
    lowest = min(penalties)
    if penalties.count(lowest) < len(members):
        members = [placed for placed in members if placed[1].penalty == lowest]
    return [members[bisect_left(members, choice.next_place, key=_place) % len(members)]]


_Placed: TypeAlias = "tuple[int, Member]"
_Key: TypeAlias = "Callable[[_Placed], tuple[float, ...]]"  # asked of every free member for every caller: only one call


def _by_place(_choice: Choice) -> _Key:
    return lambda placed: (placed[1].penalty, placed[0])


def _going_on(choice: Choice) -> _Key:
    first = choice.next_place
    return lambda placed: (placed[1].penalty, placed[0] < first, placed[0])


def _fewest_calls(_choice: Choice) -> _Key:
    return lambda placed: (placed[1].penalty, placed[1].calls_taken, placed[0])


def _least_recent(_choice: Choice) -> _Key:
    return lambda placed: (placed[1].penalty, placed[1].last_call, placed[0])


def _random(choice: Choice) -> _Key:
    stream = choice.stream
    return lambda placed: (placed[1].penalty, int(draw(stream, placed[0]) * _THROW), placed[0])


def _weighted_random(choice: Choice) -> _Key:
    stream = choice.stream
    return lambda placed: (int(draw(stream, placed[0]) * (1 + placed[1].penalty) * _THROW), placed[0])


_KEYS: dict[Strategy, Callable[[Choice], _Key]] = {
    Strategy.RINGALL: _by_place,
    Strategy.LINEAR: _going_on,
    Strategy.RRMEMORY: _going_on,
    Strategy.RRORDERED: _going_on,
    Strategy.FEWESTCALLS: _fewest_calls,
    Strategy.LEASTRECENT: _least_recent,
    Strategy.RANDOM: _random,
    Strategy.WRANDOM: _weighted_random,
}
