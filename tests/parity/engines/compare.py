"""Laying what a scenario came to on two engines side by side. Moments and spans are the same within a second."""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.parity.engines.history import CallTold, History, Moment, Notice, RecordTold

_SECOND: Final = 1.0
_ONE_MOMENT: Final = 0.25  # seconds; scenarios leave half a second between what they do
_SPAN: Final = re.compile(r"~(\d+)~")
_DIALLED: Final = "leg-dialed"


class Aspect(StrEnum):
    """What is compared."""

    CALLS = "calls"  # who asked, from whom to whom, disposition and cause, how many
    LEGS = "legs"  # whose, what their displays show, why they ended
    EVENTS = "events"  # what happened to each party, in order and when; whom the switch rang, in order
    RECORDS = "records"
    REPLIES = "replies"
    NOTICES = "webhooks"
    TELEPHONES = "telephones"  # what they themselves noticed


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not the same: of what, on the first engine, and on the other."""

    aspect: Aspect
    of: str
    first: str
    other: str


def compared(first: History, other: History) -> list[Difference]:
    """Tell what is not the same."""
    return [*_calls(first, other), *_records(first, other), *_told(first, other), *_seen(first, other)]


def near(one: float, other: float) -> bool:
    """Tell whether two moments or spans are the same within a second."""
    return abs(one - other) <= _SECOND


def same_text(one: str, other: str) -> bool:
    """Tell whether two texts are the same but for spans that are near."""
    if _SPAN.sub("~", one) != _SPAN.sub("~", other):
        return False
    spans = zip(_SPAN.findall(one), _SPAN.findall(other), strict=True)
    return all(near(int(here), int(there)) for here, there in spans)


# -- calls -------------------------------------------------------------------------------------------------------------


def _calls(first: History, other: History) -> Iterator[Difference]:
    for number, (one, two) in enumerate(zip_longest(first.calls, other.calls), 1):
        if one is None or two is None:
            spelt = ["none" if call is None else call.what for call in (one, two)]
            yield Difference(aspect=Aspect.CALLS, of=f"call {number}", first=spelt[0], other=spelt[1])
            continue
        yield from _unequal(Aspect.CALLS, f"call {number}", one.what, two.what)
        yield from _unequal(Aspect.CALLS, f"outcome of call {number}", one.outcome, two.outcome)
        yield from _legs(one, two, number)
        yield from _moments(Aspect.EVENTS, f"call {number}", one.timeline, two.timeline)
        rung = [" ".join(each.who for each in call.timeline if each.what == _DIALLED) for call in (one, two)]
        yield from _unequal(Aspect.EVENTS, f"whom call {number} rings, in order", *rung)


def _unequal(aspect: Aspect, of: str, one: str, other: str) -> Iterator[Difference]:
    if one != other:
        yield Difference(aspect=aspect, of=of, first=one or "-", other=other or "-")


def _legs(one: CallTold, other: CallTold, number: int) -> Iterator[Difference]:
    for what, spell in (("display", lambda leg: leg.shows), ("cause", lambda leg: str(leg.cause))):
        told = [_by_party([(leg.who, spell(leg)) for leg in call.legs]) for call in (one, other)]
        for who in sorted({*told[0], *told[1]}):
            spelt = [", ".join(each.get(who, ["no leg"])) for each in told]
            yield from _unequal(Aspect.LEGS, f"{what} of {who}, call {number}", spelt[0], spelt[1])


def _by_party(pairs: Sequence[tuple[str, Any]]) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = {}
    for who, what in pairs:
        grouped.setdefault(who, []).append(what)
    return grouped


def _moments(aspect: Aspect, of: str, one: Sequence[Moment], other: Sequence[Moment]) -> Iterator[Difference]:
    """Compare what happened to each party: the same things in order, each within a second."""
    here, there = (_by_party([(each.who, each) for each in each_run]) for each_run in (one, other))
    for who in sorted({*here, *there}):
        mine, theirs = here.get(who, []), there.get(who, [])
        whose = f"{who or 'the whole'}, {of}"
        if [each.what for each in mine] != [each.what for each in theirs]:
            spelt = ["; ".join(each.what for each in run) or "nothing" for run in (mine, theirs)]
            yield Difference(aspect=aspect, of=whose, first=spelt[0], other=spelt[1])
            continue
        for left, right in zip(mine, theirs, strict=True):
            if not near(left.at, right.at):
                moments = [f"{each.at:.0f} s" for each in (left, right)]
                yield Difference(aspect=aspect, of=f"{left.what}, {whose}", first=moments[0], other=moments[1])


# -- what is told of them ----------------------------------------------------------------------------------------------


def _records(first: History, other: History) -> Iterator[Difference]:
    for number, (one, two) in enumerate(zip_longest(first.records, other.records), 1):
        of = f"record {number}"
        if one is None or two is None or one.text != two.text:
            spelt = ["none" if record is None else record.text for record in (one, two)]
            yield Difference(aspect=Aspect.RECORDS, of=of, first=spelt[0], other=spelt[1])
        elif not _same_spans(one, two):
            spelt = [f"{record.duration}/{record.billsec}, recording {record.recording}" for record in (one, two)]
            yield Difference(aspect=Aspect.RECORDS, of=f"spans of {of}", first=spelt[0], other=spelt[1])


def _same_spans(one: RecordTold, other: RecordTold) -> bool:
    if (one.recording is None) is not (other.recording is None):
        return False
    recordings = near(one.recording or 0, other.recording or 0)
    return near(one.duration, other.duration) and near(one.billsec, other.billsec) and recordings


def _told(first: History, other: History) -> Iterator[Difference]:
    for number, (one, two) in enumerate(zip_longest(first.replies, other.replies), 1):
        assert one is not None  # both runs ask the same
        assert two is not None
        if not same_text(one.text, two.text):
            of = f"{one.request}, request {number}"
            yield Difference(aspect=Aspect.REPLIES, of=of, first=one.text, other=two.text)
    notices = zip_longest(_in_moments(first.notices), _in_moments(other.notices), fillvalue="none")
    for number, (left, right) in enumerate(notices, 1):
        if not same_text(left, right):
            yield Difference(aspect=Aspect.NOTICES, of=f"webhook {number}", first=left, other=right)


def _in_moments(notices: Sequence[Notice]) -> list[str]:
    """Give texts in order; those of one moment by whom they are about, for two legs that end have no order."""
    moment, last = 0, 0.0
    placed = []
    for notice in notices:
        moment += notice.at - last > _ONE_MOMENT
        last = notice.at
        placed.append((moment, notice.about, notice.text))
    return [text for _, _, text in sorted(placed, key=lambda one: one[:2])]


def _seen(first: History, other: History) -> Iterator[Difference]:
    yield from _moments(Aspect.TELEPHONES, "as it saw it", first.seen, other.seen)
