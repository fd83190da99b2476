"""One leg of a call: its channel, the eight states Asterisk gives it, and the table of what may follow what.

Everything that can change a channel's state is in CHANNEL_TRANSITIONS; a pair that is missing there changes nothing.
Source of the states and their names: Asterisk's include/asterisk/channelstate.h and main/channel.c (ast_state2str).
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from pbxsim.native import mypyc_attr
from pbxsim.pbx.cause import HangupCause

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.clock.scheduler import TimerId
    from pbxsim.pbx.call import Call, CallerId, CallOrder
    from pbxsim.pbx.dtmf import DigitTaker
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.routes import Trunk


class ChannelState(IntEnum):
    """Asterisk's channel states, with its numbers."""

    DOWN = 0
    RESERVED = 1
    OFF_HOOK = 2
    DIALING = 3
    RING = 4
    RINGING = 5
    UP = 6
    BUSY = 7

    @property
    def label(self) -> str:
        """Spell the state as `core show channels` does."""
        return _LABELS[self]


# Members of an enum are looked up through their class at a cost.
_DOWN, _DIALING, _UP = ChannelState.DOWN, ChannelState.DIALING, ChannelState.UP

_LONGEST_SERIAL: Final = 17  # with the hyphen before it: of no longer text a number is made

_LABELS: Final = ("Down", "Rsrvd", "OffHook", "Dialing", "Ring", "Ringing", "Up", "Busy")


class Report(IntEnum):  # an int hashes in C, a plain Enum in Python; the table below is asked several times a call
    """What an engine can say about a leg; everything it knows comes down to one of these."""

    RINGING = 1
    ANSWERED = 2
    FAILED = 3  # busy, rejected, unreachable, not answered: the cause tells which
    HUNG_UP = 4
    HELD = 5
    UNHELD = 6


CHANNEL_TRANSITIONS: Final[dict[tuple[ChannelState, Report], ChannelState]] = {
    (ChannelState.DIALING, Report.RINGING): ChannelState.RINGING,
    (ChannelState.DIALING, Report.ANSWERED): ChannelState.UP,
    (ChannelState.DIALING, Report.FAILED): ChannelState.DOWN,
    (ChannelState.DIALING, Report.HUNG_UP): ChannelState.DOWN,
    (ChannelState.RINGING, Report.ANSWERED): ChannelState.UP,
    (ChannelState.RINGING, Report.FAILED): ChannelState.DOWN,
    (ChannelState.RINGING, Report.HUNG_UP): ChannelState.DOWN,
    (ChannelState.RING, Report.HUNG_UP): ChannelState.DOWN,
    (ChannelState.UP, Report.HUNG_UP): ChannelState.DOWN,
    (ChannelState.UP, Report.FAILED): ChannelState.DOWN,
    (ChannelState.UP, Report.HELD): ChannelState.UP,
    (ChannelState.UP, Report.UNHELD): ChannelState.UP,
}

HEARD_IN: Final = {
    state: frozenset(report for before, report in CHANNEL_TRANSITIONS if before is state) for state in ChannelState
}
"""Which reports change something in a state: the same table, to be asked without a pair being made for each."""


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class LegHistory:
    """What befell a leg beyond that it was rung, and perhaps answered. Most legs have none of it, and no such object.

    Where an attended transfer brought it, `paid_by` is the order that had it dialled, and `talks_since` the moment when
    it was connected there; also that of a queue's member who had to hear something first. As long as it has to, and for
    ever if it never came to that, it is negative (`hears_first`). `is_held`: its party has put the other on hold.
    `digit_taker` is what runs on it and takes the digits that its party presses (dtmf.py). `diverts` says that its
    line's diversion is followed should it fail; `divert_timer` that it will be soon; `sent_on_to` is the number that
    the telephone itself wants.
    """

    __slots__ = ("digit_taker", "divert_timer", "diverts", "is_held", "paid_by", "sent_on_to", "talks_since")

    def __init__(self) -> None:
        self.paid_by: CallOrder | None = None
        self.talks_since: Instant = 0
        self.is_held = False
        self.digit_taker: DigitTaker | None = None
        self.diverts = False
        self.divert_timer: TimerId = 0
        self.sent_on_to = ""


_NOTHING: Final = LegHistory()  # nothing is ever put into it


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class Channel:
    """A leg, on a line of ours or on a trunk, never on both. It belongs to one call, mostly from first to last.

    Only an attended transfer takes it over to another. `history` is what befell it beyond that it was rung; of most
    legs there is none.

    `number` is the party at its far end; `shows` the caller id that party sees.
    `created_at` to `ended_at` are instants, 0 while the thing has not happened (no call is as old as 1970).
    `rings_for` is how long it may ring, negative where it is not rung by us: its party placed the call (`is_calling`).
    `engine_data` belongs to the engine, which may keep there what it likes; the switch never looks. On a caller's own
    leg it is what the engine gave to `CallControl.receive`, from before anything is asked about that leg.
    `engine_timer` is the engine's too: what it has the clock do about that leg next, by its step in the call, which
    weighs nothing; a TimerId where it was set in the name of another call, 0 where there is none.
    """

    __slots__ = (
        "answered_at",
        "call",
        "cause",
        "created_at",
        "ended_at",
        "engine_data",
        "engine_timer",
        "history",
        "line",
        "number",
        "ringing_at",
        "rings_for",
        "serial",
        "shows",
        "state",
        "trunk",
    )

    def __init__(
        self,
        call: Call,
        serial: int,
        number: str,
        now: Instant,
        shows: CallerId,
        line: Line | None = None,
        trunk: Trunk | None = None,
    ) -> None:
        self.call = call
        self.serial = serial
        self.number = number
        self.line = line
        self.trunk = trunk
        self.shows = shows
        self.state = _DIALING
        self.cause: HangupCause | None = None
        self.created_at: Instant = now
        self.ringing_at: Instant = 0
        self.rings_for: Duration = 0
        self.answered_at: Instant = 0
        self.ended_at: Instant = 0
        self.history: LegHistory | None = None
        self.engine_data: Any = None  # type: ignore[explicit-any]  # each engine knows its own
        self.engine_timer = 0

    @property
    def known(self) -> LegHistory:
        """Give what befell it, to read."""
        return self.history or _NOTHING

    def noted(self) -> LegHistory:
        """Give the same, to change."""
        if self.history is None:
            self.history = LegHistory()
        return self.history

    @property
    def sent_on_to(self) -> str:
        """Give the number that the telephone itself wants rung instead, empty: none."""
        return self.known.sent_on_to

    @sent_on_to.setter
    def sent_on_to(self, number: str) -> None:
        if number:
            self.noted().sent_on_to = number

    @property
    def rings_until(self) -> Instant:
        """Tell until when it may ring, where it is rung by us."""
        return self.created_at + self.rings_for

    @property
    def is_calling(self) -> bool:
        """Tell whether its party placed the call."""
        return self.rings_for < 0

    @property
    def is_held(self) -> bool:
        """Tell whether its party has put the other on hold."""
        return self.history is not None and self.history.is_held

    @is_held.setter
    def is_held(self, is_held: bool) -> None:
        self.noted().is_held = is_held

    @property
    def digit_taker(self) -> DigitTaker | None:
        """Give what takes the digits that its party presses."""
        return None if self.history is None else self.history.digit_taker

    @digit_taker.setter
    def digit_taker(self, taker: DigitTaker | None) -> None:
        self.noted().digit_taker = taker

    @property
    def shown_number(self) -> str:
        """The number of the caller id that the far end sees."""
        return self.shows.number

    @property
    def shown_name(self) -> str:
        """The name of the caller id that the far end sees."""
        return self.shows.name

    @property
    def hears_first(self) -> bool:
        """Tell whether it was answered, but is not connected yet, or never was."""
        return self.history is not None and self.history.talks_since < 0

    @property
    def peer(self) -> str:
        """Name the SIP account at the far end: the line's user or the trunk's name."""
        if self.line is not None:
            return self.line.user
        return self.trunk.name if self.trunk is not None else "pbx"

    @property
    def name(self) -> str:
        """Name the channel as chan_sip does: `SIP/<peer>-<8 hex digits>`, counted up over the PBX's life."""
        return f"SIP/{self.peer}-{self.serial:08x}"

    @property
    def unique_id(self) -> str:
        """Give Asterisk's Uniqueid: the second of its creation, a dot, its serial."""
        return f"{self.created_at // 1_000_000}.{self.serial}"

    @property
    def shown_state(self) -> ChannelState:
        """The state as AMI shows it: Down, and never Dialing, until the far end says that it rings (chan_sip.c)."""
        return _DOWN if self.state is _DIALING else self.state

    @property
    def wire_cause(self) -> int | None:
        """Why the leg ended, as AMI's Hangup has it; None while it has not.

        A ring timeout is Asterisk's own hanging up, 16, on either side; a caller who gives up leaves 0, not defined.
        """
        cause = self.cause
        if cause is HangupCause.NO_ANSWER and self._is_ours_to_end:
            return HangupCause.NORMAL_CLEARING
        gave_up = self.rings_for < 0 and self.call.ended_by is self and not self.call.bridged_at
        return 0 if gave_up and cause is HangupCause.NORMAL_CLEARING else cause

    @property
    def _is_ours_to_end(self) -> bool:
        """Tell whether only the PBX can have ended it for want of an answer."""
        return bool(self.answered_at) or self.ended_at - self.created_at >= self.rings_for  # of a caller negative

    @property
    def is_live(self) -> bool:
        """Tell whether the leg has not ended."""
        return self.state is not _DOWN

    @property
    def is_up(self) -> bool:
        """Tell whether the far end has answered and not yet gone."""
        return self.state is _UP


def serial_of(name: str) -> int:
    """Give the serial that the name of a channel ends with; 0, which no channel has, where it ends with none."""
    try:
        return int(name[-_LONGEST_SERIAL:].rpartition("-")[2], 16)
    except ValueError:
        return 0
