"""What a simulated telephone does when it is rung: rules, the number grammar, and the plan of one leg drawn from them.

Not here: carrying a plan out (engine.py). Spans of time are drawn from the seed alone: same seed, same fates.
"""

from __future__ import annotations

import math
import re
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, final

import msgspec

from pbxsim.clock.instant import Duration, seconds
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.dice import draw
from pbxsim.pbx.numbers import compile_pattern

if TYPE_CHECKING:
    from collections.abc import Callable


class Outcome(StrEnum):
    """How a telephone meets a call."""

    ANSWER = "answer"
    BUSY = "busy"
    NO_ANSWER = "no answer"
    FAIL = "fail"
    REJECT = "reject"
    DROP = "drop"  # answers, later vanishes without a clean hang-up


class Shape(StrEnum):
    """How a span of time is distributed."""

    FIXED = "fixed"
    UNIFORM = "uniform"
    EXPONENTIAL = "exponential"
    NORMAL = "normal"


class Span(msgspec.Struct, frozen=True):
    """A length of time in seconds: `fixed` (first), `uniform` (first to second), `exponential` (mean first), `normal`
    (mean first, deviation second; never below 0)."""

    shape: Shape
    first: float
    second: float = 0.0

    def drawn(self, stream: int, number: int) -> Duration:
        """Give a length; a shape that needs chance takes draws `number` and `number + 1` of the stream."""
        if self.shape is Shape.FIXED:
            return seconds(self.first)
        chance = draw(stream, number)
        if self.shape is Shape.UNIFORM:
            return seconds(self.first + chance * (self.second - self.first))
        if self.shape is Shape.EXPONENTIAL:
            return seconds(-self.first * math.log(1.0 - chance))
        angle = 2.0 * math.pi * draw(stream, number + 1)  # Box and Muller 1958
        return seconds(max(0.0, self.first + self.second * math.sqrt(-2.0 * math.log(1.0 - chance)) * math.cos(angle)))


def fixed(value: float) -> Span:
    """Give the span that is always so many seconds."""
    return Span(Shape.FIXED, value)


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """One way of meeting a call: after `dialing` of silence it rings, after `ring` more comes the outcome.

    `talk` is how long this side talks before it hangs up; None: it never does. `cause` is for FAIL, and for a DROP.
    `patience` is how long this side waits, when it is the one that calls, before it gives up; None: it never does.
    """

    outcome: Outcome = Outcome.ANSWER
    dialing: Span = fixed(0)
    ring: Span = fixed(3)
    talk: Span | None = fixed(30)
    patience: Span | None = None
    cause: HangupCause | None = None

    @property
    def is_fixed(self) -> bool:
        """Tell whether nothing about it is left to chance."""
        spans = (self.dialing, self.ring, self.talk, self.patience)
        return all(span is None or span.shape is Shape.FIXED for span in spans)


DEFAULT_BEHAVIOUR: Final = Behaviour()


@final
class LegPlan(msgspec.Struct, frozen=True, gc=False):
    """The fate of one leg. `report` None: it rings until somebody gives up. `talk` None: this side never hangs up.

    `patience` None: a caller who never gives up.
    """

    rings: bool
    rings_after: Duration
    settles_after: Duration
    report: Report | None
    cause: HangupCause
    talk: Duration | None
    end_cause: HangupCause
    patience: Duration | None = None


_REPORTS: Final = {
    Outcome.ANSWER: (Report.ANSWERED, HangupCause.NORMAL_CLEARING),
    Outcome.DROP: (Report.ANSWERED, HangupCause.NORMAL_CLEARING),
    Outcome.NO_ANSWER: (None, HangupCause.NO_ANSWER),
    Outcome.BUSY: (Report.FAILED, HangupCause.USER_BUSY),
    Outcome.REJECT: (Report.FAILED, HangupCause.CALL_REJECTED),
    Outcome.FAIL: (Report.FAILED, HangupCause.UNALLOCATED),
}
_SILENT: Final = frozenset({Outcome.BUSY, Outcome.FAIL})  # no bell: the network refuses


def plan(behaviour: Behaviour, stream: int = 0) -> LegPlan:
    """Draw the fate of one leg: draws 0 and 1 of the stream for `dialing`, 2 and 3 for `ring`, 4 and 5 for `talk`,
    6 and 7 for `patience`.
    """
    outcome = behaviour.outcome
    report, cause = _REPORTS[outcome]
    if outcome is Outcome.FAIL and behaviour.cause is not None:
        cause = behaviour.cause
    end_cause = HangupCause.NORMAL_CLEARING
    if outcome is Outcome.DROP:
        end_cause = behaviour.cause or HangupCause.NETWORK_OUT_OF_ORDER
    dialing = behaviour.dialing.drawn(stream, 0)
    talk = behaviour.talk.drawn(stream, 4) if behaviour.talk is not None else None
    patience = behaviour.patience.drawn(stream, 6) if behaviour.patience is not None else None
    settles_after = dialing + behaviour.ring.drawn(stream, 2)
    return LegPlan(outcome not in _SILENT, dialing, settles_after, report, cause, talk, end_cause, patience)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Which telephones behave how.

    `number` is an Asterisk pattern or a literal: a dialled number, an internal or public number, or a SIP user. `turns`
    are met one after the other; after the last it stays so, or begins again if `cycles`.
    """

    number: str
    turns: tuple[Behaviour, ...]
    cycles: bool = False

    @property
    def fits(self) -> Callable[[str], object]:
        """Give what tells of a name, by something that is true or not, whether the telephone that has it is meant."""
        return compile_pattern(self.number)[0].fullmatch

    def turn(self, count: int) -> Behaviour:
        """Give the behaviour for the telephone's call number `count` (0 is the first)."""
        if self.cycles:
            return self.turns[count % len(self.turns)]
        return self.turns[min(count, len(self.turns) - 1)]

    @property
    def is_fixed(self) -> bool:
        """Tell whether every call is met in the same way."""
        return len(self.turns) == 1 and self.turns[0].is_fixed


_GRAMMAR: Final = re.compile(r"990([1-7])([0-9]{2})([0-9]{3})")
_LENGTH: Final = len("990ORRTTT")

GRAMMAR: Final[tuple[tuple[int, Outcome, HangupCause | None, str], ...]] = (
    (1, Outcome.ANSWER, None, "rings RR seconds, answers, hangs up after TTT seconds of talk"),
    (2, Outcome.BUSY, None, "is busy after RR seconds (cause 17)"),
    (3, Outcome.NO_ANSWER, None, "does not answer: rings until the caller's timeout"),
    (4, Outcome.FAIL, HangupCause.UNALLOCATED, "fails after RR seconds: unallocated number (cause 1)"),
    (5, Outcome.FAIL, HangupCause.NORMAL_CIRCUIT_CONGESTION, "fails after RR seconds: congestion (cause 34)"),
    (6, Outcome.REJECT, None, "rings RR seconds, then rejects the call (cause 21)"),
    (7, Outcome.DROP, HangupCause.NETWORK_OUT_OF_ORDER, "answers, drops after TTT seconds of talk (cause 38)"),
)
"""The digit O of `990 O RR TTT`: what the telephone does, the cause where the digit names one, and that in words."""


def spelt(number: str) -> Behaviour | None:
    """Read a number that says what its telephone does: its last nine digits are `990 O RR TTT`. None if they are not.

    RR is seconds of ringing, TTT seconds of talk until this side hangs up, 000 for never.
    """
    found = _GRAMMAR.fullmatch(number[-_LENGTH:])
    if found is None:
        return None
    digit, ring, talk = (int(group) for group in found.groups())
    _, outcome, cause, _ = GRAMMAR[digit - 1]
    return Behaviour(outcome=outcome, ring=fixed(ring), talk=fixed(talk) if talk else None, cause=cause)


def spelt_plan(number: str) -> LegPlan | None:
    """Give the fate of every leg to a number that says what its telephone does; None if it does not say so."""
    return _spelt_plan(number[-_LENGTH:])


@lru_cache(maxsize=4_096)  # numbers differ, but what they say does not: to read and to draw it takes ten calls
def _spelt_plan(digits: str) -> LegPlan | None:
    behaviour = spelt(digits)
    return None if behaviour is None else plan(behaviour)
