"""Settings are read at each start: what msgspec would first have to compile there is compiled already."""

from __future__ import annotations

from inspect import get_annotations
from typing import TYPE_CHECKING

import msgspec

from pbxsim.config.packages import Packages
from pbxsim.discovery import find_engines, find_vendors

if TYPE_CHECKING:
    from collections.abc import Iterator


def structs_in(info: msgspec.inspect.Type, seen: set[type]) -> Iterator[type]:
    """Give the structs that a type is made of, each once."""
    if isinstance(info, msgspec.inspect.StructType):
        if info.cls in seen:
            return
        seen.add(info.cls)
        yield info.cls
        for field in info.fields:
            yield from structs_in(field.type, seen)
    for part in ("type", "item_type", "key_type", "value_type"):
        if isinstance(inner := getattr(info, part, None), msgspec.inspect.Type):
            yield from structs_in(inner, seen)
    for several in ("types", "item_types"):
        for inner in getattr(info, several, ()):
            yield from structs_in(inner, seen)


def test_no_field_of_a_pbx_file_has_an_annotation_that_is_a_text() -> None:
    vendors = find_vendors()
    forms = [Packages(vendors, find_engines()).form, *(vendor.settings for vendor in vendors.values())]
    seen: set[type] = set()
    found = [struct for form in forms for struct in structs_in(msgspec.inspect.type_info(form), seen)]
    ours = [
        struct
        for struct in found
        if struct.__module__.startswith(("pbxsim.config", "pbxsim.vendors", "pbxsim.engines"))
    ]
    assert len(ours) > 40
    assert [
        f"{struct.__module__}.{struct.__name__}.{name}"
        for struct in ours
        for name, annotation in get_annotations(struct).items()
        if isinstance(annotation, str)
    ] == []
