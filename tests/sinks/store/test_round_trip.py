"""What is put in a buffer comes back as it was, from every database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbxsim.clock.driver import LAST
from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.pbx.events import CdrClosed
from pbxsim.pbx.ledger import EntryKind, LedgerEntry
from pbxsim.pbx.notice import Notice
from pbxsim.pbx.saved import Saved
from pbxsim.sinks.delivery import Delivery, DeliveryState, Try
from pbxsim.sinks.store import rows
from pbxsim.sinks.store.reading import NUMBERS_SKIPPED
from pbxsim.testing.office import START
from tests.sinks.store.desk import Desk, cdr, delivery, entry

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


def _made(made: Callable[..., _T], /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[_T]:
    """Make structs; `st.builds` would look at annotations, whose names are not there at run time."""
    return st.fixed_dictionaries(fields).map(lambda values: made(**values))


LARGE = 2**63 - 1
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
NUMBERS = st.integers(0, LARGE)
MOMENTS = st.integers(0, LAST)
CDRS = _made(
    Cdr,
    id=st.integers(1, LARGE),
    call=NUMBERS,
    vendor=TEXTS,
    start=MOMENTS,
    answer=MOMENTS,
    end=MOMENTS,
    src=TEXTS,
    dst=TEXTS,
    disposition=st.sampled_from(Disposition),
    cause=st.sampled_from(HangupCause),
    direction=st.sampled_from(Direction),
    custom=st.tuples(TEXTS, TEXTS, TEXTS, TEXTS),
    **dict.fromkeys(("first_serial", "second_serial"), st.integers(0, LARGE - NUMBERS_SKIPPED)),
    **dict.fromkeys(("clid_number", "clid_name", "context", "first_peer", "second_peer", "trunk"), TEXTS),
    **dict.fromkeys(("account", "reference", "recording_folder", "recording_file"), TEXTS),
)
MONEY = st.integers(-(2**63), LARGE)
ENTRIES = _made(
    LedgerEntry,
    id=st.integers(1, LARGE),
    at=MOMENTS,
    account=TEXTS,
    kind=st.sampled_from(EntryKind),
    amount=MONEY,
    balance=MONEY,
    call=NUMBERS,
    number=TEXTS,
    seconds=NUMBERS,
    reference=TEXTS,
)
NOTICES = _made(
    Notice,
    receiver=TEXTS,
    event=TEXTS,
    call=NUMBERS,
    method=st.sampled_from(["GET", "POST", "MAIL"]),
    url=TEXTS,
    content_type=TEXTS,
    body=st.binary(max_size=60),
)
TRIES = _made(
    Try, at=MOMENTS, status=st.integers(0, 999), reply=TEXTS, error=TEXTS, took=st.floats(0, 1e6, allow_nan=False)
)
DELIVERIES = _made(
    Delivery,
    id=st.integers(1, LARGE),
    notice=NOTICES,
    posted_at=MOMENTS,
    due=MOMENTS,
    state=st.sampled_from(DeliveryState),
    tries=st.lists(TRIES, max_size=3),
    redelivered=st.integers(0, 9),
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cdrs=st.lists(CDRS, max_size=8, unique_by=lambda cdr: cdr.id),
    entries=st.lists(ENTRIES, max_size=8, unique_by=lambda entry: entry.id),
    deliveries=st.lists(DELIVERIES, max_size=8, unique_by=lambda delivery: delivery.id),
)
async def test_everything_comes_back_as_it_was(
    desk: Desk, cdrs: list[Cdr], entries: list[LedgerEntry], deliveries: list[Delivery]
) -> None:
    buffer = await desk.open()
    desk.begin_anew()
    desk.tell(*cdrs, *entries)
    for one in deliveries:
        buffer.post(one)
    await buffer.settled()
    saved, found = await desk.load()
    assert saved.cdrs == tuple(sorted(cdrs, key=lambda cdr: cdr.id))
    assert saved.entries == tuple(sorted(entries, key=lambda entry: entry.id))
    assert found == sorted(deliveries, key=lambda delivery: delivery.id)


def test_every_field_of_a_record_has_its_column() -> None:
    """A field that is added to the structs must be stored too; this list is how it is noticed."""
    assert sorted((*rows.CDR_FIELDS, "custom")) == sorted(Cdr.__struct_fields__)
    assert sorted(rows.LEDGER_FIELDS) == sorted(LedgerEntry.__struct_fields__)
    assert set(Delivery.__struct_fields__) == {"id", "notice", "posted_at", "due", "state", "tries", "redelivered"}
    assert set(Notice.__struct_fields__) == {"receiver", "event", "call", "method", "url", "content_type", "body"}


@pytest.mark.slow
async def test_texts_of_any_length_come_back_unchanged(desk: Desk) -> None:
    long = cdr(1, custom=("č😀" * 100_000, " spaces ", "%s %(x)s %%", "'\\'\"\n\t;--"))
    await desk.open()
    desk.tell(long)
    saved, _ = await desk.load()
    assert saved.cdrs == (long,)


@pytest.mark.slow
async def test_a_new_run_goes_on_from_the_highest_numbers_and_the_latest_moment(desk: Desk) -> None:
    buffer = await desk.open()
    desk.tell(cdr(1, call=500, first_serial=7, second_serial=900), cdr(2), entry(1, balance=5), entry(2, balance=4))
    buffer.post(delivery(9))
    saved, _ = await desk.load()
    assert (saved.last_call, saved.last_channel) == (500 + NUMBERS_SKIPPED, 900 + NUMBERS_SKIPPED)
    assert (saved.last_cdr, saved.last_entry, saved.last_notice) == (2, 2, 9)
    assert saved.balances == {"duocom": (4, START + 2)}
    assert saved.now == cdr(2).end + SECOND


@pytest.mark.slow
async def test_a_store_in_which_nothing_was_put_gives_nothing(desk: Desk) -> None:
    assert await desk.load() == (Saved(), [])
    await desk.open()
    assert await desk.load() == (Saved(), [])


@pytest.mark.slow
async def test_only_the_newest_records_and_bookings_are_loaded(desk: Desk) -> None:
    await desk.open()
    desk.tell(*(cdr(number) for number in range(1, 21)))
    desk.tell(*(entry(number, account=f"a{number % 2}", balance=number) for number in range(1, 21)))
    saved, _ = await desk.load(newest=3)
    assert [one.id for one in saved.cdrs] == [18, 19, 20]
    assert [one.id for one in saved.entries] == [15, 16, 17, 18, 19, 20]
    assert saved.balances == {"a0": (20, START + 20), "a1": (19, START + 19)}


@pytest.mark.slow
async def test_a_recording_that_moved_is_found_where_it_lies_now(desk: Desk) -> None:
    await desk.open()
    desk.tell(cdr(1, recording_folder="a", recording_file="b.wav"), cdr(2))
    moved = cdr(1, recording_folder="c", recording_file="d.wav")
    desk.move(moved)
    saved, _ = await desk.load()
    assert saved.cdrs == (moved, cdr(2))


@pytest.mark.slow
async def test_a_delivery_is_as_its_last_try_left_it(desk: Desk) -> None:
    buffer = await desk.open()
    one = delivery(1)
    buffer.post(one)
    await buffer.settled()
    one.tries.append(Try(at=START, status=500, reply="no", took=1.5))
    one.due, one.redelivered = START + 5, 1
    buffer.tried(one)
    await buffer.settled()
    assert await buffer.find(1) == one
    one.state = DeliveryState.DELIVERED
    buffer.tried(one)
    _, found = await desk.load()
    assert found == [one]


@pytest.mark.slow
async def test_pending_deliveries_are_given_by_receiver_in_order_and_in_pages(desk: Desk) -> None:
    buffer = await desk.open()
    for number in range(1, 11):
        buffer.post(delivery(number, "even" if number % 2 == 0 else "odd"))
    done = delivery(4, "even", state=DeliveryState.DELIVERED)
    buffer.tried(done)
    assert [one.id for one in await buffer.pending("even", 0, 3)] == [2, 6, 8]
    assert [one.id for one in await buffer.pending("even", 8, 3)] == [10]
    assert await buffer.pending("nobody", 0, 3) == []
    assert await buffer.find(4) == done
    assert await buffer.find(11) is None


@pytest.mark.slow
async def test_listeners_hear_of_new_deliveries_in_order_when_they_last(desk: Desk) -> None:
    buffer = await desk.open()
    pending: list[int] = []
    buffer.on_lasting(lambda posted: pending.extend(one.id for one in posted))
    for number in range(1, 6):
        buffer.post(delivery(number))
    assert pending == []
    await buffer.settled()
    assert pending == [1, 2, 3, 4, 5]
    assert await desk.rows("SELECT count(*) FROM webhook") == [(5,)]


@pytest.mark.slow
async def test_a_pbx_that_takes_over_loses_nothing_that_the_one_before_has_just_said(desk: Desk) -> None:
    buffer = await desk.open()
    desk.tell(cdr(1, recording_folder="a", recording_file="b.wav"))
    await buffer.settled()
    pending: list[int] = []
    buffer.on_lasting(lambda posted: pending.extend(one.id for one in posted))
    moved = cdr(1, recording_folder="c", recording_file="d.wav")
    desk.move(moved)
    desk.tell(cdr(2), entry(1, "gone"))
    buffer.post(delivery(1))
    desk.take_over()
    await buffer.settled()
    assert pending == [1]
    saved, found = await desk.load()
    assert (saved.cdrs, saved.entries, found) == ((moved, cdr(2)), (entry(1, "gone"),), [delivery(1)])


async def test_what_was_removed_as_too_old_does_not_come_back_with_a_pbx_that_takes_over(desk: Desk) -> None:
    buffer = await desk.open()
    assert desk.office is not None
    desk.office.call("101", "102")
    desk.office.advance(1)
    desk.office.handset.hang_up(desk.office.directory.line("sip101"))
    desk.office.finish()
    await buffer.settled()
    assert await desk.rows("SELECT count(*) FROM cdr") == [(1,)]
    await desk.do("DELETE FROM cdr")
    desk.take_over()
    await buffer.settled()
    assert await desk.rows("SELECT count(*) FROM cdr") == [(0,)]


@pytest.mark.slow
async def test_what_is_put_twice_is_there_once(desk: Desk) -> None:
    buffer = await desk.open()
    for _ in range(2):
        desk.tell(cdr(1), entry(1))
        buffer.post(delivery(1))
        await buffer.settled()
    saved, found = await desk.load()
    assert (saved.cdrs, saved.entries, found) == ((cdr(1),), (entry(1),), [delivery(1)])


@pytest.mark.slow
async def test_two_pbxs_in_one_store_know_nothing_of_each_other(desk: Desk) -> None:
    buffer = await desk.open()
    assert desk.store is not None
    await desk.store.load("other")
    other = desk.store.buffer("other")
    desk.tell(cdr(1))
    other.post(delivery(1))
    await buffer.settled()
    other.clear()
    saved, found = await desk.load()
    assert (saved.cdrs, found) == ((cdr(1),), [])
    assert desk.store is not None
    assert await desk.store.load("other") == (Saved(), [])


@pytest.mark.slow
async def test_a_pbx_that_begins_anew_has_nothing_left_and_numbers_from_the_start(desk: Desk) -> None:
    buffer = await desk.open()
    desk.tell(cdr(1), cdr(2), entry(1))
    buffer.post(delivery(1))
    await buffer.settled()
    desk.tell(cdr(3))
    buffer.post(delivery(2))
    pending: list[int] = []
    buffer.on_lasting(lambda posted: pending.extend(one.id for one in posted))
    run_before = desk.office
    desk.begin_anew()
    assert run_before is not None
    run_before.pbx.events.emit(CdrClosed(cdr(4)))  # a call of the run that is over
    again = cdr(1, src="again")
    desk.tell(again)
    buffer.post(delivery(1, "vum"))
    saved, found = await desk.load()
    assert (saved.cdrs, saved.entries, found) == ((again,), (), [delivery(1, "vum")])
    assert pending == [1]


@pytest.mark.slow
@pytest.mark.parametrize("letter", ["\0", "\ud800"])
async def test_a_character_that_cannot_be_stored_is_replaced_and_holds_nothing_up(desk: Desk, letter: str) -> None:
    desk.has_odd_rows = True
    buffer = await desk.open()
    await buffer.settled()
    odd = cdr(2, clid_name=f"a{letter}b")
    desk.tell(cdr(1), odd, cdr(3))
    buffer.post(delivery(1, tries=[Try(at=START, reply=letter)]))
    await buffer.settled()
    assert desk.store is not None
    health = desk.store.health
    assert (health.is_writing, health.lost) == (True, 0)
    saved, found = await desk.load()
    assert (saved.cdrs[0], saved.cdrs[2]) == (cdr(1), cdr(3))
    is_kept = letter == "\0" and desk.place.kind != "postgresql"
    assert saved.cdrs[1] == (odd if is_kept else msgspec.structs.replace(odd, clid_name=f"a{_mended(letter)}b"))
    assert (health.mended, health.rows_retried) == ((0, 0) if is_kept else (1, 4))
    assert len(found) == 1


@pytest.mark.slow
async def test_a_row_that_the_database_never_takes_is_left_out_and_holds_nothing_up(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.has_odd_rows = True
    buffer = await desk.open()
    await buffer.settled()
    desk.tell(cdr(1), cdr(2, call=2**70), cdr(3))
    buffer.post(delivery(1))
    await buffer.settled()
    assert desk.store is not None
    health = desk.store.health
    assert (health.lost, health.rows_retried, health.is_writing) == (1, 4, True)
    assert "a row of cdr is lost" in caplog.text
    saved, found = await desk.load()
    assert saved.cdrs == (cdr(1), cdr(3))
    assert found == [delivery(1)]


def _mended(letter: str) -> str:
    return "�" if letter == "\0" else "?"
