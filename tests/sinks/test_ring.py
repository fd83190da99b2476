"""A ring is entered at any place, and gives what stands there, from whichever end it was entered."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from pbxsim.sinks.ring import entered


@given(st.integers(0, 40), st.integers(0, 50), st.none() | st.integers(0, 50))
def test_what_stands_from_an_index_on_is_given_in_order(length: int, index: int, limit: int | None) -> None:
    ring = deque(range(length))
    assert list(entered(ring, index, limit)) == list(range(length))[index:][:limit]


class _Counted(deque[int]):
    """A ring that counts how many of its entries were passed."""

    passed = 0

    def __reversed__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204 - an iterator that typeshed has no name for
        for each in super().__reversed__():
            self.passed += 1
            yield each


def test_of_a_long_ring_only_its_end_is_passed_for_what_stands_there() -> None:
    ring = _Counted(range(100_000))
    assert list(entered(ring, 99_998)) == [99_998, 99_999]
    assert ring.passed == 2
