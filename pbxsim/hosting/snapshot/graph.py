"""A PBX as a graph: what an object holds, and how the parts of two graphs of one form are told to be the same.

An object's number is its place in the walk through the graph of a PBX that has just begun. The walk goes by fields, by
keys and by places in lists; it never depends on a set's order, nor on where an object lies in memory.
"""

from __future__ import annotations

from collections import Counter, deque
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from pbxsim.clock.scheduler import Scheduler
from pbxsim.hosting.snapshot.borders import LEFT_OUT, class_name, is_outside
from pbxsim.native import attribute_names, is_bound
from pbxsim.pbx.bus import EventBus

if TYPE_CHECKING:
    from collections.abc import Iterator

Edge: TypeAlias = "tuple[object, ...]"

CONTAINERS: Final = (dict, list, deque, set)
_SCALARS: Final = frozenset({int, float, str, bool, bytes, type(None)})


def is_scalar(thing: object) -> bool:
    """Tell whether something is a value and no more."""
    return type(thing) in _SCALARS or isinstance(thing, Enum)


def is_container(thing: object) -> bool:
    """Tell whether something is one of the containers that can change."""
    return type(thing) in CONTAINERS


def has_fields(kind: type[Any]) -> bool:
    """Tell whether objects of a class are made of fields: structs, and what is written in Python."""
    known = _HAVE_FIELDS.get(kind)
    if known is None:
        known = _HAVE_FIELDS[kind] = _are_of_fields(kind)
    return known


_HAVE_FIELDS: Final[dict[type[Any], bool]] = {}


def _are_of_fields(kind: type[Any]) -> bool:
    if issubclass(kind, msgspec.Struct):
        return True
    if issubclass(kind, type):
        return False
    in_python = all(base.__flags__ & _HEAP_TYPE for base in kind.__mro__[:-1])
    return in_python and kind.__module__.partition(".")[0] not in _LIBRARY


_HEAP_TYPE: Final = 1 << 9  # CPython's Py_TPFLAGS_HEAPTYPE: the class was made by a class statement
_LIBRARY: Final = frozenset({"builtins", "collections", "datetime", "re", "types", "zoneinfo", "functools"})


def is_frozen(kind: type[Any]) -> bool:
    """Tell whether objects of a class never change."""
    return issubclass(kind, msgspec.Struct) and kind.__struct_config__.frozen


def fields_of(thing: object) -> list[str]:
    """Name the fields of an object that are its state, in a fixed order."""
    kind = type(thing)
    if isinstance(thing, msgspec.Struct):
        names = list(thing.__struct_fields__)
    else:
        names = sorted({*attribute_names(kind), *getattr(thing, "__dict__", ())})
    out = LEFT_OUT.get(class_name(kind), frozenset())
    return [name for name in names if name not in out and hasattr(thing, name)]


def edges(thing: object) -> Iterator[tuple[Edge, object]]:
    """Give what an object holds, each by what leads there."""
    if isinstance(thing, dict):
        yield from _entries(thing)
    elif isinstance(thing, list | deque | tuple):
        yield from ((("place", place), each) for place, each in enumerate(thing))
    elif is_bound(thing):
        yield ("self",), thing.__self__
    elif isinstance(thing, EventBus):
        yield from _listeners(thing)
    elif not isinstance(thing, Scheduler) and has_fields(type(thing)):  # what a clock calls belongs to others
        yield from ((("field", name), getattr(thing, name)) for name in fields_of(thing))


def _entries(mapping: dict[object, object]) -> Iterator[tuple[Edge, object]]:
    for place, (key, value) in enumerate(mapping.items()):
        if is_key(key):
            yield ("key", key), value
        else:
            yield ("its key", place), key
            yield ("its value", place), value


def is_key(key: object) -> bool:
    """Tell whether something is the same key in every PBX: a value, or some values."""
    return is_scalar(key) or isinstance(key, type) or (isinstance(key, tuple) and all(map(is_key, key)))


def _listeners(bus: EventBus) -> Iterator[tuple[Edge, object]]:
    """Give who hears of each kind of event; the store's and the recorder's ears are there or not."""
    for kind in sorted(bus.wanted, key=class_name):
        counted: Counter[str] = Counter()
        for listener in bus.listeners(kind):
            heard: Any = listener
            name = f"{class_name(type(heard.__self__))}.{heard.__name__}"
            counted[name] += 1
            yield ("listener", class_name(kind), name, counted[name]), heard.__self__


class Numbered:
    """The parts of a PBX that has just begun, each by its number."""

    def __init__(self, root: object) -> None:
        self.things: list[object] = []
        self._numbers: dict[int, int] = {}
        waiting = deque([root])
        while waiting:
            thing = waiting.popleft()
            if is_scalar(thing) or is_outside(thing) or id(thing) in self._numbers:
                continue
            if not (isinstance(thing, tuple | frozenset) or is_bound(thing)):
                self._numbers[id(thing)] = len(self.things)
                self.things.append(thing)
            waiting.extend(held for _, held in edges(thing))

    def number(self, thing: object) -> int | None:
        """Give the number of a part; None where it is none."""
        return self._numbers.get(id(thing))


class Paired:
    """The parts of a PBX that lives, each with the one at the same place of its twin, where there is one."""

    def __init__(self, root: object, twin_root: object, twin: Numbered) -> None:
        self._twin = twin
        self._numbers: dict[int, int] = {}
        self._taken: set[int] = set()
        self._keyed: list[tuple[dict[object, object], dict[object, object]]] = []
        self.pairs: dict[int, tuple[object, object]] = {}
        self._passed: set[tuple[int, int]] = set()
        self._later: deque[tuple[object, object]] = deque()
        waiting = deque([(root, twin_root)])
        while waiting or self._later:
            self._pair(*(waiting.popleft() if waiting else self._later.popleft()), waiting)
        self._pair_keyed()

    def number(self, thing: object) -> int | None:
        """Give the number of a part; None where the twin has none like it."""
        return self._numbers.get(id(thing))

    def _pair(self, thing: object, other: object, waiting: deque[tuple[object, object]]) -> None:
        if type(thing) is not type(other) or is_scalar(thing) or is_outside(thing):
            return
        number = self._twin.number(other)
        if number is not None:
            if id(thing) in self._numbers or number in self._taken:
                return
            self._numbers[id(thing)] = number
            self._taken.add(number)
            self.pairs[number] = thing, other
        elif (id(thing), id(other)) in self._passed:
            return
        self._passed.add((id(thing), id(other)))
        self._go_on(thing, other, waiting)

    def _go_on(self, thing: object, other: object, waiting: deque[tuple[object, object]]) -> None:
        there = dict(edges(other))
        is_ordered = isinstance(thing, list | deque)
        if isinstance(thing, dict) and isinstance(other, dict):
            self._keyed.append((thing, other))
        for edge, held in edges(thing):
            if edge in there and edge[0] not in ("its key", "its value"):
                (self._later if is_ordered else waiting).append((held, there[edge]))

    def _pair_keyed(self) -> None:
        """Pair what stands in mappings behind keys that are parts themselves."""
        waiting: deque[tuple[object, object]] = deque()
        for mapping, other in self._keyed:
            theirs = {self._twin.number(key): value for key, value in other.items() if not is_key(key)}
            for key, value in mapping.items():
                number = None if is_key(key) else self.number(key)
                if number is not None and number in theirs:
                    waiting.append((value, theirs[number]))
        while waiting or self._later:
            self._pair(*(waiting.popleft() if waiting else self._later.popleft()), waiting)


def texts_of(numbered: Numbered) -> Iterator[str]:
    """Give every text that a PBX holds, in the order of the walk."""
    waiting = deque(held for thing in numbered.things for _, held in edges(thing))
    while waiting:
        held = waiting.popleft()
        if type(held) is str:
            yield held
        elif isinstance(held, tuple):
            waiting.extendleft(reversed(held))
