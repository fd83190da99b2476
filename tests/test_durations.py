"""Tests that are slow and not marked are told of, the longest first, and nothing else is."""

from __future__ import annotations

from typing import Literal

import pytest

from tests.durations import TOO_LONG, unmarked


def report(
    name: str, seconds: float, *marks: str, when: Literal["setup", "call", "teardown"] = "call"
) -> pytest.TestReport:
    """Make what pytest tells of a test that passed."""
    keywords: dict[str, Literal[1]] = dict.fromkeys((name, *marks), 1)
    return pytest.TestReport(name, (name, 1, name), keywords, "passed", None, when, duration=seconds)


def test_what_takes_long_without_the_mark_is_told_the_longest_first() -> None:
    assert unmarked([report("a", 3.26), report("b", 70.0), report("c", 0.1)]) == [
        "slow, and not marked so: 70.0 s b",
        "slow, and not marked so: 3.3 s a",
    ]


@pytest.mark.parametrize(
    "known",
    [report("a", 9.0, "slow"), report("a", TOO_LONG), report("a", 9.0, when="setup")],
    ids=["marked", "not too long", "of a fixture"],
)
def test_what_is_marked_short_or_a_fixtures_is_not(known: pytest.TestReport) -> None:
    assert unmarked([known]) == []
