"""What a PBX file says of how telephones meet a call: which rings, answers or is busy, when and for how long."""

from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from pbxsim.engines.simulated.behaviour import DEFAULT_BEHAVIOUR, Behaviour, Outcome, Rule, Shape, Span, fixed
from pbxsim.kit.values import Cause, Pattern, Seconds
from pbxsim.pbx.cause import HangupCause

OutcomeName: TypeAlias = Literal["answer", "busy", "no answer", "fail", "reject", "drop"]

TAKES_CAUSE: Final = ("fail", "drop")
"""The outcomes that a cause can be given for."""


class DrawnEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A length of time that is drawn anew for each call, in seconds: exactly one of these."""

    uniform: Annotated[tuple[Seconds, Seconds] | None, Meta(description="Shortest and longest.")] = None
    exponential: Annotated[Seconds | None, Meta(description="Mean.")] = None
    normal: Annotated[tuple[Seconds, Seconds] | None, Meta(description="Mean and deviation; never below 0.")] = None

    def span(self) -> Span:
        """Make the engine's own of it."""
        if self.uniform is not None:
            return Span(Shape.UNIFORM, *self.uniform)
        if self.normal is not None:
            return Span(Shape.NORMAL, *self.normal)
        return Span(Shape.EXPONENTIAL, self.exponential or 0)


SpanEntry: TypeAlias = Seconds | DrawnEntry
TalkEntry: TypeAlias = Seconds | Literal["never"] | DrawnEntry


class TurnEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way of meeting a call."""

    outcome: Annotated[
        OutcomeName,
        Meta(
            description="answer; busy (cause 17); no answer: rings until the caller gives up; fail: never rings, ends"
            " with `cause`; reject: rings, then refuses (21); drop: answers, vanishes after the talk with `cause`."
        ),
    ] = "answer"
    dialing: Annotated[SpanEntry, Meta(description="Silence before it rings.")] = 0
    ring: Annotated[SpanEntry, Meta(description="Ringing until the outcome.")] = 3
    talk: Annotated[TalkEntry, Meta(description="Talk until this side hangs up; never: it does not hang up.")] = 30
    patience: Annotated[
        SpanEntry | None, Meta(description="How long it waits when it is the one that calls; absent: for ever.")
    ] = None
    cause: Annotated[Cause | None, Meta(description="For fail (absent: 1) and drop (absent: 38).")] = None

    def behaviour(self) -> Behaviour:
        """Make the engine's own of it."""
        return Behaviour(
            outcome=Outcome(self.outcome),
            dialing=drawn_or_fixed(self.dialing),
            ring=drawn_or_fixed(self.ring),
            talk=None if isinstance(self.talk, str) else drawn_or_fixed(self.talk),
            patience=None if self.patience is None else drawn_or_fixed(self.patience),
            cause=None if self.cause is None else HangupCause(self.cause),
        )


DoesEntry: TypeAlias = OutcomeName | TurnEntry


class RuleEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the telephones with certain numbers do; the first rule that fits counts."""

    number: Annotated[Pattern, Meta(description="Fits a dialled, internal or public number, or a SIP user.")]
    does: Annotated[
        DoesEntry | Annotated[tuple[DoesEntry, ...], Meta(min_length=1)],
        Meta(description="An outcome, all about a call, or a list: call by call; after the last it stays so."),
    ]
    cycles: Annotated[bool, Meta(description="Begin the list again after its last.")] = False

    def rule(self) -> Rule:
        """Make the engine's own of it."""
        turns = self.does if isinstance(self.does, tuple) else (self.does,)
        return Rule(number=self.number, turns=tuple(_behaviour(turn) for turn in turns), cycles=self.cycles)


class PhonesEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How telephones meet calls: by the first rule that fits, else as the number itself says, else by the default."""

    default: Annotated[DoesEntry | None, Meta(description="Absent: rings 3 s, answers, talks 30 s.")] = None
    rules: tuple[RuleEntry, ...] = ()

    def default_behaviour(self) -> Behaviour:
        """Give what a telephone does that no rule fits and whose number says nothing."""
        return DEFAULT_BEHAVIOUR if self.default is None else _behaviour(self.default)


def _behaviour(does: DoesEntry) -> Behaviour:
    turn = TurnEntry(outcome=does) if isinstance(does, str) else does
    return turn.behaviour()


def drawn_or_fixed(entry: SpanEntry) -> Span:
    """Make the engine's own of a length of time."""
    return entry.span() if isinstance(entry, DrawnEntry) else fixed(entry)
