"""Modules that are imported, and patterns that are compiled, when they are first used."""

from __future__ import annotations

import copy
import pickle
import re
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from pbxsim.kit.later import LaterMapping, LaterModule, LaterPattern, later, patterns_later

if TYPE_CHECKING:
    from collections.abc import Callable
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


def test_a_pattern_is_compiled_when_something_of_it_is_asked_for_and_not_before() -> None:
    wrong, right = LaterPattern("("), LaterPattern("[a-f]+", re.IGNORECASE)
    with pytest.raises(re.error, match="unterminated"):
        _ = wrong.match
    found = right.fullmatch("BEEF")
    assert found is not None
    assert (found[0], right.pattern, right.sub("-", "0abc1")) == ("BEEF", "[a-f]+", "0-1")
    assert right.search is right.search


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda pattern: pickle.loads(pickle.dumps(pattern))])
def test_a_pattern_that_is_compiled_later_may_be_copied(copied: Callable[[LaterPattern], LaterPattern]) -> None:
    assert copied(LaterPattern(b"[0-9]")).match(b"7")[0] == b"7"


def test_a_module_compiles_its_patterns_later_where_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "of_patterns.py").write_text(
        "import re\nWRONG = re.compile('(')\nDIGITS = re.compile('[0-9]+')\n", "utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    at_once = re.compile
    with patterns_later():
        of_patterns = import_module("of_patterns")
        assert of_patterns.DIGITS.findall("1 and 23") == ["1", "23"]
    monkeypatch.delitem(sys.modules, "of_patterns")
    assert re.compile is at_once
    with pytest.raises(re.error, match="unterminated"):
        import_module("of_patterns")


READS_AND_WRITES = """
text = "[1, 0b11, 1.5, yes, ~, 2026-01-02, 2026-01-02T03:04:05Z, 12:30, '7']"
for loader in (yaml.SafeLoader, yaml.CSafeLoader):
    print(yaml.load(text, loader))
    try:
        yaml.load("a: \\x07", loader)
    except yaml.reader.ReaderError as error:
        print("refused at", error.position)
print(yaml.safe_dump({"a": ["1", "yes", 1, "2026-01-02", None, "~", "<<"]}))
"""


def test_pyyaml_reads_and_writes_the_same_with_patterns_that_are_compiled_later() -> None:
    at_once = of_process(f"import yaml{READS_AND_WRITES}")
    assert at_once.count("refused at 3") == 2
    imports = "from pbxsim.kit.later import patterns_later\nwith patterns_later(): import yaml\n"
    later = f"{imports}assert set(vars(yaml.reader.Reader.NON_PRINTABLE)) == {{'_given'}}, 'it is compiled'\n"
    assert of_process(later + READS_AND_WRITES) == at_once


def of_process(program: str) -> str:
    """Run a program in a process of its own, for imports cannot be undone; give what it prints."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
