"""Extensions by all that they are found by: made anew, or with a few others in the places of those that were there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class Numbered(Protocol):
    """What an extension is found by."""

    @property
    def id(self) -> int:
        """Its own number, which no other has."""
        ...

    @property
    def internal(self) -> str:
        """Its number inside; in another numbering plan somebody else may have it."""
        ...

    @property
    def public(self) -> tuple[str, ...]:
        """Its numbers outside."""
        ...


E = TypeVar("E", bound=Numbered)
ExtensionIndex: TypeAlias = tuple[tuple[E, ...], dict[int, E], dict[str, E], dict[str, list[E]]]
"""Extensions in order, and by id, by public number, and by internal number in any plan."""


def indexed(extensions: Sequence[E], before: ExtensionIndex[E] | None = None) -> ExtensionIndex[E]:
    """Index these extensions; and with `before` all of its, but that these stand in the places of theirs, by id.

    Numbers must be the same there: then nobody needs to look at each of fifty thousand that stay.
    """
    ids = {extension.id: extension for extension in extensions}
    publics = {number: extension for extension in extensions for number in extension.public}
    internals: dict[str, list[E]] = {}
    for extension in extensions:
        internals.setdefault(extension.internal, []).append(extension)
    if before is None:
        return tuple(extensions), ids, publics, internals
    others, other_ids, other_publics, other_internals = before
    alike = {number: [ids.get(each.id, each) for each in other_internals[number]] for number in internals}
    in_order = tuple([ids.get(each.id, each) for each in others]) if ids else others
    return in_order, other_ids | ids, other_publics | publics, other_internals | alike
