"""Templates: the formats that are ours, because no page of the vendor's could be read, and so can be written otherwise.

`{name}` is a place for a value; anything else in braces is text, so that JSON can be a template too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

CALL_PLACES: Final = ("ref", "ref_id", "fecha", "hora", "llamante", "acceso", "llamado")
"""What can be said of a call that has begun."""
LEG_PLACES: Final = (*CALL_PLACES, "segundos", "coste")
"""What can be said of a leg that was charged."""
MAIL_PLACES: Final = (*CALL_PLACES, "segundos")
"""What can be said of a recorded call; `segundos` are those of the conversation."""

_PLACE: Final = re.compile(r"\{([a-z_]+)\}")


def filled(template: str, values: Mapping[str, str], spell: Callable[[str], str] = str) -> str:
    """Put values into their places, each spelt as its surroundings need it (escaped, encoded). Raises KeyError."""
    return _PLACE.sub(lambda place: spell(values[place[1]]), template)


def unknown_places(template: str, known: Iterable[str]) -> list[str]:
    """Give the names of places for which there is no value."""
    return sorted(set(_PLACE.findall(template)) - set(known))


def has_place(text: str) -> bool:
    """Tell whether text has any place for a value."""
    return _PLACE.search(text) is not None
