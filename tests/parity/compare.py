"""Laying a scenario's two runs side by side. Seconds are the same within one, for what is played on a real switch takes
a moment: its telephones' own, and up to half a second of Answer() that waits for audio.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from tests.parity.facts import Leg, Logged, Played, Recorded, Row
from tests.parity.scenarios import SCENARIOS
from tests.parity.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeVar

    One = TypeVar("One")

CHAN_SIP: Final = "asterisk-16.28-chan_sip"
PJSIP: Final = "asterisk-22.10-pjsip"
_RECORDED: Final = Path(__file__).parent / "recorded"
_SECOND: Final = 1.0


class Aspect(StrEnum):
    """What of a scenario is compared."""

    HAPPENS = "what happens"  # who is rung, the states of channels in order and when looked at, when each ended
    ROWS = "number of rows"
    VALUES = "disposition, duration, billsec"  # of every row that both have
    LOG = "queue log"
    FIGURES = "queue figures"  # and the members'
    MOMENTS = "channels of no duration"  # over as soon as they were there
    CAUSES = "hangup causes"
    DEVICES = "device states"
    CALLER = "src"  # of every row that both have
    DISPLAYS = "displays"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not the same: of whom, on the real Asterisk, and here."""

    aspect: Aspect
    of: str
    real: str
    ours: str


@cache
def recorded(name: str) -> Recorded:
    """Read what a real Asterisk made of the scenarios."""
    return msgspec.json.decode((_RECORDED / f"{name}.json").read_bytes(), type=Recorded)


def differences(number: int, name: str = CHAN_SIP) -> list[Difference]:
    """Play a scenario, and tell what is not as on that Asterisk."""
    return list(compared(recorded(name).scenarios[str(number)], played(number)))


@cache
def played(number: int) -> Played:
    """Play a scenario; once is enough, for it comes out the same each time."""
    return Stage(SCENARIOS[number]).play()


def compared(real: Played, ours: Played) -> Iterator[Difference]:
    """Tell what is not the same."""
    yield from _legs(real, ours)
    yield from _looks(real, ours)
    yield from _rows(real, ours)
    yield from _displays(real, ours)
    yield from _log(real.log, ours.log)
    if (real.figures, real.members) != (ours.figures, ours.members):
        yield Difference(aspect=Aspect.FIGURES, of="queue", real=_counted(real), ours=_counted(ours))


def near(one: float, other: float) -> bool:
    """Tell whether two moments or spans are the same within a second."""
    return abs(one - other) <= _SECOND


def _by(key: Callable[[One], object], items: Sequence[One]) -> dict[object, list[One]]:
    grouped: dict[object, list[One]] = {}
    for item in items:
        grouped.setdefault(key(item), []).append(item)
    return grouped


# -- legs, looks, displays ---------------------------------------------------------------------------------------------


def _legs(real: Played, ours: Played) -> Iterator[Difference]:
    theirs, mine = _by(_party, _sorted(real.legs)), _by(_party, _sorted(ours.legs))
    for party in sorted({str(key) for key in (*theirs, *mine)}):
        there, here = theirs.get(party, []), mine.get(party, [])
        if not _same_states(there, here):
            lasting = [[leg for leg in legs if not leg.is_momentary] for legs in (there, here)]
            aspect = Aspect.MOMENTS if _same_states(*lasting) else Aspect.HAPPENS
            yield Difference(aspect=aspect, of=f"states of {party}", real=_states(there), ours=_states(here))
            there, here = lasting if aspect is Aspect.MOMENTS else ([], [])
        for one, other in zip(there, here, strict=True):
            if not near(one.ended, other.ended):
                of = f"end of {party}"
                yield Difference(aspect=Aspect.HAPPENS, of=of, real=f"{one.ended:.1f} s", ours=f"{other.ended:.1f} s")
            if one.cause != other.cause:
                yield Difference(aspect=Aspect.CAUSES, of=party, real=str(one.cause), ours=str(other.cause))


def _same_states(there: Sequence[Leg], here: Sequence[Leg]) -> bool:
    return [leg.states for leg in there] == [leg.states for leg in here]


def _party(leg: Leg) -> str:
    return leg.party


def _sorted(legs: Sequence[Leg]) -> list[Leg]:
    return sorted(legs, key=lambda leg: (round(leg.ended), leg.states))


def _states(legs: Sequence[Leg]) -> str:
    return ", ".join("-".join(map(str, leg.states)) or "never rang" for leg in legs) or "not dialled"


def _looks(real: Played, ours: Played) -> Iterator[Difference]:
    for there, here in zip(real.looks, ours.looks, strict=True):
        at = f"at {here.at:g} s"
        if there.channels != here.channels:
            spelt = [", ".join(f"{who} {state}" for who, state in look.channels) or "none" for look in (there, here)]
            yield Difference(aspect=Aspect.HAPPENS, of=f"channels {at}", real=spelt[0], ours=spelt[1])
        for who in sorted({*there.devices} & {*here.devices}):  # a real one lists only those that it has heard of
            if there.devices[who] != here.devices[who]:
                yield Difference(
                    aspect=Aspect.DEVICES, of=f"{who} {at}", real=there.devices[who], ours=here.devices[who]
                )


def _displays(real: Played, ours: Played) -> Iterator[Difference]:
    for who in sorted({*real.shown, *ours.shown} - {"T"}):
        there, here = real.shown.get(who, ()), ours.shown.get(who, ())
        if there != here:
            yield Difference(aspect=Aspect.DISPLAYS, of=who, real=", ".join(there) or "-", ours=", ".join(here) or "-")


# -- records -----------------------------------------------------------------------------------------------------------


def _rows(real: Played, ours: Played) -> Iterator[Difference]:
    if len(real.rows) != len(ours.rows):
        yield Difference(aspect=Aspect.ROWS, of="call", real=str(len(real.rows)), ours=str(len(ours.rows)))
    for there, here in pairs(real.rows, ours.rows):
        of = f"{there.channel}>{there.dstchannel or 'nobody'}"
        if not _same_values(there, here):
            yield Difference(aspect=Aspect.VALUES, of=of, real=_values(there), ours=_values(here))
        if there.src != here.src:
            yield Difference(aspect=Aspect.CALLER, of=of, real=there.src, ours=here.src)


def pairs(real: Sequence[Row], ours: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Give the rows that both have: of the same two channels, and of several such in their order."""
    theirs, mine = _by(_channels, real), _by(_channels, ours)
    for channels, there in theirs.items():
        yield from zip(there, mine.get(channels, []), strict=False)


def _channels(row: Row) -> tuple[str, str]:
    return row.channel, row.dstchannel


def _same_values(one: Row, other: Row) -> bool:
    spans = near(one.duration, other.duration) and near(one.billsec, other.billsec)
    return one.disposition == other.disposition and spans


def _values(row: Row) -> str:
    return f"{row.disposition} {row.duration}/{row.billsec}"


# -- the queue ---------------------------------------------------------------------------------------------------------


def _log(real: Sequence[Logged], ours: Sequence[Logged]) -> Iterator[Difference]:
    if len(real) != len(ours):
        yield Difference(aspect=Aspect.LOG, of="events", real=_events(real), ours=_events(ours))
        return
    for there, here in zip(real, ours, strict=True):
        if not _same_line(there, here):
            yield Difference(aspect=Aspect.LOG, of=there.event, real=_line(there), ours=_line(here))


def _same_line(one: Logged, other: Logged) -> bool:
    named = [(line.call, line.agent, line.event, len(line.data)) for line in (one, other)]
    if named[0] != named[1] or not near(one.second, other.second):
        return False
    slack = 1000 if one.event.startswith("RING") else 1  # these tell milliseconds
    return all(_same_item(there, here, slack) for there, here in zip(one.data, other.data, strict=True))


def _same_item(one: str, other: str, slack: int) -> bool:
    if one.isdigit() and other.isdigit():
        return abs(int(one) - int(other)) <= slack
    return one == other


def _events(log: Sequence[Logged]) -> str:
    return " ".join(line.event for line in log)


def _line(line: Logged) -> str:
    return f"{line.second} s {line.call or 'call'} {line.agent} {line.event} {'|'.join(line.data)}"


def _counted(run: Played) -> str:
    figures = run.figures
    if figures is None:
        return "no queue"
    told = f"{figures.calls} calls, {figures.completed} completed, {figures.abandoned} abandoned,"
    members = ", ".join(f"{who} {taken}{' paused' * paused}" for who, (taken, paused) in run.members.items())
    return f"{told} hold {figures.hold_time}, talk {figures.talk_time}, level {figures.service_level:g}; {members}"
