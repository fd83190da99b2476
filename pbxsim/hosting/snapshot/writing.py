"""Writes a PBX as what is otherwise in it than in its twin: changed parts by number, new ones field by field.

In a document a text, a number, true, false and null stand for themselves. Everything else is an object with one
member: `$` a part of the twin by its number, `#` a new one by its place in the document, `t` a tuple, `f` a frozen set,
`b` bytes (a letter for each), `e` a member of an enumeration, `m` a method of a part, `s` a way of spelling the
journal, `x` a number that JSON has not, `h` what a clock is to do and when.
"""

from __future__ import annotations

import math
from collections import deque
from enum import Enum
from http import HTTPStatus
from types import FunctionType
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from pbxsim.clock.scheduler import Scheduler
from pbxsim.hosting.noted_request import NotedRequest
from pbxsim.hosting.snapshot.allowed import SPELLINGS, Allowed
from pbxsim.hosting.snapshot.borders import class_name, is_outside
from pbxsim.hosting.snapshot.graph import fields_of, has_fields, is_container, is_frozen, is_scalar
from pbxsim.native import is_bound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pbxsim.hosting.snapshot.graph import Numbered, Paired
    from pbxsim.hosting.snapshot.secret_marks import SecretMarks


class NotKept(Exception):
    """Something in a PBX is of a kind that no snapshot can hold; says what, and where."""


class _Numbers(Protocol):
    def number(self, thing: object) -> int | None:
        """Give the number of a part, where it has one."""
        ...


class Speller:
    """Spells values. `numbers` are those of parts that are named by number, `new` gives others a place."""

    def __init__(self, numbers: _Numbers, hidden: Callable[[str], str], new: Callable[[object], object]) -> None:
        self._numbers = numbers
        self._hidden = hidden
        self._new = new

    def value(self, thing: Any) -> object:  # noqa: ANN401 - whatever a PBX holds
        """Spell what stands in a field or in a container. Raises NotKept."""
        kind = type(thing)
        if is_scalar(thing):
            return self._scalar(thing)
        if kind is tuple:
            return {"t": [self.value(each) for each in thing]}
        if kind is frozenset:
            return {"f": in_order_of_spelling(self.value(each) for each in thing)}
        if is_bound(thing):
            return {"m": [self.value(thing.__self__), thing.__name__]}
        return self._reference(thing)

    def _scalar(self, thing: Any) -> object:  # noqa: ANN401 - a value of any kind
        if isinstance(thing, HTTPStatus):
            return int(thing)
        if isinstance(thing, Enum):
            return {"e": f"{class_name(type(thing))}.{thing.name}"}
        if isinstance(thing, str):
            return self._hidden(thing)
        if isinstance(thing, bytes):
            return {"b": self._hidden(thing.decode("latin-1"))}
        return thing if thing is None or isinstance(thing, bool) else _number(thing)

    def _reference(self, thing: object) -> object:
        if isinstance(thing, NotedRequest):  # which is masked for whoever reads, and nobody must read it otherwise
            return self.value(thing.spelt())
        if isinstance(thing, FunctionType) and thing in SPELLINGS.inverse:
            return {"s": SPELLINGS.inverse[thing]}
        number = self._numbers.number(thing)
        return self._new(thing) if number is None else {"$": number}

    def contents(self, container: Any) -> list[object]:  # noqa: ANN401 - any of the four kinds of containers
        """Spell what a container holds; of a mapping each key, and then what stands behind it."""
        if isinstance(container, dict):
            return [self.value(each) for pair in container.items() for each in pair]
        spelt = [self.value(each) for each in container]
        return in_order_of_spelling(spelt) if isinstance(container, set) else spelt

    def field(self, thing: object, name: str) -> object:
        """Spell a field of an object; of a clock what it is to do, in the order in which it does it."""
        if isinstance(thing, Scheduler) and name == "_heap":
            return {"h": [self.value(entry) for entry in thing.pending() if not is_outside(_whose(entry))]}
        if isinstance(thing, Scheduler) and name == "_cancelled":
            return None
        return self.value(getattr(thing, name))


def _whose(entry: tuple[Any, ...]) -> object:
    """Give whose timer that is, and for a reply that is held back, the client that waits for it."""
    action, argument = entry[2:]
    return argument if is_outside(argument) else getattr(action, "__self__", None)


def _number(number: float) -> object:
    if isinstance(number, int):
        return number if -(1 << 63) <= number < 1 << 63 else {"x": str(number)}
    return number if math.isfinite(number) else {"x": repr(number)}


def in_order_of_spelling(spelt: Iterable[object]) -> list[object]:
    """Give values that have no order in the order of how they are spelt."""
    return sorted(spelt, key=msgspec.json.encode)


class Writer:
    """Writes what is otherwise in a PBX than in its twin. `hidden` takes secrets out of a text.

    `instead` gives what is written in the place of some objects: what a client sent, without what is secret in it.
    """

    def __init__(
        self,
        paired: Paired,
        twin: Numbered,
        hidden: Callable[[str], str],
        allowed: Allowed,
        instead: Callable[[object], object],
    ) -> None:
        self.objects: list[list[object]] = []
        self.classes: dict[str, list[str]] = {}
        self._allowed = allowed
        self._paired = paired
        self._instead = instead
        self._here = Speller(self, hidden, self._new)
        self._there = Speller(twin, hidden, _unnumbered)
        self._as_begun: dict[int, bool] = {}
        self._places: dict[int, int] = {}
        self._alive: list[object] = []  # so that no two of them ever lie at one place
        self._waiting: deque[tuple[int, object]] = deque()

    def number(self, thing: object) -> int | None:
        """Give the number of a part that stands for itself: one that changes, or is as it was."""
        number = self._paired.number(thing)
        if number is None or not is_frozen(type(thing)):
            return number
        return number if self._is_as_begun(number) else None

    def changes(self) -> list[list[object]]:
        """Write all parts that are otherwise, and with them all that is new. Raises NotKept."""
        found = []
        for number, (thing, other) in sorted(self._paired.pairs.items()):
            if is_container(thing):
                contents = self._here.contents(thing)
                if contents != self._there.contents(other):
                    found.append([number, contents])
            elif has_fields(type(thing)) and not is_frozen(type(thing)):
                fields = self._changed(thing, other)
                if fields:
                    found.append([number, fields])
        while self._waiting:
            self._write(*self._waiting.popleft())
        return found

    def _changed(self, thing: object, other: object) -> dict[str, object]:
        known = frozenset(fields_of(other))
        changed = {}
        for name in fields_of(thing):
            if is_outside(getattr(thing, name)) or (name in known and is_outside(getattr(other, name))):
                continue
            spelt = self._spelt(thing, name)
            if name not in known or spelt != self._there.field(other, name):
                changed[name] = spelt
        return changed

    def _is_as_begun(self, number: int) -> bool:
        known = self._as_begun.get(number)
        if known is None:
            thing, other = self._paired.pairs[number]
            known = all(self._here.field(thing, name) == self._there.field(other, name) for name in fields_of(thing))
            self._as_begun[number] = known
        return known

    def _spelt(self, thing: object, name: str) -> object:
        if isinstance(thing, Scheduler):
            self._check_timers(thing)
        try:
            return self._here.field(thing, name)
        except NotKept as error:
            raise NotKept(f"{error}, in {name} of {class_name(type(thing))}") from None

    def _check_timers(self, clock: Scheduler) -> None:
        """See that all that a clock is to call could be read again: nobody is to keep what is of no use."""
        for entry in clock.pending():
            whose, action = _whose(entry), entry[2]
            name = getattr(action, "__name__", "")
            if not is_outside(whose) and not self._allowed.has_timer(type(whose), name):
                raise NotKept(f"no snapshot holds a timer that calls {name} of a {class_name(type(whose))}")

    def _new(self, thing: object) -> object:
        place = self._places.get(id(thing))
        if place is None:
            if not (is_container(thing) or self._allowed.knows(type(thing))):
                raise NotKept(f"no snapshot holds a {class_name(type(thing))}")
            place = self._places[id(thing)] = len(self.objects)
            self._alive.append(thing)
            self.objects.append([])
            self._waiting.append((place, thing))
        return {"#": place}

    def _write(self, place: int, thing: object) -> None:
        if is_container(thing):
            most = [thing.maxlen] if isinstance(thing, deque) else []
            self.objects[place] = [type(thing).__name__, *most, *self._here.contents(thing)]
            return
        told = self._instead(thing)
        self._alive.append(told)
        name, fields = class_name(type(told)), fields_of(told)
        if self.classes.setdefault(name, fields) != fields:
            raise NotKept(f"one {name} has other fields than another")
        self.objects[place] = [name, *(self._spelt(told, field) for field in fields)]


def _unnumbered(thing: object) -> object:
    raise NotKept(f"a PBX that has just begun holds a {class_name(type(thing))} at no place of its own")


def as_begun(twin: Numbered, marks: SecretMarks) -> list[object]:
    """Write a whole PBX that has just begun, without its secrets: what two of one file have alike."""
    speller = Speller(twin, marks.hidden, _unnumbered)
    written: list[object] = []
    for thing in twin.things:
        spelt: list[object] = [class_name(type(thing))]
        if is_container(thing):
            spelt += speller.contents(thing)
        elif has_fields(type(thing)):
            fields = [name for name in fields_of(thing) if not is_outside(getattr(thing, name))]
            spelt += [[name, speller.field(thing, name)] for name in fields]
        written.append(spelt)
    return written
