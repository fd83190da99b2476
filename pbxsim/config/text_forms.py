"""Which settings may have several lines: those whose type is declared as `kit.values.Lines`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec
from msgspec import inspect

from pbxsim.kit.finding import Path


def may_have_lines(form: type[msgspec.Struct], place: Path) -> bool:
    """Tell whether what stands there is declared as `Lines`."""
    return any(isinstance(kind, inspect.Metadata) and kind.extra for kind in _kinds_at(_form(form), place))


@cache
def _form(form: type[msgspec.Struct]) -> inspect.Type:
    return inspect.type_info(form)


def _kinds_at(kind: inspect.Type, place: Path) -> Iterator[inspect.Type]:
    """Give every type that a value at that place may have."""
    if not place and not isinstance(kind, inspect.UnionType):
        yield kind
        return
    for inner, rest in _within(kind, place):
        yield from _kinds_at(inner, rest)


def _within(kind: inspect.Type, place: Path) -> Iterator[tuple[inspect.Type, Path]]:
    """Give the types that are one step nearer to that place, and what is left of it."""
    if isinstance(kind, inspect.UnionType):
        yield from ((each, place) for each in kind.types)
    elif isinstance(kind, inspect.Metadata):
        yield kind.type, place
    elif isinstance(kind, inspect.StructType):
        yield from ((field.type, place[1:]) for field in kind.fields if field.encode_name == place[0])
    elif isinstance(kind, inspect.DictType):
        yield kind.value_type, place[1:]
    elif isinstance(kind, inspect.ListType | inspect.VarTupleType):
        yield kind.item_type, place[1:]
