"""A scenario is played on a PBX of its own, and comes out the same each time."""

from __future__ import annotations

from tests.parity.scenarios import SCENARIOS
from tests.parity.stage import Stage, rows


def test_a_scenario_comes_out_the_same_twice() -> None:
    assert Stage(SCENARIOS[99]).play() == Stage(SCENARIOS[99]).play()


def test_rows_are_read_over_what_the_control_api_shows_of_records() -> None:
    row = Stage(SCENARIOS[86]).play().rows[0]
    assert (row.channel, row.dstchannel, row.src, row.disposition) == ("T", "A", "caller1", "ANSWERED")
    assert rows([], 86) == ()
