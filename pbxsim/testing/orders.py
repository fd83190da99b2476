"""In which other orders a scenario could have gone: what a vendor does not promise, and a client must not count on.

A test is played in the plain order once, and what happened is taken down (`Played`). Each `Difference` from that is one
thing that comes otherwise: a reply behind webhooks, or lost; a webhook late, twice, after the next one; a record that
reports do not have yet; a recording that cannot be read yet; midnight right behind a request. An `Order` is a set of
these, spelt as a token that says all that is needed to have it again. They are had by faults of the PBX.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from pbxsim.pbx.dice import draw, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from pbxsim.testing.client import Pbx
    from pbxsim.testing.records import Call, SentRequest

DifferenceKind: TypeAlias = Literal[
    "overtaken", "lost", "gateway-error", "midnight", "late", "twice", "swapped", "unseen", "unreadable"
]
KINDS: Final[tuple[DifferenceKind, ...]] = DifferenceKind.__args__  # type: ignore[attr-defined]  # of a Literal
SAMPLE: Final = 100
"""So many orders are tried where nobody says otherwise: all with one difference, then some with two."""

_LATE: Final = 3  # seconds; longer than the first tries of a webhook are apart
_HELD: Final = 10  # seconds that a webhook waits for the one that is to overtake it
_MOST_OVERTAKING: Final = 12
_LEAD: Final = timedelta(seconds=0.5)  # of a request before midnight
_FAULTS: Final[Mapping[DifferenceKind, Mapping[str, object]]] = {
    "overtaken": {"fault": "overtaken"},
    "lost": {"fault": "reset", "handled": True},
    "gateway-error": {"fault": "status", "status": 504, "handled": True},
    "late": {"fault": "webhook-late", "seconds": _LATE},
    "twice": {"fault": "webhook-twice"},
    "swapped": {"fault": "webhook-out-of-order", "seconds": _HELD},
    "unseen": {"fault": "cdr-unseen", "seconds": _LATE},
    "unreadable": {"fault": "recording-late", "seconds": _LATE},
}
_WORDS: Final[Mapping[DifferenceKind, str]] = {
    "overtaken": "the reply to {what} comes when {amount} webhook(s) have come of it",
    "lost": "{what} is done, and its reply is lost: the connection is reset",
    "gateway-error": "{what} is done, and a 504 comes instead of its reply",
    "midnight": "the day ends half a second after {what}",
    "late": "{what} comes 3 s later, and those behind it wait",
    "twice": "{what} comes twice",
    "swapped": "{what} comes after the next one",
    "unseen": "{what} is in the vendor's reports 3 s after the call's end",
    "unreadable": "{what} can be read 3 s after the call's end",
}
_TOKEN: Final = re.compile(r"(?:pbx([1-9]\d*):)?([a-z]+)([1-9]\d*)\.([a-z-]+?)(\d*)")
_KINDS_OF: Final[Mapping[str, tuple[DifferenceKind, ...]]] = {
    "request": ("overtaken", "lost", "gateway-error", "midnight"),
    "webhook": ("late", "twice", "swapped"),
    "record": ("unseen",),
    "recording": ("unreadable",),
}
_MOST: Final[Mapping[DifferenceKind, int]] = {"overtaken": 1_000, "midnight": 2 * 86_400_000}
"""How large an amount may be: webhooks, milliseconds."""


class BadOrder(ValueError):
    """What was given spells no order; says why."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """The `nth` event of a kind (`request`, `webhook`, `record` of a call, `recording`) comes otherwise.

    `amount` is how many webhooks overtake a reply; of `midnight`, how many milliseconds after the PBX's start the test
    begins. `pbx` counts the PBXs of the test.
    """

    event: str
    nth: int
    kind: DifferenceKind
    amount: int = 0
    pbx: int = 1

    @property
    def token(self) -> str:
        """Spell it: `request1.overtaken2`."""
        where = f"pbx{self.pbx}:" if self.pbx > 1 else ""
        return f"{where}{self.event}{self.nth}.{self.kind}{self.amount or ''}"

    @property
    def fault(self) -> dict[str, object] | None:
        """Give the fault that does it; None: time has to be moved instead."""
        if self.kind == "midnight":
            return None
        more = {"webhooks": self.amount} if self.kind == "overtaken" else {}
        return {**_FAULTS[self.kind], **more, "nth": self.nth}

    @property
    def place(self) -> tuple[int, str, int]:
        """Tell which event it is of."""
        return self.pbx, self.event, self.nth

    @classmethod
    def read(cls, token: str) -> Difference:
        """Read what `token` spells. Raises BadOrder."""
        found = _TOKEN.fullmatch(token)
        pbx, event, nth, kind, amount = found.groups() if found else ("",) * 5
        known = next((each for each in _KINDS_OF.get(event or "", ()) if each == kind), None)
        if known is None or bool(amount) != (known in _MOST):
            every = ", ".join(f"{one}1.{each}" for one, kinds in _KINDS_OF.items() for each in kinds)
            raise BadOrder(f"{token!r} is no difference from the plain order; such are {every}")
        if len(nth) > 6 or (amount and not 1 <= int(amount) <= _MOST[known]):
            most = f" and {_MOST[known]} behind it" if amount else ""
            raise BadOrder(f"{token!r}: its numbers are from 1, up to 999999{most}")
        return cls(event=event, nth=int(nth), kind=known, amount=int(amount or 0), pbx=int(pbx or 1))


class Order(msgspec.Struct, frozen=True):
    """An order: its differences from the plain one, which has none."""

    differences: tuple[Difference, ...] = ()

    @property
    def token(self) -> str:
        """Spell it; the plain order is `plain`."""
        return "+".join(each.token for each in self.differences) or "plain"

    @classmethod
    def read(cls, token: str) -> Order:
        """Read what `token` spells. Raises BadOrder."""
        return cls() if token == "plain" else cls(tuple(Difference.read(each) for each in token.split("+")))

    def apply(self, pbx: Pbx, number: int) -> None:
        """Have a PBX that has just begun go in this order; it is the `number`th of its test."""
        own = [each for each in self.differences if each.pbx == number]
        begins = max((each.amount for each in own if each.kind == "midnight"), default=0)
        if begins:
            pbx.advance(begins / 1000)
        faults = [each.fault for each in own if each.fault is not None]
        if faults:
            pbx.ask("PUT", "/faults", {"faults": [*faults, *map(_as_given, pbx.ask("GET", "/faults"))]})

    def missed(self, pbx: Pbx, number: int) -> list[Difference]:
        """Give what did not happen in a PBX that has gone in this order, as there was no such event.

        None of what a reset, or faults that the test set itself, took back.
        """
        struck = {(each["fault"], each["nth"]): each["struck"] for each in pbx.ask("GET", "/faults")}
        own = [each for each in self.differences if each.pbx == number]
        return [each for each in own if each.fault and struck.get((each.fault["fault"], each.nth)) == 0]


def _as_given(shown: Mapping[str, object]) -> dict[str, object]:
    """Give a fault that the PBX file has, as it stands there."""
    return {name: value for name, value in shown.items() if value is not None and name not in ("id", "met", "struck")}


class Played(msgspec.Struct, frozen=True):
    """What happened in the plain order in one PBX: what may differ, and each event in words, by its place."""

    differences: tuple[Difference, ...]
    words: Mapping[tuple[int, str, int], str]

    def tell(self, difference: Difference) -> str:
        """Say a difference in words."""
        what = self.words.get(difference.place, f"{difference.event} {difference.nth}")
        return _WORDS[difference.kind].format(what=what, amount=difference.amount)


def take_down(pbx: Pbx, number: int, begun: str, zone: Callable[[str], ZoneInfo]) -> Played:
    """Take down what has happened in a PBX that began its test at `begun`; `zone` is that of a vendor's days."""
    found: list[Difference] = []
    words: dict[tuple[int, str, int], str] = {}
    sent = [each for each in pbx.requests if each.vendor is not None and each.method != "OPTIONS"]
    posted = pbx.webhooks
    for nth, request in enumerate(sent, start=1):
        words[number, "request", nth] = f"request {nth} ({request.method} {request.path}{_action(request)})"
        overtaking = sum(each.call == request.call and each.posted_at >= request.at for each in posted)
        if request.call is not None:
            found += [_request(number, nth, "overtaken", n) for n in range(1, min(overtaking, _MOST_OVERTAKING) + 1)]
            found.append(_request(number, nth, "midnight", _before_midnight(begun, request, zone)))
        found += [_request(number, nth, "lost"), _request(number, nth, "gateway-error")]
    for nth, webhook in enumerate(posted, start=1):
        words[number, "webhook", nth] = f"webhook {nth} ({webhook.event} to {webhook.receiver})"
    for nth, call in enumerate(_in_order_of_their_ends(pbx.calls), start=1):
        words[number, "record", nth] = f"the record of call {call.id}"
    for nth, cdr in enumerate((each for each in pbx.cdrs if each.call and each.recording), start=1):
        words[number, "recording", nth] = f"the recording of record {cdr.id}"
    for place, event, nth in words:
        kinds = () if event == "request" else _KINDS_OF[event]
        found += [Difference(event=event, nth=nth, kind=kind, pbx=place) for kind in kinds]
    return Played(tuple(found), words)


def _request(pbx: int, nth: int, kind: DifferenceKind, amount: int = 0) -> Difference:
    return Difference(event="request", nth=nth, kind=kind, amount=amount, pbx=pbx)


def _in_order_of_their_ends(calls: Sequence[Call]) -> list[Call]:
    return sorted((call for call in calls if call.ended is not None), key=lambda call: call.ended or "")


def _action(request: SentRequest) -> str:
    return f" {request.params['action']}" if "action" in request.params else ""


def _before_midnight(begun: str, request: SentRequest, zone: Callable[[str], ZoneInfo]) -> int:
    """Tell how many milliseconds later a test has to begin for the day to end right behind a request of it."""
    began, came = datetime.fromisoformat(begun), datetime.fromisoformat(request.at)
    there = zone(request.vendor or "")
    tomorrow = (came + _LEAD).astimezone(there).date() + timedelta(days=1)
    ends = datetime.combine(tomorrow, time(), there)
    return round((ends - _LEAD - came) / timedelta(milliseconds=1)) if came >= began else 0


def orders(
    played: Sequence[Played], *, sample: int = SAMPLE, seed: int = 0, without: Sequence[str] = ()
) -> Iterator[Order]:
    """Give the orders to try, the smallest first: with one difference, then with two, so many in all at most.

    Where there are more, `seed` draws which ones. `without` leaves kinds of differences out. Raises BadOrder for a kind
    that there is not, a `sample` below 1, and where nothing is left that could come otherwise.
    """
    _refuse(sample=sample, seed=seed, without=without)
    differences = [each for one in played for each in one.differences if each.kind not in without]
    if not differences:
        raise BadOrder("nothing happened in it that could come otherwise, but for what without= leaves out")
    ones = _some([Order((each,)) for each in differences], sample, seed)
    yield from ones
    twos = [Order(pair) for pair in combinations(differences, 2) if _go_together(*pair)]
    yield from _some(twos, sample - len(ones), seed)


def _refuse(*, sample: object, seed: object, without: Sequence[object]) -> None:
    """Refuse what a marker asks for and there is not. Raises BadOrder."""
    if not isinstance(sample, int) or isinstance(sample, bool) or sample < 1:
        raise BadOrder(f"sample={sample!r}: how many orders, 1 or more")
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise BadOrder(f"seed={seed!r}: a whole number")
    unknown = next((kind for kind in without if kind not in KINDS), None)
    if unknown is not None:
        raise BadOrder(f"without={unknown!r} is no kind of difference; these are {', '.join(KINDS)}")


def _go_together(one: Difference, other: Difference) -> bool:
    """Tell whether both can be had: one event comes otherwise in one way, and a test begins at one moment."""
    midnights = (one.kind, other.kind).count("midnight")
    return midnights == 1 or (midnights == 0 and one.place != other.place)


def _some(found: list[Order], most: int, seed: int) -> list[Order]:
    """Give so many of them, drawn where there are more, as they stand."""
    if len(found) <= most:
        return found
    chances = stream(seed, "orders", len(found))
    drawn = sorted(range(len(found)), key=lambda place: draw(chances, place))[: max(0, most)]
    return [found[place] for place in sorted(drawn)]
