"""The ids of rows: their form, their order, and what they lead back to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.vendors.simotel.ids import CDR, VISIT, is_id, number_in, row_id


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
