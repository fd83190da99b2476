"""What a file must not say of simulated telephones and callers, seen alone; how it is told is in tests/config."""

from __future__ import annotations

from typing import Any

import pytest

from pbxsim.engines.simulated.checks import faults
from pbxsim.kit.finding import spelt

NAMES = {"a public number": {"222": None}, "a trunk": {"upc": None}}


def places(plain: object, names: dict[str, dict[str, None]] = NAMES) -> list[tuple[str, str]]:
    """Give where something is wrong, and what should be there."""
    return [(spelt(finding.path), finding.expected) for finding in faults(plain, names)]


@pytest.mark.parametrize(
    "plain",
    [
        {},
        None,
        [],
        {"phones": 5, "traffic": {"to": "900"}},
        {"phones": {"rules": "x", "default": "busy"}, "traffic": ["x", {"to": 5}]},
        {"phones": {"default": {"ring": {"uniform": ["a", "b"]}, "outcome": "fail", "cause": 34}}},
        {"traffic": [{"to": "222", "trunk": "upc", "patience": {"uniform": [1, 2]}, "talk": "never"}]},
    ],
)
def test_what_is_right_or_has_another_form_is_passed_over(plain: object) -> None:
    assert places(plain) == []


@pytest.mark.parametrize(
    ("section", "content", "place", "expected"),
    [
        ("phones", {"rules": [{"number": "_["}]}, "phones.rules[0].number", "an Asterisk pattern"),
        ("phones", {"default": {"cause": 99, "outcome": "drop"}}, "phones.default.cause", "a hangup cause"),
        ("phones", {"rules": [{"does": {"cause": 17}}]}, "phones.rules[0].does.cause", "no cause"),
        ("phones", {"rules": [{"does": [{"ring": {}}]}]}, "phones.rules[0].does[0].ring", "exactly one of"),
        ("traffic", [{"talk": {"uniform": [2, 1]}}], "traffic[0].talk.uniform", "the shorter time first"),
        ("traffic", [{"to": "22"}], "traffic[0].to", "a public number of this file"),
        ("traffic", [{"trunk": "upv"}], "traffic[0].trunk", "a trunk of this file (did you mean upc?)"),
        ("traffic", [{"to": "222"}, {"name": "222"}], "traffic[1].name", "a value of its own: traffic[0].to"),
    ],
)
def test_what_cannot_be_is_found(section: str, content: Any, place: str, expected: str) -> None:  # noqa: ANN401
    ((where, words),) = places({section: content})
    assert where == place
    assert words.startswith(expected)


def test_callers_need_some_trunk() -> None:
    names: dict[str, dict[str, None]] = NAMES | {"a trunk": {}}
    assert places({"traffic": [{"to": "222"}]}, names) == [
        ("traffic[0]", "a trunk in this file, by which these callers come in")
    ]
