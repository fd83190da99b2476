"""Which tests are slow and not marked so, told at the end of a run to keep `make quick` quick; never a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

TOO_LONG: Final = 3.0
"""Seconds; `slow` is for what takes more than 0.07 s on a machine that has nothing else to do, which is seldom ours."""


def unmarked(reports: Iterable[pytest.TestReport]) -> list[str]:
    """Give a line for each test that took too long and has no mark `slow`, the longest first."""
    found = [one for one in reports if one.when == "call" and one.duration > TOO_LONG and "slow" not in one.keywords]
    found.sort(key=lambda one: -one.duration)
    return [f"slow, and not marked so: {one.duration:.1f} s {one.nodeid}" for one in found]
