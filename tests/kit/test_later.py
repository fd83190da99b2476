"""Functions of modules that are imported when they are first called."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pbxsim.kit.later import later

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
