"""The offered calls are the same to everyone: the switch's records say what the rivals' eight waits add up to."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cdr import CdrQuery
from tests.bench.our_switch import START, BenchPbx
from tests.bench.traffic import EVENTS_PER_CALL, SHAPES, Traffic


@pytest.mark.parametrize("talk", [20, 60])
def test_the_eight_waits_of_a_call_make_its_length(talk: int) -> None:
    traffic = Traffic(calls=1, alive=1, talk=talk)
    for call in range(SHAPES):
        delays = traffic.delays(call)
        assert len(delays) == EVENTS_PER_CALL
        assert min(delays) > 0
        assert sum(delays) == traffic.length(call)


@pytest.mark.slow
def test_the_switch_carries_each_call_for_exactly_that_length() -> None:
    traffic, bench = Traffic(calls=300, alive=100), BenchPbx()
    bench.keep_records()
    bench.run(traffic)
    bench.expect_all_over()
    bench.expect_records(300)
    records = bench.records.find(CdrQuery())
    lengths = {record.call: (record.start - START, record.end - record.start) for record in records}
    assert lengths == {call + 1: (call * traffic.gap, traffic.length(call)) for call in range(300)}


@pytest.mark.slow
def test_about_as_many_calls_are_alive_as_were_asked_for() -> None:
    traffic, bench = Traffic(calls=1000, alive=400), BenchPbx()
    place = bench.orders(traffic)
    for call in range(traffic.calls):
        bench.pbx.clock.run_until(START + call * traffic.gap)
        place(call)
    assert 380 <= len(bench.pbx.calls.live) <= 420


def test_calls_that_talk_longer_are_longer_by_that() -> None:
    assert Traffic(1, 1, talk=60).length(5) - Traffic(1, 1, talk=20).length(5) == 40 * SECOND
