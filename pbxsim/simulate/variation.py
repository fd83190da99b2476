"""What a sweep varies: a place in a PBX file, the values that stand there one after the other, the file with each.

A place is named as in `queues.support.members`: keys of mappings, and in lists the `name` of an entry or its position
from 0. A whole number in the place of a list is how many entries it has; members of a queue are made where it has
fewer (members.py).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from pbxsim.kit.finding import did_you_mean
from pbxsim.simulate.members import with_members

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_VALUES: Final = 1_000
"""Values that one place may have."""

Value: TypeAlias = int | float | bool | str | None
_Plain: TypeAlias = dict[str, Any]

_NUMBER: Final = r"(-?[0-9]{1,12}(?:\.[0-9]{1,6})?)"
_RANGE: Final = re.compile(rf"{_NUMBER}\.\.{_NUMBER}(?:\.\.{_NUMBER})?")
_NAMES: Final = ("name", "number", "internal")


class NotThere(Exception):
    """The PBX file has no such place, or nothing of that kind can stand there; says why."""


class Vary(msgspec.Struct, frozen=True):
    """A place, as it is named, and what stands there."""

    place: str
    values: tuple[Value, ...]

    @classmethod
    def read(cls, text: str) -> Vary:
        """Read `place=40..60`, `place=40..60..5` or `place=one,two`. Raises ValueError, which says what is wrong."""
        place, _, values = text.partition("=")
        if not place or not values or not all(place.split(".")):
            raise ValueError(f"expected a place and its values, as queues.sales.members=4..9, not {text!r}")
        found = _RANGE.fullmatch(values)
        if found is None and ".." in values:
            raise ValueError(f"expected numbers, as 40..60 or 0.5..2..0.5, not {values!r}")
        read = tuple(map(_scalar, values.split(","))) if found is None else _range(*found.groups())
        if len(set(map(repr, read))) < len(read):
            raise ValueError(f"expected each value once, not {values!r}")
        return cls(place, read)


def _range(first: str, last: str, step: str | None) -> tuple[Value, ...]:
    low, high, by = Decimal(first), Decimal(last), Decimal(step or 1)
    if high < low or by <= 0 or (high - low) / by >= MOST_VALUES:
        raise ValueError(f"expected a range upwards of at most {MOST_VALUES:,} values, not from {first} to {last}")
    values = [low + by * place for place in range(int((high - low) / by) + 1)]
    return tuple(int(value) if value == value.to_integral_value() else float(value) for value in values)


def _scalar(text: str) -> Value:
    """Read a value as JSON has it; all else is text."""
    try:
        found: Value = msgspec.json.decode(text, type=int | float | bool | str | None)
    except msgspec.DecodeError:
        return text
    return found


def put(file: _Plain, place: str, value: Value) -> None:
    """Put a value into a plain PBX file. Raises NotThere."""
    *way, last = place.split(".")
    holder: Any = file
    for step in way:
        holder = holder[_key(holder, step, place)]
    key = _key(holder, last, place, may_be_new=True)
    present = holder.get(key) if isinstance(holder, dict) else holder[key]
    if not isinstance(present, list):
        holder[key] = value
    elif not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise NotThere(f"{place} is a list: expected how many entries it is to have, not {value!r}")
    elif value <= len(present):
        holder[key] = present[:value]
    elif len(way) == 2 and way[0] == "queues" and last == "members" and present:
        with_members(file, holder, value)
    else:
        raise NotThere(f"{place} has {len(present)} entries, and only a queue that has members is given more")


def _key(holder: Any, step: str, place: str, *, may_be_new: bool = False) -> str | int:  # noqa: ANN401 - plain YAML
    if isinstance(holder, dict):
        if step in holder or may_be_new:
            return step
        raise NotThere(f"{place}: there is no {step!r}{did_you_mean(step, holder)}")
    if isinstance(holder, list):
        known = list(_known(holder))
        for position, names in enumerate(known):
            if step in names:
                return position
        if step.isdecimal() and int(step) < len(holder):
            return int(step)
        every = [name for names in known for name in names]
        raise NotThere(f"{place}: no entry is called {step!r}{did_you_mean(step, every)}")
    raise NotThere(f"{place}: nothing stands below {step!r}")


def _known(entries: Iterable[object]) -> Iterable[list[str]]:
    """Give what each entry of a list may be called."""
    for entry in entries:
        yield [str(entry[name]) for name in _NAMES if name in entry] if isinstance(entry, dict) else []
