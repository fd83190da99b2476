"""When a delivery that failed is tried again, and when it is given up."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND, seconds
from pbxsim.pbx.notice import Retry
from pbxsim.sinks.outbox.worker import Backoff


def tries(backoff: Backoff, start: float = 0) -> list[float]:
    """Give the seconds of all tries, each failing at once, until it is given up or ten were made."""
    made, due = [start], backoff.failed(seconds(start))
    while due is not None and len(made) < 10:
        made.append(due / SECOND)
        due = backoff.failed(due)
    return made


@pytest.mark.parametrize(
    ("retry", "made"),
    [
        (Retry(first=1, factor=2, longest=5, give_up=20), [0, 1, 3, 7, 12, 17]),
        (Retry(first=3, factor=1, longest=60, give_up=9), [0, 3, 6, 9]),
        (Retry(first=9, factor=2, longest=4, give_up=8), [0, 4, 8]),
        (Retry(first=2, factor=0.5, longest=9, give_up=3.5), [0, 2, 3, 3.5]),
        (Retry(give_up=0), [0]),
        (Retry(give_up=0.9), [0]),
        (Retry(first=1, factor=1e300, longest=1e6, give_up=1e6), [0, 1]),
    ],
)
def test_each_wait_is_longer_by_the_factor_until_it_is_the_longest(retry: Retry, made: list[float]) -> None:
    assert tries(Backoff(retry, 0)) == made


def test_nobody_is_tried_without_a_pause() -> None:
    assert tries(Backoff(Retry(first=0, factor=0, longest=0, give_up=0.35), 0)) == [0, 0.1, 0.2, 0.3]


def test_the_next_try_counts_from_the_end_of_the_last_and_giving_up_from_when_it_was_posted() -> None:
    backoff = Backoff(Retry(first=1, factor=1, give_up=10), 0)
    assert backoff.failed(seconds(5)) == seconds(6)
    assert backoff.failed(seconds(9.5)) is None


def test_a_first_try_that_comes_late_leaves_less_time_for_others() -> None:
    assert tries(Backoff(Retry(first=1, factor=2, longest=60, give_up=100), 0), 90) == [90, 91, 93, 97]
    assert tries(Backoff(Retry(give_up=10), 0), 90) == [90]


def test_the_tries_of_an_earlier_run_make_the_pauses_longer() -> None:
    assert tries(Backoff(Retry(first=1, factor=2, longest=60, give_up=100), seconds(80), made=3), 90) == [
        90,
        98,
        114,
        146,
    ]
