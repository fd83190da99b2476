"""One record: its spans, its names, and which query it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import CdrQuery, Direction
from pbxsim.pbx.errors import CdrNotFound
from pbxsim.sinks.cdr_memory import CdrMemory
from pbxsim.testing.office import START
from tests.pbx.records import RECORD, like

if TYPE_CHECKING:
    from collections.abc import Mapping


def test_spans_are_whole_seconds_and_the_rest_is_dropped() -> None:
    record = like(answer=START + 1, end=START + 2 * SECOND)
    assert (record.duration, record.billsec) == (2, 1)
    assert (like(end=START + 4 * SECOND - 1).duration, like(end=START + 4 * SECOND - 1).billsec) == (3, 0)


def test_a_call_that_was_never_connected_has_nothing_to_bill() -> None:
    assert like(answer=0).billsec == 0
    assert like(answer=0).duration == 10


@pytest.mark.slow
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_seconds_billed_never_exceed_the_duration(until_answer: int, talk: int) -> None:
    record = like(answer=START + until_answer, end=START + until_answer + talk)
    assert 0 <= record.billsec <= record.duration


def test_channels_are_named_as_chan_sip_does() -> None:
    assert RECORD.channel == "SIP/sip100-0000000a"
    assert RECORD.dst_channel == "SIP/upc-abcdef01"
    assert RECORD.unique_id == "1700000000.10"


def test_a_party_that_had_no_channel_has_no_name() -> None:
    record = like(first_peer="", first_serial=0, second_peer="", second_serial=0)
    assert (record.channel, record.dst_channel) == ("", "")


FIELDS: list[tuple[Mapping[str, object], Mapping[str, object] | None]] = [
    ({}, None),
    ({"src": "100"}, {"src": "101"}),
    ({"dst": "800123456"}, {"dst": "800"}),
    ({"account": "shop"}, {"account": ""}),
    ({"not_account": ""}, {"not_account": "shop"}),
    ({"vendor": "voipsun"}, {"vendor": "vum"}),
    ({"custom1": "a"}, {"custom1": "b"}),
    ({"call": 7}, {"call": 3}),
    ({"direction": Direction.OUTGOING}, {"direction": Direction.LOCAL}),
    ({"numbers": frozenset({"100"})}, {"numbers": frozenset({"101", "80012345"})}),
    ({"numbers": frozenset({"x", "800123456"})}, {"numbers": frozenset[str]()}),
    ({"src_among": frozenset({"100", "x"})}, {"src_among": frozenset({"800123456"})}),
    ({"dst_among": frozenset({"800123456", "x"})}, {"dst_among": frozenset({"100"})}),
    ({"dispositions": frozenset({Disposition.ANSWERED})}, {"dispositions": frozenset({Disposition.BUSY})}),
    ({"dispositions": frozenset(Disposition)}, {"dispositions": frozenset[Disposition]()}),
    ({"since": START}, {"since": START + 1}),
    ({"until": START}, {"until": START - 1}),
    ({"ended_since": RECORD.end}, {"ended_since": RECORD.end + 1}),
    ({"serial": RECORD.serial}, {"serial": RECORD.serial + 1}),
    ({"has_recording": RECORD.recording_file != ""}, {"has_recording": RECORD.recording_file == ""}),
]


@pytest.mark.parametrize(("fitting", "other"), FIELDS)
def test_a_record_fits_a_query_by_every_field_that_is_given(
    fitting: Mapping[str, object], other: Mapping[str, object] | None
) -> None:
    assert _fits(_query(fitting))
    assert other is None or not _fits(_query(other))
    assert other is None or not _fits(_query({**other, "limit": 5, "newest_first": True}))


def test_no_field_of_a_query_is_left_unlooked_at() -> None:
    looked_at = {name for fitting, _ in FIELDS for name in fitting}
    assert looked_at == set(CdrQuery.__struct_fields__) - {"after", "limit", "newest_first"}


def _query(fields: Mapping[str, object]) -> CdrQuery:
    return msgspec.structs.replace(CdrQuery(), **fields)


def _fits(query: CdrQuery) -> bool:
    return list(query.fitting([RECORD])) == [RECORD]


def test_all_fields_of_a_query_must_fit_at_once() -> None:
    assert _fits(CdrQuery(src="100", dst="800123456", call=7))
    assert not _fits(CdrQuery(src="100", dst="800123456", call=8))
    assert not _fits(CdrQuery(src="101", dst="800123456", call=7))


@pytest.fixture
def archive() -> CdrMemory:
    return CdrMemory(like(id=number, src="odd" if number % 2 else "even") for number in range(1, 8))


def _ids(archive: CdrMemory, query: CdrQuery) -> list[int]:
    return [record.id for record in archive.find(query)]


def test_an_archive_pages_in_both_directions(archive: CdrMemory) -> None:
    assert _ids(archive, CdrQuery()) == [1, 2, 3, 4, 5, 6, 7]
    assert _ids(archive, CdrQuery(newest_first=True)) == [7, 6, 5, 4, 3, 2, 1]
    assert _ids(archive, CdrQuery(after=3, limit=2)) == [4, 5]
    assert _ids(archive, CdrQuery(after=3, limit=2, newest_first=True)) == [2, 1]
    assert _ids(archive, CdrQuery(src="odd", after=1, limit=2)) == [3, 5]
    assert _ids(archive, CdrQuery(limit=0)) == []
    assert _ids(archive, CdrQuery(after=7)) == []


def test_an_archive_gives_and_replaces_by_id(archive: CdrMemory) -> None:
    moved = like(id=4, recording_file="x.wav")
    archive.replace(moved)
    assert archive.get(4) is moved
    assert _ids(archive, CdrQuery()) == [1, 2, 3, 4, 5, 6, 7]
    with pytest.raises(CdrNotFound):
        archive.get(8)
    with pytest.raises(CdrNotFound):
        archive.replace(like(id=8))
