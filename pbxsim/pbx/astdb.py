"""What a PBX remembers of what was set while it ran: Asterisk's database of families, keys and values (main/db.c).

It outlives a restart where there is a store, and is forgotten by a reset. Not here: what the switch itself puts there
and takes up again (remembering.py).
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from pbxsim.pbx.events import DatabaseChanged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pbxsim.pbx.bus import EventBus

_T = TypeVar("_T")

LONGEST: Final = 255  # characters of a key


class AstDb:
    """The database of one PBX. Values are whatever JSON can say, and are not changed once they are here."""

    def __init__(self, bus: EventBus, entries: Mapping[tuple[str, str], str]) -> None:
        self._families: dict[str, dict[str, object]] = {}
        self._bus = bus
        for (family, key), text in entries.items():
            self._families.setdefault(family, {})[key] = msgspec.Raw(text.encode())

    def put(self, family: str, key: str, value: object) -> None:
        """Remember a value; what was there under that key is forgotten. Both names are as `key_of` makes them."""
        self._families.setdefault(family, {})[key] = value
        if DatabaseChanged in self._bus.wanted:
            self._bus.emit(DatabaseChanged(family, key, _encoded(value)))

    def family(self, family: str, kind: type[_T]) -> Iterator[tuple[str, _T]]:
        """Give keys and values of a family, in the order of the keys. A value that is none of `kind` is left out."""
        values = self._families.get(family, {})
        for key in sorted(values):
            value = values[key]
            if isinstance(value, msgspec.Raw):
                try:
                    value = values[key] = msgspec.json.decode(value, type=kind)
                except msgspec.DecodeError:  # another release wrote it, or somebody else
                    continue
            yield key, value  # type: ignore[misc]  # whoever put it there did so as that kind

    def entries(self) -> dict[tuple[str, str], str]:
        """Give everything as it is stored."""
        return {
            (family, key): _encoded(value) for family, values in self._families.items() for key, value in values.items()
        }


def key_of(text: str) -> str:
    """Make a key of any text, another one for each: the text itself where every database keeps it as it is."""
    is_plain = text.isascii() and text.isprintable() and text == text.strip() and 0 < len(text) <= LONGEST
    return text if is_plain else sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _encoded(value: object) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:  # half a character, of which no database could keep anything either
        import json

        return json.dumps(msgspec.to_builtins(value))
