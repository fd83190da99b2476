"""What is looked for alike in every section of a PBX file."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.kit.file_checks import bad_causes, bad_pattern, bad_patterns, control_characters, dangling, twins
from pbxsim.kit.finding import Finding

PATTERN = "an Asterisk pattern: sets closed and not empty, nothing behind . or !"


EXPECTED = "text without control characters"


def test_control_characters_are_found_in_texts_and_keys() -> None:
    plain = {"a": ["fine", {"li\nne": "va\tlue"}], "c": 5, "d": None}
    assert list(control_characters(plain)) == [
        Finding(("a", 1, "li\nne"), "li\nne", EXPECTED),
        Finding(("a", 1, "li\nne"), "va\tlue", EXPECTED),
    ]


@pytest.mark.parametrize("odd", ["\0", "\t", "\r", "\n", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ud800"])
def test_whatever_ends_a_line_or_is_no_character_is_one(odd: str) -> None:
    assert [finding.value for finding in control_characters({"a": f"x{odd}"})] == [f"x{odd}"]


@pytest.mark.parametrize(("key", "value"), [("pass", "s3cret\n"), ("url", "https://u:p@a/\n"), ("api_key", "\0")])
def test_a_text_that_may_hold_a_secret_is_not_shown(key: str, value: str) -> None:
    assert list(control_characters({key: value})) == [Finding((key,), msgspec.UNSET, EXPECTED)]


def test_what_cannot_be_printed_but_is_no_control_character_is_text() -> None:
    assert list(control_characters({"a": "soft\u00adhyphen"})) == []


def test_patterns_are_found_that_are_none() -> None:
    plain = {"rules": [{"number": "_X."}, {"number": "_[1"}, {"number": 5}]}
    assert list(bad_patterns(plain, "rules.*.number")) == [Finding(("rules", 1, "number"), "_[1", PATTERN)]
    assert list(bad_pattern(("x",), "100")) == []


@pytest.mark.parametrize(("cause", "count"), [(16, 0), (99, 1), ("99", 0), (None, 0)])
def test_causes_are_found_that_asterisk_does_not_know(cause: object, count: int) -> None:
    found = list(bad_causes({"a": {"cause": cause}}, "a.cause", "nowhere.cause"))
    assert [finding.path for finding in found] == [("a", "cause")] * count
    assert all(finding.expected.startswith("a hangup cause that Asterisk knows: 1, ") for finding in found)


def test_the_second_of_two_equal_values_is_the_twin() -> None:
    values = [(("a", 0), "x"), (("a", 1), True), (("a", 2), 1), (("b",), "x"), (("c",), None), (("d",), ["x"])]
    assert list(twins(values)) == [Finding(("b",), "x", "a value of its own: a[0] has this one already")]


def test_names_of_nothing_are_found_with_what_was_meant() -> None:
    plain = {"queues": [{"agent": "anna"}, {"agent": "ana"}, {"agent": 5}]}
    assert list(dangling(plain, "queues.*.agent", "an agent", {"anna"})) == [
        Finding(("queues", 1, "agent"), "ana", "an agent of this file (did you mean anna?)")
    ]
