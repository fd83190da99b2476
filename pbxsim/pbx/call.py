"""What a person calls a call: who asked for it, its legs, what state it is in, and the table of its states.

Everything that can change a call's state is in CALL_TRANSITIONS; the diagram in docs/calls.md is drawn from it.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, Never

from pbxsim.clock.instant import SECOND, Instant
from pbxsim.native import mypyc_attr
from pbxsim.pbx.call_history import NOTHING, CallHistory
from pbxsim.pbx.call_order import DEFAULT_RING, CallerId, CallKind, CallOrder, DetailedOrder, RecordingWish
from pbxsim.pbx.channel import Channel, ChannelState
from pbxsim.pbx.errors import ImpossibleTransition

if TYPE_CHECKING:
    from pbxsim.clock.scheduler import TimerId
    from pbxsim.pbx.cause import Disposition, HangupCause
    from pbxsim.pbx.hunt import Hunt

__all__ = [
    "CALL_TRANSITIONS",
    "DEFAULT_RING",
    "STATES_AFTER",
    "Call",
    "CallKind",
    "CallOrder",
    "CallState",
    "CallStep",
    "CallerId",
    "DetailedOrder",
    "RecordingWish",
    "no_step",
]

_DOWN: Final = ChannelState.DOWN  # looking a member up through its class costs more than the comparison


class CallState(IntEnum):
    """Where a call stands."""

    DIALING_FIRST = 1  # the first party is being rung
    DIALING_SECOND = 2  # the first party is there, the second is being rung
    TALKING = 3  # the parties (or one party and the PBX) hear each other
    TRANSFERRING = 4  # one party stays, another is being rung for it
    ENDED = 5


_DIALING_FIRST, _ENDED = CallState.DIALING_FIRST, CallState.ENDED


class CallStep(IntEnum):
    """What can happen to a call as a whole."""

    FIRST_ANSWERED = 1
    SECOND_ANSWERED = 2
    LISTENING = 3  # a spy was answered and hears its target
    OVER = 4  # a party hung up, failed or was hung up, a limit ran out
    TRANSFERRED = 5  # a party handed the other one on, blind
    JOINED = 6  # a party left, and brought the one it had consulted instead


CALL_TRANSITIONS: Final[dict[tuple[CallState, CallStep], CallState]] = {
    (CallState.DIALING_FIRST, CallStep.FIRST_ANSWERED): CallState.DIALING_SECOND,
    (CallState.DIALING_FIRST, CallStep.LISTENING): CallState.TALKING,
    (CallState.DIALING_FIRST, CallStep.OVER): CallState.ENDED,
    (CallState.DIALING_SECOND, CallStep.SECOND_ANSWERED): CallState.TALKING,
    (CallState.DIALING_SECOND, CallStep.OVER): CallState.ENDED,
    (CallState.TALKING, CallStep.TRANSFERRED): CallState.TRANSFERRING,
    (CallState.TALKING, CallStep.JOINED): CallState.TALKING,
    (CallState.TALKING, CallStep.OVER): CallState.ENDED,
    (CallState.TRANSFERRING, CallStep.SECOND_ANSWERED): CallState.TALKING,
    (CallState.TRANSFERRING, CallStep.OVER): CallState.ENDED,
}

STATES_AFTER: Final = {
    step: {before: after for (before, taken), after in CALL_TRANSITIONS.items() if taken is step} for step in CallStep
}
"""Where a step leads from each state: the same table, to be asked without a pair being made for each."""


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class Call:
    """A call from the request to its record. `legs` are all channels it ever had, in the order in which they were made;
    a leg that a transfer brought comes last, and is no longer among those of the call that it came from.

    `first` and `second` are the legs that answered. After a transfer they are those who are left. Parties were first
    connected at `bridged_at`. `listed` is how `legs` are kept: the only leg there is, or the only one beside `first`,
    stands there by itself, for few calls have more, and a tuple weighs nearly half a leg; else a tuple has all. `cause`
    is why it ended, or what the legs that failed so far amount to. `hunt` is what looks for the second party over
    several tries. `steps` counts the timers set in its name, so that equal instants are served in a fixed order.
    `serial` is that of its first channel, and is the call's even where no channel could be made.

    For the records: channels with a serial above `second_after` are the second party's; `is_exhausted` says that the
    dialplan had nobody left to ring; `history` is what befell the call beyond its Dial. While a second party rings,
    `mailbox` is where the caller is sent if nobody answers; empty: nowhere. `ended_by` is the leg that ended it all,
    None: the PBX did.
    """

    __slots__ = (
        "bridged_at",
        "cause",
        "disposition",
        "ended_at",
        "ended_by",
        "first",
        "history",
        "hunt",
        "is_exhausted",
        "listed",
        "mailbox",
        "number",
        "order",
        "second",
        "second_after",
        "serial",
        "started_at",
        "state",
        "steps",
        "timer",
    )

    def __init__(self, number: int, serial: int, order: CallOrder, now: Instant) -> None:
        self.number = number
        self.serial = serial
        self.order = order
        self.state = _DIALING_FIRST
        self.started_at: Instant = now
        self.bridged_at: Instant = 0
        self.ended_at: Instant = 0
        self.listed: Channel | tuple[Channel, ...] | None = None
        self.first: Channel | None = None
        self.second: Channel | None = None
        self.second_after = 0
        self.is_exhausted = False
        self.history: CallHistory | None = None
        self.mailbox = ""
        self.ended_by: Channel | None = None
        self.cause: HangupCause | None = None
        self.disposition: Disposition | None = None
        self.hunt: Hunt | None = None
        self.steps = 0
        self.timer: TimerId = 0

    @property
    def unique_id(self) -> str:
        """Asterisk's Uniqueid of the first channel, which is what the call goes by everywhere (Asterisk's Linkedid)."""
        return f"{self.started_at // SECOND}.{self.serial}"

    @property
    def legs(self) -> tuple[Channel, ...]:
        """Give all legs, in the order in which they were made."""
        return self.all_legs()

    @legs.setter
    def legs(self, legs: tuple[Channel, ...]) -> None:
        self.listed = legs

    def all_legs(self) -> tuple[Channel, ...]:
        """Give the same; a property takes several times as long."""
        first, listed = self.first, self.listed
        if type(listed) is Channel:  # not isinstance: what is none takes it ten times as long
            return (listed,) if first is None or first is listed else (first, listed)
        return listed if type(listed) is tuple else ()

    def made_since(self, listed: Channel | tuple[Channel, ...] | None) -> tuple[Channel, ...]:
        """Give the legs that were made since `listed` was that."""
        legs = self.all_legs()
        if not listed:
            return legs
        last = listed[-1] if isinstance(listed, tuple) else listed
        return legs[legs.index(last) + 1 :]

    @property
    def second_from(self) -> int:
        """Tell at which index of `legs` the second party's begin, 0 until it is rung."""
        known = 0 if self.history is None else self.history.second_from
        after = self.second_after
        if known or not after:
            return known
        legs = self.all_legs()
        return next((index for index, leg in enumerate(legs) if leg.serial > after), len(legs))

    @second_from.setter
    def second_from(self, index: int) -> None:
        self.noted().second_from = index

    @property
    def original_parties(self) -> tuple[Channel | None, Channel | None]:
        """Give the parties as they were first connected, or will be: those whom the record names."""
        before = None if self.history is None else self.history.before_transfer
        return before or (self.first, self.second)

    @property
    def known(self) -> CallHistory:
        """Give what befell the call beyond its Dial, to read: an empty one where nothing did."""
        return self.history or NOTHING

    def noted(self) -> CallHistory:
        """Give the same, to add to."""
        if self.history is None:
            self.history = CallHistory()
        return self.history

    @property
    def before_transfer(self) -> tuple[Channel, Channel | None] | None:
        """Give who the parties were when they were connected, where a transfer has left others."""
        return None if self.history is None else self.history.before_transfer

    @before_transfer.setter
    def before_transfer(self, parties: tuple[Channel, Channel | None] | None) -> None:
        self.noted().before_transfer = parties

    @property
    def connected_at(self) -> Instant:
        """Give when the present parties were connected, 0 where none were."""
        again = 0 if self.history is None else self.history.connected_at
        return again or self.bridged_at

    @property
    def shows(self) -> CallerId:
        """Give what the next party's display shows."""
        shown = None if self.history is None else self.history.shows
        return self.order.second_shows if shown is None else shown

    @shows.setter
    def shows(self, shown: CallerId) -> None:
        self.noted().shows = shown

    @property
    def spied_on(self) -> Channel | None:
        """Give the channel that a spy listens to."""
        return None if self.history is None else self.history.spied_on

    @spied_on.setter
    def spied_on(self, channel: Channel | None) -> None:
        self.noted().spied_on = channel

    @property
    def diversions(self) -> int:
        """Count how often the call was diverted, or a component asked about it."""
        return 0 if self.history is None else self.history.diversions

    @diversions.setter
    def diversions(self, count: int) -> None:
        self.noted().diversions = count

    @property
    def is_over(self) -> bool:
        """Tell whether the call has ended."""
        return self.state is _ENDED

    def next_step(self) -> int:
        """Count one more timer set in this call's name; it breaks ties at equal instants."""
        self.steps += 1
        return self.steps

    def live_legs(self) -> list[Channel]:
        """Give the legs that have not ended, oldest first."""
        return [leg for leg in self.all_legs() if leg.state is not _DOWN]

    def forget_unanswered(self, keep: int) -> None:
        """Forget the second party's legs that are over and were never answered, but for the last `keep` of them.

        Somebody may wait for hours, and be tried thousands of times; each look at the legs would
        cost more than the last.
        """
        tried = [leg for leg in self.legs[self.second_from :] if leg.state is _DOWN and not leg.answered_at]
        if len(tried) > 2 * keep:
            self.noted().forgotten += tuple(tried[:-keep])
            gone = {leg.serial for leg in tried[:-keep]}
            self.legs = tuple(leg for leg in self.legs if leg.serial not in gone)

    def let_go(self) -> None:
        """Forget all legs: nobody asks for a call any more that ended so long ago.

        What an engine keeps on a leg may know it, and goes too.
        """
        forgotten = self.history.forgotten if self.history is not None else ()
        for leg in (*self.all_legs(), *forgotten):
            leg.engine_data = None
        self.listed = None
        self.first = self.second = self.ended_by = None
        self.history = None

    def ringing_legs(self) -> list[Channel]:
        """Give the live legs of the party that is being rung."""
        first, listed = self.first, self.listed
        legs = listed if type(listed) is tuple else (listed,) if type(listed) is Channel else ()
        return [leg for leg in legs if leg.state is not _DOWN and leg is not first]


def no_step(call: Call, step: CallStep) -> Never:
    """Raise ImpossibleTransition: the table has no such step from the state of the call."""
    raise ImpossibleTransition(f"call {call.number} is {call.state.name}: no {step.name} from there")
