"""Sources take turns, however much one of them sends."""

from __future__ import annotations

from pbxsim.engines.sip.flow import Flow
from pbxsim.engines.sip.incoming import LONGEST, MOST, Incoming

FLOW = Flow("UDP", "192.0.2.10", 5060)


def test_whoever_sends_little_is_next_but_one_beside_whoever_sends_much() -> None:
    incoming = Incoming()
    for number in range(100):
        incoming.put("flood", b"%d" % number, FLOW)
    incoming.put("telephone", b"mine", FLOW)
    taken = [incoming.take() for _ in range(3)]
    assert [each[0] for each in taken if each is not None] == [b"0", b"mine", b"1"]


def test_what_one_source_has_waiting_is_bounded_and_so_are_the_sources() -> None:
    incoming = Incoming()
    for number in range(LONGEST + 5):
        incoming.put("flood", b"%d" % number, FLOW)
    assert incoming.dropped == 5
    for number in range(MOST + 2):
        incoming.put(number, b"", FLOW)
    assert (incoming.dropped, len(incoming)) == (8, MOST)


def test_of_nothing_nothing_is_taken() -> None:
    incoming = Incoming()
    assert incoming.take() is None
    incoming.put("telephone", b"mine", FLOW)
    assert incoming.take() == (b"mine", FLOW)
    assert (incoming.take(), len(incoming)) == (None, 0)
