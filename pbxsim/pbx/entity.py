"""Structs that stand for one thing of a PBX, and are that thing and no other: compared by identity, copied as such."""

from __future__ import annotations

from copy import copy, deepcopy
from typing import Self

import msgspec


class Entity(msgspec.Struct, eq=False):
    """A struct that may be met again inside itself: a queue's caller has a call, which knows the queue.

    `copy.deepcopy` makes a struct when it has copied all that it holds. One that is met again by then would be copied
    again, and a copied PBX would have two of it; so an entity is there first, and gets what it holds afterwards.
    """

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """Copy it with all that it holds, and what holds it."""
        made = copy(self)
        memo[id(self)] = made
        for field in self.__struct_fields__:
            setattr(made, field, deepcopy(getattr(self, field), memo))
        return made
