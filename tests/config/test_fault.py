"""How faults are told."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.config.fault import Fault, PbxFileRefused, parsed, shown


def test_a_fault_prints_as_one_line_with_file_line_path_value_and_what_was_expected() -> None:
    fault = Fault("office.yaml", 12, "extensions[3].lines[0].user", 5, "text")
    assert str(fault) == "office.yaml:12: extensions[3].lines[0].user: found 5, expected text"


@pytest.mark.parametrize("path", ["agents[0].pin", "vendors.voipsun.users[1].password", "asterisk.providers[0].secret"])
@pytest.mark.parametrize("value", ["two words", 4711, 0.5])
def test_a_value_that_is_a_secret_is_not_shown(path: str, value: object) -> None:
    assert str(Fault("a.yaml", 7, path, value, "text")) == f"a.yaml:7: {path}: expected text"


@pytest.mark.parametrize(("value", "text"), [("", "''"), (True, "true"), ({}, "a mapping"), (None, "nothing")])
def test_what_stands_there_instead_of_a_secret_is_shown(value: object, text: str) -> None:
    assert (
        str(Fault("a.yaml", 7, "agents[0].pin", value, "text"))
        == f"a.yaml:7: agents[0].pin: found {text}, expected text"
    )


def test_a_fault_of_the_file_as_a_whole_has_no_path_and_one_of_what_is_missing_no_value() -> None:
    assert str(Fault("office.yaml", 1, "", msgspec.UNSET, "a mapping")) == "office.yaml:1: expected a mapping"


def test_a_refusal_prints_one_line_for_each_fault() -> None:
    refused = PbxFileRefused([Fault("a", 1, "b", 2, "c"), Fault("a", 2, "d", None, "e")])
    assert str(refused) == "a:1: b: found 2, expected c\na:2: d: found nothing, expected e"
    assert [fault.line for fault in refused.faults] == [1, 2]


def test_a_path_that_a_vendor_spelt_is_read_back() -> None:
    assert parsed("keys[0].account") == ("keys", 0, "account")
    assert parsed(".contexts[2].entries[...].dial") == ("contexts", 2, "entries", "dial")
    assert parsed("") == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        (5, "5"),
        ("a", "'a'"),
        ({"a": 1}, "a mapping"),
        ([1], "a list of 1"),
        ("\0", "'\\x00'"),
        ("x" * 100, f"'{'x' * 55}...'"),
    ],
)
def test_a_value_is_shown_in_few_words(value: object, text: str) -> None:
    assert shown(value) == text
