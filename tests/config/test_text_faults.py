"""Control characters are refused in every setting of text there is, found by looking through the types of settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest
from msgspec import inspect

from pbxsim.config.fault import PbxFileRefused
from pbxsim.config.load import read
from pbxsim.config.packages import Packages
from pbxsim.discovery import find_engines, find_vendors
from pbxsim.kit.secret_names import is_secret_name
from tests.config.paper import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.finding import Path

VENDORS: Final = find_vendors()
PACKAGES: Final = Packages(VENDORS, find_engines())
FORMS: Final[dict[str, type[msgspec.Struct]]] = {"": PACKAGES.form} | {
    name: vendor.settings for name, vendor in VENDORS.items()
}
WITH_LINES: Final = {
    "": {"menus.0.say"},
    "duocom": {
        "consumption.head", "consumption.row", "mail.text", "mask_list.document", "mask_list.mask", "texts.KEY",
    },
    "simotel": {"texts.KEY"},
    "vum": {"texts.KEY"},
}  # fmt: skip
"""Settings that stand in a body alone, and may have several lines. Whoever adds one, says so here, too."""

BAD: Final = "a/b\r\nX: y"


def texts(kind: inspect.Type, path: Path = ()) -> Iterator[tuple[Path, bool]]:
    """Give the place of every free text of a type, and whether it may have several lines; in lists the first item."""
    if isinstance(kind, inspect.Metadata):
        yield from ((place, has_lines or bool(kind.extra)) for place, has_lines in texts(kind.type, path))
    elif isinstance(kind, inspect.StrType):
        yield path, False
    elif isinstance(kind, inspect.UnionType):
        yield from dict.fromkeys(place for each in kind.types for place in texts(each, path))
    elif isinstance(kind, inspect.StructType):
        for field in kind.fields:
            yield from texts(field.type, (*path, field.encode_name))
    elif isinstance(kind, inspect.DictType):
        yield from texts(kind.value_type, (*path, "KEY"))
    elif isinstance(kind, inspect.ListType | inspect.VarTupleType):
        yield from texts(kind.item_type, (*path, 0))


def holding(path: Path, value: object) -> Any:  # noqa: ANN401 - a piece of a PBX file
    """Give a document that has nothing but that value at that place."""
    for part in reversed(path):
        value = [value] if isinstance(part, int) else {part: value}
    return value


ALL: Final = [
    (name, path, has_lines) for name, form in FORMS.items() for path, has_lines in texts(inspect.type_info(form))
]


def refused(name: str, path: Path, value: str) -> list[tuple[int, Path, object, str]]:
    """Read a file that says that alone; give what is told of control characters."""
    whole = ("vendors", name, *path) if name else path
    text = json.dumps(holding(whole, value), indent=1)
    with pytest.raises(PbxFileRefused) as caught:
        read(text, "a.yaml", VENDORS)
    expected = "text without control characters"
    return [(each.line, whole, each.value, str(each)) for each in caught.value.faults if each.expected == expected]


def test_there_are_settings_of_text_in_every_form() -> None:
    assert {name for name, _, _ in ALL} == set(FORMS)
    assert ("voipsun", ("content_type",), False) in ALL
    assert ("simotel", ("events", "address"), False) in ALL
    assert ("", ("traffic", 0, "name"), False) in ALL
    assert ("", ("smtp", "host"), False) in ALL


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_no_setting_of_text_takes_a_control_character(name: str) -> None:
    for _, path, has_lines in [each for each in ALL if each[0] == name]:
        ((line, whole, value, told_as),) = refused(name, path, "a\0b" if has_lines else BAD)
        assert line == 1 + len(whole), told_as
        assert value is msgspec.UNSET or not is_secret_name(str(path[-1])), told_as
        assert told_as.isprintable()


def test_which_settings_may_have_several_lines_is_written_down() -> None:
    declared: dict[str, set[str]] = {}
    for name, path, has_lines in ALL:
        if has_lines:
            declared.setdefault(name, set()).add(".".join(map(str, path)))
    assert declared == WITH_LINES


def test_a_key_has_no_lines_even_where_its_text_may_and_a_fault_stays_on_one_line() -> None:
    with pytest.raises(PbxFileRefused) as caught:
        read('name: a\nvendors: {vum: {texts: {"x\\ny": "a\\nb"}}}', "a.yaml", VENDORS)
    assert all(str(fault).isprintable() for fault in caught.value.faults)
    assert any(fault.expected == "text without control characters" for fault in caught.value.faults)


def test_settings_of_a_vendor_that_is_not_known_have_no_control_characters_either() -> None:
    assert (2, "vendors.nobody.a", "\0", "text without control characters") in told('vendors: {nobody: {a: "\\0"}}')
