"""A call as the control API shows it: its state in a word, its legs, what happened when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Instant, iso
from pbxsim.pbx.call import Call, CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import ChannelState
from pbxsim.web.control.response import CHANNEL_STATES, moment_or_none
from pbxsim.web.control.spelt import HangsOn

if TYPE_CHECKING:
    from pbxsim.engines.engine import Signal
    from pbxsim.pbx.call_history import CallHistory
    from pbxsim.pbx.channel import Channel


class CallerIdShown(msgspec.Struct, frozen=True, gc=False):
    """What the display shows."""

    number: str
    name: str


class LegShown(msgspec.Struct, frozen=True, gc=False):
    """One leg. `party` tells whose it is: the first's or the second's, who may have several telephones ringing."""

    channel: str
    unique_id: str
    number: str
    party: str
    line: str | None
    trunk: str | None
    state: str
    caller_id: CallerIdShown
    created: str
    ringing: str | None
    answered: str | None
    ended: str | None
    cause: int | None
    cause_text: str | None
    on_hold: bool


class Moment(msgspec.Struct, frozen=True, gc=False):
    """Something that happened to the call, or to one of its legs: a menu was heard there, a digit pressed.

    `said` is what was heard of an announcement: names of sounds, numbers.
    """

    at: str
    event: str
    channel: str | None = None
    said: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    menu: str | msgspec.UnsetType = msgspec.UNSET
    digit: str | msgspec.UnsetType = msgspec.UNSET
    detail: str | msgspec.UnsetType = msgspec.UNSET


class Seconds(msgspec.Struct, frozen=True, gc=False):
    """Whole seconds to the end of a call, null while it goes on and for what never was: since the first telephone rang,
    since the first party answered or called and was answered, and since both were connected.
    """

    from_ringing: int | None
    from_answer: int | None
    from_connected: int | None


class SignalShown(msgspec.Struct, frozen=True):
    """A message between the PBX and a real telephone; `from_telephone`, or to it."""

    at: str
    channel: str
    from_telephone: bool
    text: str


class CallShown(msgspec.Struct, frozen=True, gc=False):
    """A call. `state` is dialing, ringing, up or ended; `kind` connect, dial, spy or incoming.

    `hears` is the channel that a spy listens to, or listened to until it ended. `signals` are left out where no real
    telephone is in it.
    """

    id: int
    vendor: str
    kind: str
    state: str
    src: str
    dst: str
    reference: str | None
    started: str
    bridged: str | None
    ended: str | None
    disposition: str | None
    cause: int | None
    cause_text: str | None
    hears: str | None
    seconds: Seconds
    legs: list[LegShown]
    timeline: list[Moment]
    signals: list[SignalShown] | msgspec.UnsetType = msgspec.UNSET


_GOES_ON: Final = Seconds(None, None, None)
_TEXTS: Final[dict[int, str]] = {each: each.text for each in HangupCause}
_UNKNOWN: Final = HangupCause.of(0).text


def show(call: Call) -> CallShown:
    """Show a call as it stands."""
    order, legs, cause, spied_on = call.order, call.all_legs(), call.cause if call.is_over else None, call.spied_on
    first, _ = call.original_parties
    shown = [_leg(leg, first) for leg in legs]
    return CallShown(
        call.number,
        order.vendor,
        order.kind.value,
        state(call),
        order.src,
        order.dst,
        order.reference or None,
        iso(call.started_at),
        moment_or_none(call.bridged_at),
        moment_or_none(call.ended_at),
        call.disposition,
        cause,
        None if cause is None else cause.text,
        None if spied_on is None else spied_on.name,
        _seconds(call, legs, first),
        shown,
        _timeline(call, shown),
    )


HANGS_ON: Final = HangsOn["Call"](
    "state", "bridged_at", "ended_at", "cause", "disposition", "ended_by", "first",
    legs=Call.all_legs,
    own="history",
    of_own=("menus", "digits", "told", "notes", "before_transfer", "spied_on"),
    of_leg=("state", "ringing_at", "answered_at", "ended_at", "cause", "is_held", "digit_taker"),
)  # fmt: skip
"""What a call's document is made of, beside what stays as it is from the call's beginning and the leg's.

Of an order only the talk limit is ever another one, which is not shown; what a leg's display shows never is.
"""


def show_whole(call: Call, signals: Sequence[Signal]) -> CallShown:
    """Show a call as it stands, and what its telephones and the PBX said to each other."""
    shown = show(call)
    if not signals:
        return shown
    told = [SignalShown(iso(one.at), one.channel, one.came, one.text) for one in signals]
    return msgspec.structs.replace(shown, signals=told)


def state(call: Call) -> str:
    """Say where a call stands: `dialing` or `ringing` while a party is being reached, then `up`, then `ended`.

    It is `up` too while the PBX itself hears what a party presses.
    """
    if call.state is CallState.ENDED:
        return "ended"
    if call.state is CallState.TALKING or (call.first is not None and call.first.digit_taker is not None):
        return "up"
    rings = any(leg.state is ChannelState.RINGING for leg in call.legs)
    return "ringing" if rings else "dialing"


def _leg(leg: Channel, first: Channel | None) -> LegShown:
    cause = None if leg.cause is None else leg.wire_cause
    line, trunk, shows = leg.line, leg.trunk, leg.shows
    return LegShown(
        leg.name,
        leg.unique_id,
        leg.number,
        "first" if _is_first_partys(leg, first) else "second",
        None if line is None else line.user,
        None if trunk is None else trunk.name,
        CHANNEL_STATES[leg.shown_state],
        CallerIdShown(shows.number, shows.name),
        iso(leg.created_at),
        moment_or_none(leg.ringing_at),
        moment_or_none(leg.answered_at),
        moment_or_none(leg.ended_at),
        cause,
        None if cause is None else _TEXTS.get(cause, _UNKNOWN),
        leg.is_held,
    )


def _seconds(call: Call, legs: Sequence[Channel], first: Channel | None) -> Seconds:
    if not call.ended_at:
        return _GOES_ON
    rang = min((leg.ringing_at for leg in legs if leg.ringing_at), default=0)
    return Seconds(
        _until_end(call, rang), _until_end(call, first.answered_at if first else 0), _until_end(call, call.bridged_at)
    )


def _until_end(call: Call, since: Instant) -> int | None:
    return (call.ended_at - since) // SECOND if since else None


def _is_first_partys(leg: Channel, first: Channel | None) -> bool:
    """Tell whose leg it is. All telephones of the first party are made before any of the second's.

    After a transfer it is still those of the parties as they were `first` connected; whoever came later is the
    second's.
    """
    if first is None or leg.serial <= first.serial:
        return True
    return (
        not first.is_calling
        and leg.line is not None
        and first.line is not None
        and (leg.created_at == first.created_at and leg.line.extension is first.line.extension)
    )


_AT: Final = attrgetter("at")


def _timeline(call: Call, shown: list[LegShown]) -> list[Moment]:
    """Give what is known of when; where instants are equal, in the order in which it must have happened.

    `shown` are its legs. Few calls have a history.
    """
    known, begun = call.history, list(map(_beginning, shown))
    moments = [Moment(iso(call.started_at), "call-started"), *chain.from_iterable(begun[:1])]
    if known is not None:
        moments += chain(_menus(known), _digits(known))
    moments += chain.from_iterable(begun[1:])
    if known is not None:
        moments += _announcements(known)
    if call.bridged_at:
        moments.append(Moment(iso(call.bridged_at), "call-bridged"))
    if known is not None:
        moments += _notes(known)
    moments += [Moment(leg.ended, "leg-ended", leg.channel) for leg in shown if leg.ended is not None]
    if call.ended_at:
        moments.append(Moment(iso(call.ended_at), "call-ended"))
    moments.sort(key=_AT)  # texts of one length
    return moments


def _beginning(leg: LegShown) -> list[Moment]:
    name = leg.channel
    moments = [Moment(leg.created, "leg-dialed", name)]
    if leg.ringing is not None:
        moments.append(Moment(leg.ringing, "leg-ringing", name))
    if leg.answered is not None:
        moments.append(Moment(leg.answered, "leg-answered", name))
    return moments


def _announcements(known: CallHistory) -> Iterator[Moment]:
    return (Moment(iso(at), "announcement-played", channel.name, said) for at, channel, said in known.told)


def _menus(known: CallHistory) -> Iterator[Moment]:
    return (Moment(iso(visit.at), "menu-entered", menu=visit.menu) for visit in known.menus)


def _digits(known: CallHistory) -> Iterator[Moment]:
    return (Moment(iso(at), "digit-pressed", leg.name, digit=digit) for at, leg, digit in known.digits)


def _notes(known: CallHistory) -> Iterator[Moment]:
    return (Moment(iso(note.at), note.event, detail=note.detail) for note in known.notes)
