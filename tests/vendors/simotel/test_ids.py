"""What calls, their recordings and rows of reports are called; the form of the ids, their order, what they lead to."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.vendors.simotel.ids import CDR, VISIT, cuid_in, is_id, number_in, record_name, row_id
from tests.vendors.simotel.client import Client

RECORD = Cdr(
    id=7,
    call=3,
    serial=378,
    vendor="simotel",
    start=1_610_778_618 * SECOND + 471_398,
    answer=0,
    end=1_610_778_638 * SECOND,
    src="991",
    dst="993",
    disposition=Disposition.ANSWERED,
    cause=HangupCause.NORMAL_CLEARING,
    direction=Direction.LOCAL,
    recording_file="any.mp3",
)


@pytest.mark.cites("R101")
def test_a_call_is_named_by_the_second_of_its_beginning_and_its_first_channel() -> None:
    client = Client()
    call = client.answered_call()
    assert call.unique_id == f"{call.started_at // SECOND}.{call.legs[0].serial}"
    client.office.pbx.calls.hang_up(call)
    assert client.office.cdr(call).unique_id == call.unique_id


@pytest.mark.cites("S109", "R102")
def test_a_recording_is_named_by_date_and_call_and_ends_as_its_file_does() -> None:
    assert record_name(RECORD) == "20210116_1610778618.378.mp3"
    assert record_name(msgspec.structs.replace(RECORD, recording_file="any.MP3")) == "20210116_1610778618.378.mp3"
    assert record_name(msgspec.structs.replace(RECORD, recording_file="any.wav")) == "20210116_1610778618.378.wav"
    assert record_name(msgspec.structs.replace(RECORD, recording_file="any")) == "20210116_1610778618.378.wav"
    assert record_name(msgspec.structs.replace(RECORD, recording_file="")) == ""


@pytest.mark.cites("R102")
def test_the_name_of_a_recording_tells_the_call() -> None:
    assert cuid_in(record_name(RECORD)) == RECORD.unique_id


@pytest.mark.parametrize(
    "name", ["", "1610778618.378.mp3", "20210116_1610778618.378.ogg", "20210116_1610778618.mp3", "../20210116_1.2.mp3"]
)
def test_what_is_no_name_of_a_recording_tells_no_call(name: str) -> None:
    assert cuid_in(name) == ""


@pytest.mark.cites("R304")
def test_an_id_begins_with_its_second_as_mongodbs_do() -> None:
    assert row_id(0x64B7A3F4 * SECOND + 999, CDR, 48) == "64b7a3f45cdfdd0000000030"


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**40 - 1))
def test_an_id_leads_back_to_its_number_and_only_as_its_own_kind(second: int, number: int) -> None:
    text = row_id(second * SECOND, CDR, number)
    assert is_id(text)
    assert number_in(text, CDR) == number
    assert number_in(text, VISIT) is None


@given(st.integers(0, 2**32 - 2), st.integers(0, 2**40 - 2))
def test_ids_grow_with_time_and_number(second: int, number: int) -> None:
    text = row_id(second * SECOND, CDR, number)
    assert text < row_id(second * SECOND, CDR, number + 1)
    assert text < row_id((second + 1) * SECOND, CDR, 0)


@pytest.mark.parametrize("text", ["", "64b7a3f4", "64B7A3F45CDFDD0000000030", "64b7a3f45cdfdd0000000030 ", "g" * 24])
def test_anything_else_is_no_id(text: str) -> None:
    assert not is_id(text)
