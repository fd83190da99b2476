"""The calls that are offered, the same to everyone: how many, how far apart, and how long each of their parts takes.

Every call rings its first party for 3 s, its second for 1 to 5 s, and is talked for a time that differs from call to
call. A rival turns that into eight timed events; the switch into whatever it needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pbxsim.clock.instant import SECOND, Duration

FIRST_RING_SECONDS: Final = 3
SHAPES: Final = 1000
"""So many different calls there are; then they come again."""

EVENTS_PER_CALL: Final = 8
_TALK_SPREAD: Final = 21
_MARGIN: Final[Duration] = SECOND // 20


@dataclass(frozen=True)
class Traffic:
    """`calls` calls, evenly spaced so that about `alive` are in progress at once; talk of `talk` to `talk + 20` s."""

    calls: int
    alive: int
    talk: int = 20

    @property
    def gap(self) -> Duration:
        """Give the time between two calls: a call's mean length shared by those that are alive."""
        mean = sum(self.length(number) for number in range(SHAPES)) // SHAPES
        return mean // self.alive

    @property
    def span(self) -> Duration:
        """Give a time after which the last call has ended, wherever the first began."""
        return self.calls * self.gap + max(self.length(number) for number in range(SHAPES)) + SECOND

    def second_ring_seconds(self, call: int) -> int:
        """Give how long the second party of call number `call` rings."""
        return 1 + call % 5

    def talk_seconds(self, call: int) -> int:
        """Give how long the parties of call number `call` talk."""
        return self.talk + call * 7 % SHAPES % _TALK_SPREAD

    def length(self, call: int) -> Duration:
        """Give the time from the order of call number `call` to its end."""
        return (FIRST_RING_SECONDS + self.second_ring_seconds(call) + self.talk_seconds(call)) * SECOND

    def number(self, call: int) -> str:
        """Give the number to dial: its end says how the telephone there behaves (`990 1 RR TTT`)."""
        ring, talk = self.second_ring_seconds(call), self.talk_seconds(call)
        return f"8{call % SHAPES // 100}9901{ring:02d}{talk:03d}"

    def delays(self, call: int) -> tuple[Duration, ...]:
        """Give the eight waits of call number `call`: dial, ring, answer, the same for the second, talk, clear."""
        first, second = FIRST_RING_SECONDS * SECOND, self.second_ring_seconds(call) * SECOND
        talk = self.talk_seconds(call) * SECOND
        return (
            _MARGIN,
            first - 2 * _MARGIN,
            _MARGIN,
            _MARGIN,
            second - 2 * _MARGIN,
            _MARGIN,
            talk - _MARGIN,
            _MARGIN,
        )

    def all_delays(self) -> list[tuple[Duration, ...]]:
        """Give the waits of each kind of call."""
        return [self.delays(call) for call in range(SHAPES)]
