"""When a delivery that failed is tried again, and when it is given up."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND, seconds
from pbxsim.pbx.notice import Notice, Retry
from pbxsim.sinks.delivery import Delivery, Try
from pbxsim.sinks.outbox.backoff import Backoff


def tries(backoff: Backoff, start: float = 0) -> list[float]:
    """Give the seconds of all tries, each failing at once, until it is given up or ten were made."""
    made, due = [start], backoff.failed(seconds(start), seconds(start))
    while due is not None and len(made) < 10:
        made.append(due / SECOND)
        due = backoff.failed(due, due)
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
    assert tries(Backoff(retry)) == made


def test_nobody_is_tried_without_a_pause() -> None:
    assert tries(Backoff(Retry(first=0, factor=0, longest=0, give_up=0.35))) == [0, 0.1, 0.2, 0.3]


def test_the_next_try_counts_from_the_end_of_the_last_and_giving_up_from_the_beginning_of_the_first() -> None:
    backoff = Backoff(Retry(first=1, factor=1, give_up=10))
    assert backoff.failed(0, seconds(5)) == seconds(6)
    assert backoff.failed(seconds(6), seconds(9.5)) is None


def left(redelivered: int, *made: float) -> Delivery:
    """Make what an earlier run left after tries at those seconds."""
    tried = [Try(at=seconds(second)) for second in made]
    notice = Notice(receiver="a", event="e", url="http://h/")
    return Delivery(id=1, notice=notice, posted_at=0, due=0, tries=tried, redelivered=redelivered)


def test_the_tries_of_an_earlier_run_count() -> None:
    retry = Retry(first=1, factor=2, longest=60, give_up=100)
    backoff = Backoff.resumed(retry, left(0, 0, 1, 3), seconds(90))
    assert tries(backoff, 90) == [90, 98]


def test_those_before_a_redelivery_do_not() -> None:
    backoff = Backoff.resumed(Retry(give_up=3), left(1, 0, 1, 3), seconds(90))
    assert tries(backoff, 90) == [90, 91, 93]


def test_a_clock_that_begins_earlier_than_the_last_run_counts_from_its_beginning() -> None:
    backoff = Backoff.resumed(Retry(first=1, factor=1, give_up=2), left(0, 500), seconds(10))
    assert tries(backoff, 10) == [10, 11, 12]
