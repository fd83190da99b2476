"""Calls that ended lately are found by their numbers, and come in the order in which they began."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.recent_calls import in_order
from pbxsim.testing.office import Office, extension
from tests.config.paper import built

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.pbx import Pbx


def _in_order(pbx: Pbx, after: int = 0) -> Iterator[Call]:
    return in_order(pbx.calls.live, pbx.calls.ended, after)


@pytest.mark.slow
@given(st.lists(st.integers(1, 9), max_size=25), st.integers(0, 30))
def test_whatever_ends_first_calls_come_in_the_order_in_which_they_began(talks: list[int], after: int) -> None:
    office = Office(extension("100"))
    for talk in talks:
        office.call("100", "990100000", talk_limit=talk * SECOND)
        office.advance(2)
    expected = [number for number in range(1, len(talks) + 1) if number > after]
    assert [call.number for call in _in_order(office.pbx, after)] == expected
    assert all(office.pbx.calls.find(call.number) is call for call in _in_order(office.pbx))


def test_of_calls_that_are_remembered_no_more_nothing_is_found() -> None:
    pbx = built("limits: {recent_calls: 2}").pbx
    office = Office(extension("100"))
    for _ in range(4):
        pbx.calls.originate(office.order("100", "", first_to=pbx.dialplan.resolve("nobody", "main")))
    assert [call.number for call in _in_order(pbx)] == [3, 4]
    assert pbx.calls.find(2) is None


def test_a_pbx_that_remembers_no_call_finds_none() -> None:
    pbx = built("limits: {recent_calls: 0}").pbx
    pbx.calls.originate(Office(extension("100")).order("100", "", first_to=pbx.dialplan.resolve("nobody", "main")))
    assert (pbx.calls.calls_started, list(_in_order(pbx)), pbx.calls.find(1)) == (1, [], None)
