"""All of our vendors have one shape: who knows one knows where to look in any other.

Beside the files that each has, a vendor has one file or folder for each noun of its page; its README lists them.
"""

from __future__ import annotations

import ast
import re
from base64 import b64encode
from collections.abc import Mapping
from importlib import import_module
from inspect import getmembers, isclass, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import pytest

import pbxsim.vendors
from pbxsim.config.load import load
from pbxsim.discovery import find_vendors
from pbxsim.kit.action import Action
from pbxsim.kit.request import Request
from tests.vendors.documents import pbx_file
from tests.vendors.installed import open_interface

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from pbxsim.kit.vendor import Credential, Place

FOLDER: Final = Path(pbxsim.vendors.__file__).parent
NAMES: Final = sorted(path.parent.name for path in FOLDER.glob("*/__init__.py"))
SHAPE: Final = {
    "__init__.py": "its declaration",
    "api.py": "the interface: who may ask, in which order a request is judged",
    "actions.py": "the table of its actions",
    "forms.py": "its actions as forms to fill in, and the secrets that belong there",
    "state.py": "what it has of one PBX",
    "wire.py": "how it spells things",
    "errors.py": "its errors, as data",
    "settings.py": "what a PBX file may say of it, and what in that could not work",
    "README.md": "what the vendor says, and what we decided",
}

every_vendor = pytest.mark.parametrize("name", NAMES)


def module(name: str, file: str) -> ModuleType:
    """Give one of a vendor's modules."""
    return import_module(f"pbxsim.vendors.{name}.{file}")


def modules(name: str) -> Iterator[ModuleType]:
    """Give all of a vendor's modules."""
    for path in (FOLDER / name).rglob("*.py"):
        parts = path.relative_to(FOLDER.parent.parent).with_suffix("").parts
        yield import_module(".".join(parts).removesuffix(".__init__"))


def nouns(name: str) -> list[str]:
    """Give the files and folders that the vendor's README lists; a folder ends with `/`."""
    text = (FOLDER / name / "README.md").read_text("utf-8")
    section = re.search(r"^## Files\n(.*?)^## ", text, re.DOTALL | re.MULTILINE)
    return re.findall(r"^- `([a-z_]+(?:\.py|/))`: \S", section[1], re.MULTILINE) if section else []


def test_our_vendors_are_those_that_we_know() -> None:
    assert {"duocom", "simotel", "voipsun", "vum"} <= set(NAMES)


@every_vendor
def test_a_vendor_has_the_files_that_all_have_and_those_that_its_readme_lists(name: str) -> None:
    found = {path.name + "/" * path.is_dir() for path in (FOLDER / name).iterdir() if path.name != "__pycache__"}
    assert found == SHAPE.keys() | set(nouns(name))


@every_vendor
def test_a_readme_lists_each_file_once_in_order(name: str) -> None:
    assert nouns(name) == sorted(set(nouns(name)))


@every_vendor
def test_the_package_itself_declares_the_vendor_and_nothing_else(name: str) -> None:
    tree = ast.parse((FOLDER / name / "__init__.py").read_text("utf-8"))
    docstring, *imports, declaration = tree.body
    assert isinstance(docstring, ast.Expr)
    assert all(isinstance(statement, ast.ImportFrom) for statement in imports)
    assert isinstance(declaration, ast.Assign)
    assert ast.unparse(declaration).startswith("vendor = Vendor(")


@every_vendor
def test_the_table_of_actions_has_a_handler_of_request_and_state_under_each_name(name: str) -> None:
    actions = module(name, "actions").ACTIONS
    assert isinstance(actions, Mapping)
    assert actions
    for called, action in actions.items():
        assert isinstance(called, str)
        assert isinstance(action, Action)
        parameters = [parameter.removeprefix("_") for parameter in signature(action.handler).parameters]
        assert parameters == ["request", "state"], called


@every_vendor
def test_a_handler_is_told_the_types_that_all_handlers_have(name: str) -> None:
    for action in module(name, "actions").ACTIONS.values():
        annotations = {key.removeprefix("_"): told for key, told in action.handler.__annotations__.items()}
        assert annotations == {"request": "Request", "state": "State", "return": "Reply"}


@every_vendor
def test_what_is_opened_on_a_pbx_is_the_interface_of_api_and_works_with_the_state_of_state(name: str) -> None:
    interface: Any = open_interface(name).interface
    assert type(interface).__module__ == f"pbxsim.vendors.{name}.api"
    assert type(interface).__name__ == f"{name.capitalize()}Interface"
    assert type(interface.state) is module(name, "state").State


@every_vendor
def test_settings_has_the_settings_and_finds_their_faults(name: str) -> None:
    vendor, settings = import_module(f"pbxsim.vendors.{name}").vendor, module(name, "settings")
    assert vendor.settings is settings.Settings
    assert vendor.check is settings.faults
    assert settings.faults.__module__ == settings.__name__


@every_vendor
def test_a_vendor_refuses_with_the_kits_exception_and_has_none_of_its_own(name: str) -> None:
    own = [
        kind.__name__
        for found in modules(name)
        for _, kind in getmembers(found, isclass)
        if issubclass(kind, BaseException) and kind.__module__ == found.__name__
    ]
    assert own == []


@every_vendor
def test_what_listens_to_events_is_a_bound_method_so_that_a_pbx_can_be_copied(name: str) -> None:
    for path in (FOLDER / name).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "subscribe":
                assert isinstance(node.args[1], ast.Attribute), f"{path.name}:{node.lineno}"


@every_vendor
def test_where_its_credentials_stand_is_where_they_are_read(name: str) -> None:
    vendor = find_vendors()[name]
    kinds = {part[0] for credential in credentials(name) for part in credential.parts}
    assert kinds == vendor.places.keys()
    for credential in credentials(name):
        for kind, *values in credential.parts:
            carried = vendor.carries(carrying(vendor.places[kind], values)) or ()
            assert (kind, *values) in set(carried)


def credentials(name: str) -> list[Credential]:
    """Give all credentials of a vendor on the PBX of its examples."""
    vendors = find_vendors()
    return list(vendors[name].credentials(load(pbx_file(name), vendors).file.vendors[name]))


def carrying(place: Place, values: list[str]) -> Request:
    """Give a request that has a credential there, and nothing else."""
    if place.basic:
        return Request("GET", "/", headers={place.basic: f"Basic {b64encode(':'.join(values).encode()).decode()}"})
    if place.header:
        return Request("GET", "/", headers={place.header: values[0]})
    return Request("GET", "/", urlencode(dict(zip(place.params, values, strict=True))))
