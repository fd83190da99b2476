"""How work grows with what is sent: counted in lines, calls and comparisons, and never in seconds but where C runs."""

from __future__ import annotations

import sys
from functools import partial
from time import process_time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

LONGEST_CPU: Final = 1.0
"""Seconds of processor time that no megabyte may take; linear work takes a twentieth, quadratic work hours."""


def steps(work: Callable[[], object]) -> int:
    """Count the lines that run in Python while `work` is done, in our code and in the libraries that it uses."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Callable[..., Any]:  # noqa: ANN401
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def cpu(work: Callable[[], object]) -> float:
    """Measure the seconds of processor time that `work` takes: what runs in C has no lines to count."""
    begun = process_time()
    work()
    return process_time() - begun


def grows_linearly(work: Callable[[str], object], unit: str, *, start: str = "", end: str = "", size: int) -> None:
    """Do it with `unit` again and again up to `size` characters. Raises AssertionError where twice as much is more.

    In Python by lines: twice the size may take twice the lines and a fifth. In C by the clock of the processor, doubled
    step by step, so that what is quadratic is found long before it takes hours.
    """
    count = max(1_000 // len(unit), 100)
    few = steps(partial(work, start + unit * count + end))
    many = steps(partial(work, start + unit * 2 * count + end))
    assert many <= 2.2 * few + 200, f"{few} lines became {many} with twice as much of {unit!r}"
    length = 8_000
    while length <= size:
        taken = cpu(partial(work, start + unit * (length // len(unit)) + end))
        assert taken < LONGEST_CPU, f"{length} characters of {unit!r} took {taken:.1f} s"
        length *= 2
