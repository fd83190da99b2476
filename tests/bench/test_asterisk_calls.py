"""Which record counts as right where calls at a real Asterisk are counted."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.testing.office import Office, extension, line
from tests.bench.asterisk_calls import is_right


@pytest.mark.parametrize(("limit", "right"), [(1, True), (4, False)])
def test_a_record_is_right_that_is_of_the_two_and_as_long_as_they_talked(limit: int, right: bool) -> None:
    office = Office(extension("100", line("sip100")), extension("101", line("sip101", line_id=2)))
    office.call("100", "101", talk_limit=limit * SECOND)
    office.finish()
    assert is_right(office.cdrs()) is right
    assert not is_right([])
    assert not is_right(office.cdrs() * 2)
