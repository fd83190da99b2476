"""Call records in memory: found as asked for, the newest kept, and only where a recording lies ever changes."""

from __future__ import annotations

from time import process_time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, CdrQuery, Direction
from pbxsim.pbx.errors import CdrNotFound
from pbxsim.pbx.events import CdrClosed
from pbxsim.sinks.cdr_memory import CdrMemory
from pbxsim.testing.office import START, Office, extension


def record(number: int, *, src: str = "100", dst: str = "800123456", start: int = 0) -> Cdr:
    """Make a record of a call that began `start` seconds after the clock and was answered."""
    begun = START + start * SECOND
    return Cdr(
        id=number,
        call=number,
        vendor="test",
        start=begun,
        answer=begun + SECOND,
        end=begun + 10 * SECOND,
        src=src,
        dst=dst,
        disposition=Disposition.ANSWERED,
        cause=HangupCause.NORMAL_CLEARING,
        direction=Direction.OUTGOING,
    )


def archive(*numbers: int, limit: int = 1_000) -> CdrMemory:
    """Make an archive that has heard of these records."""
    made = CdrMemory(limit=limit)
    for number in numbers:
        made.on_cdr(CdrClosed(record(number)))
    return made


def ids(found: CdrMemory, query: CdrQuery) -> list[int]:
    """Give the ids that a query finds, in its order."""
    return [cdr.id for cdr in found.find(query)]


def test_a_record_is_found_by_its_id() -> None:
    assert archive(1, 2).get(2) == record(2)


def test_an_id_that_is_not_there_is_not_found() -> None:
    with pytest.raises(CdrNotFound) as refusal:
        archive(1).get(2)
    assert refusal.value.args == (2,)


def test_records_come_in_order_of_id_or_newest_first() -> None:
    assert ids(archive(1, 2, 3), CdrQuery()) == [1, 2, 3]
    assert ids(archive(1, 2, 3), CdrQuery(newest_first=True)) == [3, 2, 1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (CdrQuery(after=2), [3, 4, 5]),
        (CdrQuery(after=2, limit=2), [3, 4]),
        (CdrQuery(after=4, newest_first=True), [3, 2, 1]),
        (CdrQuery(after=4, limit=2, newest_first=True), [3, 2]),
        (CdrQuery(limit=0), []),
        (CdrQuery(after=5), []),
        (CdrQuery(after=99, newest_first=True), [5, 4, 3, 2, 1]),
    ],
)
def test_pages_follow_each_other_in_both_orders(query: CdrQuery, expected: list[int]) -> None:
    assert ids(archive(1, 2, 3, 4, 5), query) == expected


@pytest.mark.slow
@given(st.sets(st.integers(1, 40)), st.integers(-5, 2**70), st.booleans())
def test_a_page_begins_behind_an_id_whether_some_are_missing_or_none(
    numbers: set[int], after: int, newest_first: bool
) -> None:
    found = ids(archive(*sorted(numbers)), CdrQuery(after=after, newest_first=newest_first))
    behind = [number for number in sorted(numbers) if (number < after if newest_first else number > after)]
    assert found == (behind[::-1] if newest_first else behind)


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("after", range(9))
def test_a_page_begins_behind_an_id_where_none_is_missing(after: int, *, newest_first: bool) -> None:
    found = ids(archive(3, 4, 5, 6), CdrQuery(after=after, newest_first=newest_first))
    if newest_first:
        assert found == [number for number in (6, 5, 4, 3) if number < after]
    else:
        assert found == [number for number in (3, 4, 5, 6) if number > after]


def test_a_query_passes_over_what_does_not_fit_and_the_limit_counts_what_does() -> None:
    found = CdrMemory([record(1, src="100"), record(2, src="102"), record(3, src="100"), record(4, src="100")])
    assert ids(found, CdrQuery(src="100", limit=2)) == [1, 3]
    assert ids(found, CdrQuery(src="100", limit=2, newest_first=True)) == [4, 3]


def test_records_placed_before_the_start_are_there_and_come_first() -> None:
    made = CdrMemory([record(10_000)])
    made.on_cdr(CdrClosed(record(10_001)))
    assert ids(made, CdrQuery()) == [10_000, 10_001]
    assert len(made) == 2


def test_the_oldest_give_way_to_the_newest_and_are_counted() -> None:
    made = archive(1, 2, 3, 4, 5, limit=3)
    assert ids(made, CdrQuery()) == [3, 4, 5]
    assert (len(made), made.forgotten) == (3, 2)
    with pytest.raises(CdrNotFound):
        made.get(1)


def test_what_began_until_a_moment_is_found_though_long_calls_end_late_and_the_oldest_are_gone() -> None:
    starts = [50, 60, 10, 70, 5, 80, 90, 100, 40, 110, 120, 130, 140]
    made = archive(limit=4)
    kept: list[tuple[int, int]] = []
    for number, start in enumerate(starts, 1):
        made.on_cdr(CdrClosed(record(number, start=start)))
        kept = [*kept, (number, start)][-4:]
        for until in (0, 5, 10, 45, 60, 150):
            fitting = [number for number, start in kept if start <= until]
            assert ids(made, CdrQuery(until=START + until * SECOND)) == fitting


def test_a_record_whose_recording_moved_keeps_its_place() -> None:
    made = archive(1, 2, 3)
    made.replace(msgspec.structs.replace(record(2), recording_folder="/mnt", recording_file="call.wav"))
    assert ids(made, CdrQuery()) == [1, 2, 3]
    assert (made.get(2).recording_folder, made.get(2).recording_file) == ("/mnt", "call.wav")


def test_a_record_that_is_not_there_cannot_be_replaced() -> None:
    made = archive(1)
    with pytest.raises(CdrNotFound):
        made.replace(record(2))
    assert ids(made, CdrQuery()) == [1]


def test_each_call_of_a_pbx_leaves_one_record_there() -> None:
    office = Office(extension("100"), extension("102"))
    first, second = office.call("100", "102"), office.call("100", "102")
    office.pbx.calls.hang_up(second)
    assert [(cdr.id, cdr.call) for cdr in office.archive.find(CdrQuery())] == [(1, 2)]
    office.pbx.calls.hang_up(first)
    assert [(cdr.id, cdr.call) for cdr in office.archive.find(CdrQuery())] == [(1, 2), (2, 1)]


@pytest.mark.slow
def test_forgetting_the_oldest_takes_no_longer_the_more_were_forgotten_before() -> None:
    cdr = record(1)
    kept = CdrMemory((msgspec.structs.replace(cdr, id=number) for number in range(1, 300_001)), limit=300_000)
    events = [CdrClosed(msgspec.structs.replace(cdr, id=number)) for number in range(300_001, 340_001)]
    begun = process_time()
    for event in events:
        kept.on_cdr(event)
    assert process_time() - begun < 0.25, "a fifth of a microsecond each, and not twenty"
    assert (len(kept), kept.forgotten) == (300_000, 40_000)
    assert [found.id for found in kept.find(CdrQuery(limit=2))] == [40_001, 40_002]
    assert [found.id for found in kept.find(CdrQuery(limit=2, after=40_001))] == [40_002, 40_003]
