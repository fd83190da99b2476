"""Callers from outside who call by themselves: how many an hour over the day, whom, how patient, how talkative.

One timer for each source of calls: it places a caller and sets itself for the next. All is drawn from streams that are
named after the source, so another source changes nothing about this one's callers. Not here: what a PBX file says of
it (engines/simulated/traffic_settings.py), telephones that are rung (behaviour.py).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import HOUR, Duration, Instant
from pbxsim.engines.simulated.behaviour import Behaviour, Span, plan
from pbxsim.pbx.call import CallerId, CallKind, CallOrder
from pbxsim.pbx.dialplan import ToTrunk
from pbxsim.pbx.dice import draw, stream
from pbxsim.pbx.dtmf import keystrokes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pbxsim.engines.simulated.engine import SimulatedEngine
    from pbxsim.pbx.dtmf import Keystrokes
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.routes import Trunk

PLACED_BY: Final = "traffic"
"""Whom records name as the one that asked for such a call."""

DAY: Final[Duration] = 24 * HOUR
_FIRST_OWNER: Final = 1 << 30  # of timers; calls, which own timers by their numbers, are never so many
_STEPS: Final = (1 << 24) - 1
_FIRST_DIGIT: Final = 8  # of a caller's draws: the first eight are those of its fate
_PRESSING: Final = 64  # behind those of the digits of its number, of which there are 40 at most: what it presses, when
_DIGITS: Final = {"X": "0123456789", "Z": "123456789", "N": "23456789"}


class DayCourse(msgspec.Struct, frozen=True):
    """Calls per hour over the day (UTC): from each time of day, in µs since midnight, so many until the next one.

    Times ascend. Before the first one the last one's rate goes on, as it did the night before.
    """

    changes: tuple[tuple[Duration, float], ...]

    @property
    def a_day(self) -> float:
        """Give how many calls are expected in a day."""
        return sum(rate * (end - begin) / HOUR for begin, end, rate in self._pieces())

    def after(self, start: Instant, calls: float) -> Instant | None:
        """Give the instant by which so many calls are expected from `start` on; None if there are none, ever.

        For `calls` drawn exponentially with mean 1 that is the next arrival of a Poisson process of these rates.
        """
        a_day = self.a_day
        if a_day <= 0:
            return None
        days, left = divmod(calls, a_day)
        midnight = start - start % DAY + int(days) * DAY
        since = start % DAY
        pieces = self._pieces()
        while True:
            for begin, end, rate in pieces:
                span = end - max(begin, since)
                if span <= 0:
                    continue
                expected = rate * span / HOUR
                if left < expected:
                    return midnight + max(begin, since) + round(left / rate * HOUR)
                left -= expected
            midnight, since = midnight + DAY, 0

    def _pieces(self) -> list[tuple[Duration, Duration, float]]:
        times = [time for time, _ in self.changes]
        bounds = sorted({0, *times, DAY})
        return [(begin, end, self.changes[bisect_right(times, begin) - 1][1]) for begin, end in pairwise(bounds)]


class Pressing(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller of a source presses with that `chance`, 0 to 1: `keys` (dtmf.KEYS) so long `after` the answer."""

    keys: str
    after: Span
    chance: float = 1.0


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Callers of one kind. `name` is unique among the PBX's sources, for what is drawn follows from it.

    They call the public number `to`, by the first of `trunks` that has room. `callers` is the form of their numbers:
    X is any digit, Z one from 1, N one from 2, all else stands for itself. `behaviour` is for its talk and patience.
    Each caller does one of `presses`, or where their chances leave room for that, none.
    """

    name: str
    to: str
    context: str
    trunks: tuple[Trunk, ...]
    course: DayCourse
    callers: str
    behaviour: Behaviour
    presses: tuple[Pressing, ...] = ()


class Traffic:
    """All sources of a PBX. It begins with `start`, and goes on until `stop`, or until `limit` calls are placed.

    `placed` counts them, `refused` those for whom no trunk had room; `over_at` is the instant of the last one, once no
    more will come.
    """

    def __init__(self, pbx: Pbx, engine: SimulatedEngine, sources: Sequence[Source]) -> None:
        self.placed = 0
        self.refused = 0
        self.limit: int | None = None
        self.over_at: Instant | None = None
        self.sources = tuple(sources)
        self._pbx = pbx
        self._engine = engine
        self._flows = [_Flow(pbx.seed, source, _FIRST_OWNER + place) for place, source in enumerate(sources)]

    def start(self) -> None:
        """Have callers call from now on."""
        for flow in self._flows:
            self._set(flow)

    def stop(self) -> None:
        """Have nobody call any more."""
        if self.over_at is None:
            self.over_at = self._pbx.clock.now

    def _set(self, flow: _Flow) -> None:
        clock = self._pbx.clock
        due = flow.source.course.after(clock.now, flow.gap())
        if due is not None:
            clock.call_at(due, flow.owner, flow.count % _STEPS + 1, self.arrive, flow)

    def arrive(self, flow: _Flow) -> None:
        """Have a source's next caller call: what the PBX's clock does when the time has come."""
        if self.over_at is not None:
            return
        self.placed += 1
        number, own = flow.caller()
        source = flow.source
        order, fate = _order(source, number), plan(source.behaviour, own)
        if self._engine.call_in(order, fate=fate, presses=_pressed(source.presses, own)) is None:
            self.refused += 1
        flow.count += 1
        if self.limit is not None and self.placed >= self.limit:
            self.stop()
        else:
            self._set(flow)


class _Flow:
    """Where a source stands: `count` callers of it have called."""

    __slots__ = ("_gaps", "_seed", "count", "owner", "source")

    def __init__(self, seed: int, source: Source, owner: int) -> None:
        self.source = source
        self.owner = owner
        self.count = 0
        self._seed = seed
        self._gaps = stream(seed, f"traffic {source.name} gaps", 0)

    def gap(self) -> float:
        """Draw how many calls are to be expected until the next one comes: exponential, mean 1."""
        return -math.log(1.0 - draw(self._gaps, self.count))

    def caller(self) -> tuple[str, int]:
        """Draw the next caller: number, and the stream of its fate."""
        own = stream(self._seed, f"traffic {self.source.name} caller", self.count)
        return "".join(
            _digit(sign, draw(own, _FIRST_DIGIT + place)) if sign in _DIGITS else sign
            for place, sign in enumerate(self.source.callers)
        ), own


def _pressed(presses: Sequence[Pressing], own: int) -> Keystrokes:
    """Draw what a caller presses: draw 64 of its stream which of these it is, 65 and 66 when."""
    if not presses:
        return ()
    chance = draw(own, _PRESSING)
    for pressing in presses:
        chance -= pressing.chance
        if chance < 0:
            return keystrokes(pressing.keys, pressing.after.drawn(own, _PRESSING + 1))
    return ()


def _digit(sign: str, chance: float) -> str:
    digits = _DIGITS[sign]
    return digits[int(chance * len(digits))]


def _order(source: Source, number: str) -> CallOrder:
    return CallOrder(
        vendor=PLACED_BY,
        kind=CallKind.INCOMING,
        first=ToTrunk(number, source.trunks),
        src=number,
        dst=source.to,
        second=source.to,
        context=source.context,
        second_shows=CallerId(number),
    )
