"""What a database gives of old records is what memory would give: by every condition, in either order, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.hosting.saved import saved_of
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import CdrQuery, Direction
from pbxsim.sinks.capacity import RECORDS
from pbxsim.sinks.cdr_memory import CdrMemory
from pbxsim.sinks.store import database, reading
from pbxsim.sinks.store.port import NotStored
from pbxsim.testing.office import START
from tests.sinks.store.desk import PBX, cdr

if TYPE_CHECKING:
    from pbxsim.pbx.cdr import Cdr
    from tests.sinks.store.desk import Desk

_ODD = ("", "101", "101 ", "Žofie", "ž", "a'b", "%", "x" * 300)


def _records(count: int) -> list[Cdr]:
    return [
        cdr(
            3 * number,
            call=number,
            src=_ODD[number % len(_ODD)],
            dst=_ODD[number // 3 % len(_ODD)],
            account=_ODD[number // 5 % 4],
            custom=(_ODD[number // 2 % 6], "", "", ""),
            vendor=("voipsun", "vum")[number % 2],
            start=START + number // 4 * SECOND,
            end=START + (number // 4 + number % 3) * SECOND,
            serial=number // 2,
            direction=list(Direction)[number % 3],
            disposition=list(Disposition)[number % 4],
            recording_file=f"{number}.wav" if number % 7 == 0 else "",
        )
        for number in range(1, count + 1)
    ]


QUERIES = [
    CdrQuery(),
    *(CdrQuery(src=text) for text in (*_ODD, "nobody", "101\x00", "\ud800")),
    *(CdrQuery(dst=text, newest_first=True) for text in _ODD),
    *(CdrQuery(custom1=text, account="101") for text in _ODD[:4]),
    *(CdrQuery(not_account=text) for text in _ODD[:4]),
    *(CdrQuery(src=text, account="") for text in _ODD[:4]),
    CdrQuery(numbers=frozenset({"101", "%"})),
    CdrQuery(numbers=frozenset({"nobody"}), newest_first=True),
    CdrQuery(src_among=frozenset({"ž", "101"}), account="101 ", newest_first=True, limit=3),
    CdrQuery(src_among=frozenset[str]()),
    CdrQuery(dst_among=frozenset(map(str, range(1000))) | {"%"}),
    CdrQuery(dispositions=frozenset({Disposition.BUSY, Disposition.FAILED})),
    CdrQuery(direction=Direction.LOCAL, vendor="vum"),
    CdrQuery(call=17),
    CdrQuery(serial=9, newest_first=True),
    CdrQuery(since=START + 20 * SECOND),
    CdrQuery(since=START + 20 * SECOND, until=START + 21 * SECOND, newest_first=True),
    CdrQuery(until=START + 2 * SECOND, limit=4),
    CdrQuery(ended_since=START + 25 * SECOND),
    CdrQuery(has_recording=True, newest_first=True),
    CdrQuery(has_recording=False, after=40),
    CdrQuery(after=100, limit=7),
    CdrQuery(after=100, limit=7, newest_first=True),
]


@pytest.mark.slow
@pytest.mark.parametrize("few", [5_000, 3], ids=["some fit", "many fit"])
@pytest.mark.parametrize("large", [database.LARGE, 1], ids=["small", "with indexes"])
async def test_the_database_finds_what_memory_would(
    desk: Desk, few: int, large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_FEW", few)
    monkeypatch.setattr(database, "LARGE", large)
    records = _records(120)
    await desk.open()
    desk.tell(*records)
    assert desk.store is not None
    await desk.store.settled()
    in_memory = CdrMemory(records)
    history = desk.store.history(PBX)
    left = CdrMemory(history=history, stored=len(records))
    for query in QUERIES:
        expected = list(in_memory.find(query))
        assert list(left.find(query)) == expected, query
        assert [each async for each in left.seek(query)] == expected, query
    assert left.get(9) == records[2]
    assert history.record(10).result() is None
    assert [history.nth(number, above=3, below=12, newest_first=False).result() for number in (1, 2, 3)] == [6, 9, 0]
    assert history.nth(1, above=0, below=1000, newest_first=True).result() == 360


@pytest.mark.slow
async def test_only_the_newest_records_stay_in_memory_and_all_are_found_then_and_by_the_next_run(
    sqlite_desk: Desk,
) -> None:
    desk = sqlite_desk
    await desk.open()
    assert desk.store is not None
    assert desk.office is not None
    for first in range(1, RECORDS + 101, 1000):
        desk.tell(*map(cdr, range(first, min(first + 1000, RECORDS + 101))))
        await desk.store.settled()
    desk.tell(cdr(RECORDS + 101))
    await desk.store.settled()
    archive = desk.office.archive
    _is_whole(archive)
    saved = saved_of(desk.office.pbx, 0)
    assert (len(saved.cdrs), saved.stored) == (RECORDS, 101)
    found, _ = await desk.load(newest=1_000_000)
    assert (found.cdrs, found.stored) == (saved.cdrs, 101)
    _is_whole(CdrMemory(found.cdrs, history=found.history, stored=found.stored, first=found.cdrs[0].id))
    few, _ = await desk.load(newest=RECORDS + 50)
    limited = CdrMemory(few.cdrs, RECORDS + 50, history=few.history, stored=few.stored, first=few.cdrs[0].id)
    assert [each.id for each in limited.find(CdrQuery(limit=2))] == [52, 53]


def _is_whole(archive: CdrMemory) -> None:
    assert len(list(archive.remembered())) == RECORDS
    assert [each.id for each in archive.find(CdrQuery(limit=200))] == list(range(1, 201))
    assert [each.id for each in archive.find(CdrQuery(newest_first=True, after=150, limit=200))] == [*range(149, 0, -1)]
    assert archive.get(7) == cdr(7)


@pytest.mark.slow
async def test_a_recording_that_moves_is_found_where_it_lies_before_the_database_knows_it(desk: Desk) -> None:
    await desk.open()
    desk.tell(cdr(1, recording_file="1.wav"))
    assert desk.store is not None
    assert desk.office is not None
    await desk.store.settled()
    left = desk.office.pbx.cdrs = CdrMemory(history=desk.store.history(PBX), stored=1)
    moved = msgspec.structs.replace(left.get(1), recording_file="other.wav")
    left.replace(moved)
    desk.move(moved)
    assert (left.get(1), list(left.find(CdrQuery()))) == (moved, [moved])
    await desk.store.settled()
    assert (left.get(1), list(left.find(CdrQuery()))) == (moved, [moved])


async def test_what_is_cleared_and_brought_back_is_stored_as_if_nothing_had_been(desk: Desk) -> None:
    buffer = await desk.open()
    desk.tell(cdr(1))
    await buffer.settled()
    desk.tell(cdr(2))
    first = desk.office
    desk.begin_anew()
    buffer.unclear()
    desk.office = first
    desk.tell(cdr(3))
    await buffer.settled()
    assert await desk.rows("SELECT id FROM cdr ORDER BY id") == [(1,), (2,), (3,)]


@pytest.mark.slow
async def test_a_store_that_is_closed_tells_so(sqlite_desk: Desk) -> None:
    await sqlite_desk.prepare()
    await sqlite_desk.open()
    assert sqlite_desk.store is not None
    history = sqlite_desk.store.history(PBX)
    assert history.record(1).result() is None
    await sqlite_desk.close()
    with pytest.raises(NotStored, match="the store is closed"):
        history.record(1)


async def test_a_database_that_is_away_tells_so(sqlite_desk: Desk) -> None:
    await sqlite_desk.open()
    assert sqlite_desk.store is not None
    await sqlite_desk.store.settled()
    await sqlite_desk.do("DROP VIEW cdr")
    with pytest.raises(NotStored, match="no such table: cdr"):
        sqlite_desk.store.history(PBX).record(1).result()
