"""What a long list was spelt like the last time: of what is as it was then, no document is made again.

A client that asks for ten thousand calls again and again finds most of them as they were. What a document hangs on is
compared, as attributes of the thing itself: so no event is needed, and a call that nobody lists costs nothing.
"""

from __future__ import annotations

import asyncio
from itertools import chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from pbxsim.kit.derived import Derived
from pbxsim.web.control.response import encoded

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from pbxsim.hosting.hosted_pbx import HostedPbx

T = TypeVar("T")

LONGEST: Final = 10_000
"""So many documents are remembered: those of the longest page there is."""

KEPT: Final = 60.0
"""For so many seconds after a long list: who asks more seldom has no use for it."""


class HangsOn(Generic[T]):
    """Of which attributes a thing's document is made, of all that may change while it is remembered.

    `legs` gives its legs, and `of_leg` are their attributes; `own` is of something that only some have, with
    None for the others, and `of_own` are that one's.
    """

    def __init__(
        self,
        *names: str,
        legs: Callable[[T], Sequence[object]] | None = None,
        of_leg: tuple[str, ...] = (),
        own: str = "",
        of_own: tuple[str, ...] = (),
    ) -> None:
        self._names = attrgetter(*names)
        self._each_name = tuple(map(attrgetter, names))
        self._legs = legs
        self._of_leg = attrgetter(*of_leg or names)
        self._each_of_leg = tuple(map(attrgetter, of_leg))
        self._own = attrgetter(own) if own else None
        self._of_own = attrgetter(*of_own or names)

    def of(self, thing: T) -> tuple[object, ...]:
        """Give something that is equal as long as the thing's document is."""
        legs = () if self._legs is None else self._legs(thing)
        own = self._own and self._own(thing)
        return self._names(thing), own and self._of_own(own), *legs, *map(self._of_leg, legs)

    def of_all(self, things: Sequence[T]) -> list[list[object]]:
        """Give the same for several, an attribute after the other, in a third of the time."""
        marks: list[list[object]] = [list(map(look, things)) for look in self._each_name]
        if self._legs is not None:
            whose = list(map(self._legs, things))
            legs: list[object] = list(chain.from_iterable(whose))
            marks += (list(map(len, whose)), legs, *(list(map(look, legs)) for look in self._each_of_leg))
        if self._own is not None:
            marks.append([own and self._of_own(own) for own in map(self._own, things)])
        return marks


class Spelt(Derived, Generic[T]):
    """The documents of one kind of things, each with what it hangs on.

    That is compared for a whole piece of a list, then for each thing in one that is otherwise. `key` is the attribute
    that tells a thing from all others; without one, that it is itself.
    """

    __slots__ = ("_forgetting", "_hangs_on", "_key", "_known", "_marks", "_pieces", "_show")

    def __init__(self, show: Callable[[T], object], hangs_on: HangsOn[T], key: str = "") -> None:
        self._show = show
        self._hangs_on = hangs_on
        self._key = attrgetter(key) if key else None
        self._marks: dict[Hashable, object] = {}  # beside the next and not in pairs: the collector looks at each pair
        self._known: dict[Hashable, bytes] = {}
        self._pieces: dict[Hashable, tuple[list[Hashable], list[list[object]], list[bytes]]] = {}
        self._forgetting: asyncio.TimerHandle | None = None

    @staticmethod
    def of(host: HostedPbx, kind: str, show: Callable[[T], object], hangs_on: HangsOn[T], key: str = "") -> Spelt[T]:
        """Give what a PBX has of a kind."""
        found = host.derived.get(kind)
        if not isinstance(found, Spelt):
            found = host.derived[kind] = Spelt(show, hangs_on, key)
        return found

    def __len__(self) -> int:
        return len(self._known)

    def piece(self, things: Sequence[T]) -> tuple[bytes, bool]:
        """Spell a piece of a list, at least one thing, as it stands now; tell whether all of it was as it is known."""
        keys, marks = self._keys(things), self._hangs_on.of_all(things)
        piece = self._pieces.pop(keys[0], None)
        is_known = piece is not None and piece[0] == keys and piece[1] == marks
        if piece is None or not is_known:
            piece = keys, marks, list(map(self._document, keys, things))
        self._pieces[keys[0]] = piece  # behind those that nobody has asked for since
        return b",".join(piece[2]), is_known

    def _document(self, key: Hashable, thing: T) -> bytes:
        mark, known = self._hangs_on.of(thing), self._known.get(key)
        if known is None or self._marks[key] != mark:
            known = self._known[key] = encoded(self._show(thing))
            self._marks[key] = mark
        return known

    def _keys(self, things: Sequence[T]) -> list[Hashable]:
        return list(things if self._key is None else map(self._key, things))

    def complete(self) -> None:
        """Hear that a list is complete: forget what was spelt first, if it is too much, and all of it in a while.

        Where a list has lost its first thing, each of its pieces begins with another one.
        """
        for key in list(islice(self._known, max(0, len(self._known) - LONGEST))):
            del self._known[key], self._marks[key]
        too_many = sum(len(keys) for keys, _, _ in self._pieces.values()) - LONGEST
        for first, (keys, _, _) in list(self._pieces.items()):
            if too_many > 0:
                del self._pieces[first]
                too_many -= len(keys)
        if self._forgetting is not None:
            self._forgetting.cancel()
        self._forgetting = asyncio.get_running_loop().call_later(KEPT, self._forget)

    def _forget(self) -> None:
        self._marks, self._known, self._pieces = {}, {}, {}
        self._forgetting = None
