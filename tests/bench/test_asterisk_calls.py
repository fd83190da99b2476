"""Which record counts as right where calls at a real Asterisk are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from pbxsim.testing.office import Office, extension, line
from tests.bench.asterisk_calls import Measured

if TYPE_CHECKING:
    from pbxsim.pbx.cdr import Cdr


def test_a_record_is_right_that_is_of_the_two_and_as_long_as_was_measured() -> None:
    office = Office(extension("100", line("sip100")), extension("101", line("sip101", line_id=2)))
    office.call("100", "101", talk_limit=4 * SECOND)
    office.finish()
    cdrs = office.cdrs()
    assert [_is_right(cdrs, 4.4), _is_right(cdrs, 5.2), _is_right(cdrs * 2, 4), _is_right([], 4)] == [
        True,
        False,
        False,
        False,
    ]


def _is_right(cdrs: list[Cdr], seconds: float) -> bool:
    measured = Measured()
    measured.records = cdrs
    measured.connected, measured.ended = measured.placed, measured.placed + seconds
    return measured.is_right
