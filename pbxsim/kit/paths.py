"""Finding values in a decoded PBX file by where they stand, whatever else is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.finding import Path


def each(plain: object, places: str) -> Iterator[tuple[Path, object]]:
    """Give every value at such places, e.g. `extensions.*.lines.*.user`; `*` is any item of a list or a mapping.

    What is not there, or is no list or mapping where one should be, is passed over.
    """
    return _below(plain, places.split("."), ())


def texts(plain: object, places: str) -> Iterator[tuple[Path, str]]:
    """Give the values at such places that are text."""
    return ((path, value) for path, value in each(plain, places) if isinstance(value, str))


def mappings(plain: object, places: str) -> Iterator[tuple[Path, dict[str, object]]]:
    """Give the values at such places that are mappings."""
    return ((path, value) for path, value in each(plain, places) if isinstance(value, dict))


def value_at(plain: object, path: Path) -> object:
    """Give the value at a path; None where nothing is."""
    for part in path:
        if isinstance(plain, dict):
            plain = plain.get(part)
        elif isinstance(plain, list) and isinstance(part, int) and part < len(plain):
            plain = plain[part]
        else:
            return None
    return plain


def numbers(mapping: dict[str, object], *keys: str) -> list[float]:
    """Give the numbers under these keys, 0 for a key that is absent; nothing at all if one holds no number."""
    found = [mapping.get(key, 0) for key in keys]
    kept = [value for value in found if isinstance(value, int | float)]
    return kept if len(kept) == len(found) else []


def _below(value: object, parts: list[str], path: Path) -> Iterator[tuple[Path, object]]:
    if not parts:
        yield path, value
        return
    part, *rest = parts
    if part != "*":
        if isinstance(value, dict) and part in value:
            yield from _below(value[part], rest, (*path, part))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _below(item, rest, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _below(item, rest, (*path, index))
