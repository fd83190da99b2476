"""Sources take turns, however much one of them sends."""

from __future__ import annotations

from pbxsim.engines.sip.flow import Flow
from pbxsim.engines.sip.lanes import LONGEST, MOST, Lanes

FLOW = Flow("UDP", "192.0.2.10", 5060)


def test_whoever_sends_little_is_next_but_one_beside_whoever_sends_much() -> None:
    lanes = Lanes()
    for number in range(100):
        lanes.put("flood", b"%d" % number, FLOW)
    lanes.put("telephone", b"mine", FLOW)
    taken = [lanes.take() for _ in range(3)]
    assert [each[0] for each in taken if each is not None] == [b"0", b"mine", b"1"]


def test_what_one_source_has_waiting_is_bounded_and_so_are_the_sources() -> None:
    lanes = Lanes()
    for number in range(LONGEST + 5):
        lanes.put("flood", b"%d" % number, FLOW)
    assert lanes.dropped == 5
    for number in range(MOST + 2):
        lanes.put(number, b"", FLOW)
    assert (lanes.dropped, len(lanes)) == (8, MOST)


def test_of_nothing_nothing_is_taken() -> None:
    lanes = Lanes()
    assert lanes.take() is None
    lanes.put("telephone", b"mine", FLOW)
    assert lanes.take() == (b"mine", FLOW)
    assert (lanes.take(), len(lanes)) == (None, 0)
