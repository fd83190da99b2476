"""The JSON Schema of PBX files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from pbxsim.config.document import Document
from pbxsim.config.load import built_in, path_of
from pbxsim.config.packages import Packages
from pbxsim.config.schema import schema
from pbxsim.discovery import find_engines, find_vendors
from pbxsim.kit.vendor import Vendor
from tests.config.paper import ACME, AcmeInterface, AcmeSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema.exceptions import ValidationError


def packages(vendors: Mapping[str, Vendor]) -> Packages:
    """Give these vendors, and the engines that there are."""
    return Packages(vendors, find_engines())


def plain(name: str) -> dict[str, Any]:
    """Read a built-in file as an editor would, without its meaning."""
    return Document(name, path_of(name).read_text("utf-8")).plain()[0]


def errors(content: object) -> list[str]:
    """Give the paths at which the schema refuses something."""
    return [_place(error) for error in Draft202012Validator(schema(packages(find_vendors()))).iter_errors(content)]


def _place(error: ValidationError) -> str:
    """Spell where an error is, as `mappings` does; how jsonschema itself spells a key depends on its release."""
    return "$" + "".join(_step(part) for part in error.absolute_path)


def _step(part: str | int) -> str:
    return f".{part}" if isinstance(part, str) and part.isidentifier() else f"[{part!r}]"


@pytest.mark.slow
def test_it_is_a_schema_of_the_2020_dialect() -> None:
    found = schema(packages(find_vendors()))
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(found)


@pytest.mark.parametrize("name", built_in())
def test_the_built_in_files_are_valid(name: str) -> None:
    assert errors(plain(name)) == []


@pytest.mark.parametrize("name", built_in())
def test_a_misspelt_key_is_not_wherever_it_stands(name: str) -> None:
    content = plain(name)
    places = [path for path, holder in mappings(content, "$") if misspelt(holder)]
    assert len(places) > 50
    assert unknown_keys(content) == set(places)


def unknown_keys(content: object) -> set[str]:
    """Give the paths of the mappings in which the schema finds a key that it does not know."""
    waiting = list(Draft202012Validator(schema(packages(find_vendors()))).iter_errors(content))
    found = set()
    while waiting:
        error = waiting.pop()
        waiting += error.context or ()
        if error.validator == "additionalProperties":
            found.add(_place(error))
    return found


def mappings(value: object, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every mapping whose keys the file does not choose itself, as patterns and times of day are."""
    if isinstance(value, dict):
        if not path.endswith((".entries", ".per_hour", ".digits")):
            yield path, value
        for key, item in list(value.items()):
            yield from mappings(item, path + _step(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from mappings(item, path + _step(index))


def misspelt(holder: dict[str, Any]) -> bool:
    """Put a key beside a mapping's first one that is nearly it; an empty mapping has none."""
    key = next(iter(holder), None)
    if key is not None:
        holder[f"{key}x"] = None
    return key is not None


def test_every_vendor_has_its_settings_in_it_and_no_other_is_allowed() -> None:
    vendors = find_vendors()
    section = schema(packages(vendors))["$defs"]["PbxFile"]["properties"]["vendors"]
    assert list(section["properties"]) == list(vendors)
    assert errors({"name": "a", "vendors": {"nobody": {}}}) == ["$.vendors"]
    assert errors({"name": "a", "vendors": {"voipsun": {"users": [{"username": 5, "password": "x"}]}}}) != []


def test_vendors_whose_settings_have_one_name_are_told_apart() -> None:
    class Settings(msgspec.Struct, forbid_unknown_fields=True):
        """Another vendor's."""

        colour: str = "red"

    other = Vendor(
        name="other",
        title="Other",
        settings=Settings,
        paths=("/o",),
        open=lambda _, pbx: AcmeInterface(AcmeSettings(), pbx),
    )
    found = schema(packages({"acme": ACME, "other": other} | find_vendors()))
    check = Draft202012Validator(found)
    assert check.is_valid({"name": "a", "vendors": {"acme": {"greeting": "hi"}, "other": {"colour": "blue"}}})
    assert not check.is_valid({"name": "a", "vendors": {"acme": {"colour": "blue"}}})
    assert not check.is_valid({"name": "a", "vendors": {"other": {"greeting": "hi"}}})


def test_every_section_and_what_stands_in_it_is_described() -> None:
    definitions = schema(packages({}))["$defs"]
    assert [name for name, content in definitions.items() if not content.get("description")] == []
    undescribed = [
        key for key, content in definitions["PbxFile"]["properties"].items() if not described(content, definitions)
    ]
    assert undescribed == []


def described(content: dict[str, Any], definitions: dict[str, Any]) -> bool:
    """Tell whether a reader learns what may stand there."""
    if "$ref" in content:
        content = definitions[content["$ref"].rpartition("/")[2]]
    return bool(content.get("description")) or ("items" in content and described(content["items"], definitions))
