"""Functions of modules that are imported when they are first called."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pbxsim.kit.later import LaterMapping, LaterModule, later

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "asked_seldom.py").write_text(
        "def total(*numbers, start=0):\n    return sum(numbers, start)\n", "utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "asked_seldom", raising=False)
    return "asked_seldom"


def test_the_module_is_imported_by_the_first_call_and_not_before(package: str) -> None:
    total = later(package, "total")
    assert package not in sys.modules
    assert total(1, 2, start=3) == 6
    assert package in sys.modules


def test_a_name_that_is_not_there_is_told_when_it_is_called(package: str) -> None:
    missing = later(package, "product")
    with pytest.raises(AttributeError, match="product"):
        missing()


def test_a_module_is_imported_when_something_of_it_is_asked_for_and_not_before(package: str) -> None:
    module = LaterModule(package)
    assert package not in sys.modules
    assert module.total(1, 2) == 3
    assert module.total is sys.modules[package].total


def test_of_a_module_too_a_name_that_is_not_there_is_told_when_it_is_asked_for(package: str) -> None:
    with pytest.raises(AttributeError, match="product"):
        _ = LaterModule(package).product


def test_a_value_is_made_when_it_is_first_asked_for_and_once() -> None:
    made: list[str] = []

    def value() -> str:
        made.append("a")
        return "value"

    values = LaterMapping({"a": value})
    assert (list(values), len(values), "a" in values, "b" in values) == (["a"], 1, True, False)
    assert made == []
    assert values["a"] is values["a"]
    assert made == ["a"]


def test_the_keys_of_values_that_are_made_later_are_known_without_making_any() -> None:
    values = LaterMapping({"a": later("no_such_module", "value")})
    assert list(values) == ["a"]
    with pytest.raises(ModuleNotFoundError):
        _ = values["a"]
    with pytest.raises(KeyError):
        _ = values["b"]
