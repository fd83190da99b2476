"""What a queue has to tell callers and members: its settings, as queues.conf has them (apps/app_queue.c, init_queue).

Not here: when it is told, and in which words (announcing.py).
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

from pbxsim.clock.instant import SECOND, Duration

Positions: TypeAlias = Literal["yes", "no", "limit", "more"]
HoldTimes: TypeAlias = Literal["yes", "no", "once"]
Said: TypeAlias = tuple[str, ...]


class PositionRules(msgspec.Struct, frozen=True, kw_only=True):
    """How callers are told their place and the expected wait; names and defaults after queues.conf.

    It is said when they join, when their place has changed, and `every` so often, `at_least` apart from the beginning
    of one to that of the next, and takes `length`. `position`: `limit` says no place behind `limit`, `more` says there
    that there are more than so many; with `only_up` nothing is said unless they came forward. `hold_time` is told in
    minutes, with `round_seconds` also in seconds rounded down to these; one who is next is not told.
    """

    every: Duration
    at_least: Duration = 15 * SECOND
    length: Duration = 5 * SECOND
    position: Positions = "yes"
    limit: int = 10
    only_up: bool = False
    hold_time: HoldTimes = "yes"
    round_seconds: int = 0


class PeriodicRules(msgspec.Struct, frozen=True, kw_only=True):
    """What is said `every` so often, for `length` each: `sounds` in turn, or drawn where `is_random`.

    The first is heard after `first_after` (None: after `every`). The time to the next runs from the beginning of one,
    from its end where `is_relative`.
    """

    every: Duration
    length: Duration
    sounds: Said = ("queue-periodic-announce",)
    is_random: bool = False
    first_after: Duration | None = None
    is_relative: bool = False


class AnnouncementRules(msgspec.Struct, frozen=True, kw_only=True):
    """All that callers hear; `to_first`: also those whose turn it is, before members are rung."""

    positions: PositionRules | None = None
    periodic: PeriodicRules | None = None
    to_first: bool = False


class MemberRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a member who has answered hears, before it is connected: queues.conf's `memberdelay`, `announce` and
    `reportholdtime`. Silence for `delay`, then `sounds` one after the other, then how long the caller has waited; each
    takes `length`.
    """

    delay: Duration = 0
    sounds: Said = ()
    length: Duration = 0
    hold_time: bool = False


SILENCE: Final = AnnouncementRules()
