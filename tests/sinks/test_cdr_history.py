"""Records that memory leaves to a history are found as if all were in memory, in whatever order and part."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.pbx.cdr import Cdr, CdrQuery
from pbxsim.pbx.errors import CdrNotFound
from pbxsim.pbx.events import CdrClosed
from pbxsim.sinks import cdr_pages
from pbxsim.sinks.cdr_memory import CdrMemory
from pbxsim.sinks.store.port import NotStored
from tests.pbx.records import like
from tests.sinks.paper_history import PaperHistory


class Archive:
    """An archive that remembers three records, its history, and all that there should be."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.history = PaperHistory()
        self.memory = CdrMemory(limit=limit, kept=3)
        self.memory.rest_on(self.history)
        self.all: dict[int, Cdr] = {}
        self._next = 1

    def close(self, gap: int) -> None:
        """Have a record closed whose number is not always the next one."""
        number, self._next = self._next + gap, self._next + gap + 1
        cdr = like(id=number, src=str(number % 3), recording_folder="/r", recording_file=f"{number}.wav")
        self.memory.on_cdr(CdrClosed(cdr))
        self.all[number] = cdr
        while len(self.all) > self.limit:
            del self.all[min(self.all)]

    def store(self) -> None:
        """Have the history take all that there is."""
        known = {cdr.id: cdr for cdr in self.history.cdrs} | self.all
        self.history.cdrs = [known[number] for number in sorted(known)]
        self.memory.lasting(self._next - 1, self.all.values())

    def move(self, place: int) -> None:
        """Have a recording moved, of which the history does not know yet."""
        if self.all:
            number = list(self.all)[place % len(self.all)]
            moved = msgspec.structs.replace(self.all[number], recording_file=f"moved-{number}.wav")
            self.memory.replace(moved)
            self.all[number] = moved

    def begin_again(self) -> None:
        """Have another archive go on from this one, as at a restart."""
        memory = self.memory
        placed = list(memory.remembered())
        first = placed[0].id if memory.stored else 0
        kept = self.history if memory.stored else None
        self.memory = CdrMemory(placed, self.limit, history=kept, stored=memory.stored, first=first, kept=3)
        self.memory.rest_on(self.history)
        self.history.cdrs = [self.all.get(cdr.id, cdr) for cdr in self.history.cdrs]  # a restart is later than a move

    def expected(self, query: CdrQuery) -> list[Cdr]:
        """Give what is to be found."""
        found = list(query.fitting(self.all[number] for number in sorted(self.all)))
        if query.newest_first:
            found = [cdr for cdr in reversed(found) if query.after is None or cdr.id < query.after]
        else:
            found = [cdr for cdr in found if query.after is None or cdr.id > query.after]
        return found[: query.limit]


STEPS = st.lists(
    st.tuples(st.sampled_from(["close", "close", "close", "store", "move", "begin again"]), st.integers(0, 2)),
    max_size=40,
)
QUERIES = st.tuples(
    st.sampled_from([None, "0", "1"]), st.none() | st.integers(0, 60), st.none() | st.integers(0, 12), st.booleans()
).map(lambda asked: CdrQuery(src=asked[0], after=asked[1], limit=asked[2], newest_first=asked[3]))


def _played(steps: list[tuple[str, int]], limit: int) -> Archive:
    archive = Archive(limit)
    for what, number in steps:
        if what == "close":
            archive.close(number)
        elif what == "store":
            archive.store()
        elif what == "move":
            archive.move(number * 5)
        else:
            archive.begin_again()
    return archive


async def _sought(archive: CdrMemory, query: CdrQuery) -> list[Cdr]:
    return [cdr async for cdr in archive.seek(query)]


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(STEPS, st.sampled_from([1, 2, 5, 8, 1000]), st.lists(QUERIES, min_size=1, max_size=4))
def test_what_is_left_to_a_history_is_found_as_if_it_were_in_memory(
    steps: list[tuple[str, int]], limit: int, queries: list[CdrQuery]
) -> None:
    page, cdr_pages.PAGE = cdr_pages.PAGE, 2  # type: ignore[misc]
    try:
        archive = _played(steps, limit)
        for query in queries:
            assert list(archive.memory.find(query)) == archive.expected(query)
            assert asyncio.run(_sought(archive.memory, query)) == archive.expected(query)
        assert len(archive.memory) == len(archive.all)
    finally:
        cdr_pages.PAGE = page  # type: ignore[misc]


@pytest.mark.slow
@given(STEPS, st.sampled_from([2, 5, 1000]))
def test_each_record_that_is_not_forgotten_is_found_by_its_number_and_no_other(
    steps: list[tuple[str, int]], limit: int
) -> None:
    archive = _played(steps, limit)
    for number in range(130):
        if number in archive.all:
            assert archive.memory.get(number) == archive.all[number]
        else:
            with pytest.raises(CdrNotFound):
                archive.memory.get(number)


@pytest.mark.slow
@given(STEPS)
def test_gathered_records_are_all_in_memory(steps: list[tuple[str, int]]) -> None:
    archive = _played(steps, 1000)
    archive.memory.gather()
    archive.history.cdrs = []
    assert list(archive.memory.find(CdrQuery())) == archive.expected(CdrQuery())
    assert list(archive.memory.remembered()) == archive.expected(CdrQuery())


def test_nothing_leaves_memory_before_it_lasts() -> None:
    archive = Archive(1000)
    for _ in range(10):
        archive.close(0)
    assert (len(list(archive.memory.remembered())), archive.memory.stored) == (10, 0)
    archive.store()
    assert ([cdr.id for cdr in archive.memory.remembered()], archive.memory.stored) == ([8, 9, 10], 7)
    archive.close(0)
    assert ([cdr.id for cdr in archive.memory.remembered()], archive.memory.stored) == ([8, 9, 10, 11], 7)


def test_what_is_in_memory_is_asked_of_nobody() -> None:
    archive = Archive(1000)
    for _ in range(10):
        archive.close(0)
    archive.store()
    archive.close(0)
    archive.memory.get(9)
    list(archive.memory.find(CdrQuery(newest_first=True, limit=3)))
    list(archive.memory.find(CdrQuery(after=8)))
    assert archive.history.asked == 0


async def test_records_that_leave_memory_while_others_are_awaited_are_given_once() -> None:
    archive = Archive(1000)
    for _ in range(10):
        archive.close(0)
    archive.store()
    archive.close(0)
    found = []
    async for cdr in archive.memory.seek(CdrQuery()):
        found.append(cdr.id)
        if cdr.id == 4:
            for _ in range(5):
                archive.close(0)
            archive.store()
            archive.close(0)
    assert found == list(range(1, 18))


def test_a_history_that_does_not_answer_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdr_pages, "PATIENCE", 0.0)
    with pytest.raises(NotStored, match="the database has not answered for 0 s"):
        cdr_pages.waited(Future[int]())
