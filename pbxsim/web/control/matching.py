"""What a test expects to have happened: which entries are meant, how many there must be, and what came nearest.

An entry is a call, a record, a request or a webhook, as its list shows it. Not here: waiting for it (waiting.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, TypeAlias

import msgspec

from pbxsim.kit.near_miss import word_hint
from pbxsim.web.control.response import Problem

Where: TypeAlias = "dict[str, Any]"
Entry: TypeAlias = "Mapping[str, Any]"

_Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
_SHOWN: Final = 20  # entries that are told of as seen
_MISSING: Final = msgspec.UNSET


class Expected(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How many entries must fit `where`: at least one, unless it is said otherwise; or which must come `in_order`.

    A value in `where` fits what is equal to it; an object, where each of its fields fits; `{"contains": "…"}` a text
    that has this in it. Only entries behind the one numbered `after` count.
    """

    where: Annotated[dict[str, Any], msgspec.Meta(max_length=50)] = {}
    at_least: _Count | None = None
    at_most: _Count | None = None
    exactly: _Count | None = None
    never: bool = False
    in_order: Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1, max_length=100)] | None = None
    after: Annotated[int, msgspec.Meta(ge=0, le=999_999_999_999)] = 0


class Difference(msgspec.Struct, frozen=True):
    """A field that does not fit; null where the entry has none."""

    field: str
    wanted: Any
    found: Any


class Nearest(msgspec.Struct, frozen=True):
    """The entry that fits best of those that do not fit, the newest of several; and where it differs."""

    entry: Entry
    differs: list[Difference]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How it is. `count` entries fit, or steps of an order; `seen` are the newest, whether they fit or not."""

    met: bool
    wanted: str
    count: int
    seen: Sequence[Entry]
    nearest: Nearest | None
    is_settled: bool = msgspec.field(name="settled")


class Bounds(msgspec.Struct, frozen=True):
    """How many entries must fit; `most` None: however many."""

    least: int
    most: int | None

    @classmethod
    def of(cls, expected: Expected) -> Bounds:
        """Read them. Raises Problem 422 where they contradict each other."""
        if expected.never or expected.exactly is not None:
            others = (expected.at_least, expected.at_most, expected.exactly if expected.never else None)
            if any(each is not None for each in others):
                raise Problem(422, "body: `never` and `exactly` go with no other count")
            exactly = expected.exactly or 0
            return cls(exactly, exactly)
        least = expected.at_least
        if least is None:
            least = 0 if expected.at_most is not None else 1
        if expected.at_most is not None and least > expected.at_most:
            raise Problem(422, "body: at_least is more than at_most")
        return cls(least, expected.at_most)

    def words(self) -> str:
        """Say them."""
        if self.most == self.least:
            return f"exactly {self.least}" if self.least else "none"
        if self.most is None:
            return f"at least {self.least}"
        return f"{self.least} to {self.most}"


def check(expected: Expected, names: Sequence[str]) -> None:
    """See that all fields are some that entries have, and that counts agree. Raises Problem 422."""
    bounds = (expected.at_least, expected.at_most, expected.exactly)
    if expected.in_order is not None and (expected.where or expected.never or any(each is not None for each in bounds)):
        raise Problem(422, "body: in_order goes with no `where` and no count")
    Bounds.of(expected)
    for where in expected.in_order or [expected.where]:
        for name in where:
            if name not in names:
                hint = "; ".join(word_hint("field", name, list(names)))
                raise Problem(422, f"body: {hint or f'there is no field {name!r}'}; there are: {', '.join(names)}")


def judged(expected: Expected, entries: Sequence[Entry], what: str) -> Verdict:
    """Tell how it is now. `what` names an entry in words; the verdict is settled if nothing later can change it."""
    if expected.in_order is not None:
        return _order(expected.in_order, entries, what)
    bounds, where = Bounds.of(expected), expected.where
    count = sum(_fits(where, entry) for entry in entries)
    is_too_many = bounds.most is not None and count > bounds.most
    is_met = count >= bounds.least and not is_too_many
    return Verdict(
        met=is_met,
        wanted=f"{what}s{_words(where)}: {bounds.words()}",
        count=count,
        seen=entries[-_SHOWN:],
        nearest=None if is_met or is_too_many else _nearest(where, entries),
        is_settled=is_too_many or (is_met and bounds.most is None),
    )


def _order(steps: Sequence[Where], entries: Sequence[Entry], what: str) -> Verdict:
    """Look for entries that fit the steps, one after the other, whatever comes in between."""
    rest = list(entries)
    done = 0
    for step in steps:
        place = next((place for place, entry in enumerate(rest) if _fits(step, entry)), None)
        if place is None:
            break
        rest = rest[place + 1 :]
        done += 1
    is_met = done == len(steps)
    return Verdict(
        met=is_met,
        wanted=f"{what}s in this order:" + ", then".join(_words(step) or " any" for step in steps),
        count=done,
        seen=entries[-_SHOWN:],
        nearest=None if is_met else _nearest(steps[done], rest),
        is_settled=is_met,
    )


def _words(where: Where) -> str:
    if not where:
        return ""
    return " with " + ", ".join(f"{name} {msgspec.json.encode(value).decode()}" for name, value in where.items())


def _nearest(where: Where, entries: Sequence[Entry]) -> Nearest | None:
    """Find the entry that differs least; None where all fit, or there is none."""
    best: Nearest | None = None
    for entry in entries:
        differs = list(_differences("", where, entry))
        if differs and (best is None or len(differs) <= len(best.differs)):
            best = Nearest(entry, differs)
    return best


def _fits(where: Where, entry: Entry) -> bool:
    return next(_differences("", where, entry), None) is None


def _differences(path: str, wanted: object, found: object) -> Iterator[Difference]:
    if isinstance(wanted, dict) and isinstance(found, Mapping):
        for name, value in wanted.items():
            yield from _differences(f"{path}.{name}" if path else name, value, found.get(name, _MISSING))
    elif not _is_equal(wanted, found):
        yield Difference(path, wanted, None if found is _MISSING else found)


def _is_equal(wanted: object, found: object) -> bool:
    if isinstance(wanted, dict) and isinstance(found, str) and set(wanted) == {"contains"}:
        return str(wanted["contains"]) in found
    if isinstance(wanted, int | float) and not isinstance(wanted, bool) and isinstance(found, str):
        return str(wanted) == found
    if isinstance(wanted, bool) is not isinstance(found, bool):
        return False
    return wanted == (list(found) if isinstance(found, tuple) else found)
