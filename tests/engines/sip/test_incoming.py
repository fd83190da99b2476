"""Sources take turns, however much one of them sends."""

from __future__ import annotations

from pbxsim.engines.sip.flow import Flow
from pbxsim.engines.sip.incoming import LONGEST, MOST, Incoming

FLOW = Flow("UDP", "192.0.2.10", 5060)
STREAM = Flow("TCP", "192.0.2.10", 5060, 1)


def test_whoever_sends_little_is_next_but_one_beside_whoever_sends_much() -> None:
    incoming = Incoming()
    for number in range(100):
        incoming.put("flood", b"%d" % number, FLOW)
    incoming.put("telephone", b"mine", FLOW)
    taken = [incoming.take() for _ in range(3)]
    assert [each[0] for each in taken if each is not None] == [b"0", b"mine", b"1"]


def test_whoever_had_nothing_waiting_is_before_all_who_had_and_they_are_served_in_turn() -> None:
    incoming = Incoming()
    for flood in ("a", "b", "c"):
        for number in range(10):
            incoming.put(flood, b"%s%d" % (flood.encode(), number), FLOW)
    begun = [incoming.take() for _ in range(5)]
    incoming.put("telephone", b"mine", FLOW)
    taken = [each[0] for each in (*begun, *(incoming.take() for _ in range(4))) if each is not None]
    assert taken == [b"a0", b"b0", b"c0", b"a1", b"b1", b"mine", b"c1", b"a2", b"b2"]


def test_whoever_sends_one_message_after_the_other_keeps_nobody_waiting_for_ever() -> None:
    incoming = Incoming()
    for number in range(3):
        incoming.put("several", b"%d" % number, FLOW)
    taken = [b"mine"]
    while len(taken) < 7:
        if taken[-1] == b"mine":
            incoming.put("one by one", b"mine", FLOW)
        found = incoming.take()
        assert found is not None
        taken.append(found[0])
    assert taken[1:] == [b"0", b"mine", b"1", b"mine", b"2", b"mine"]


def test_of_a_connection_nothing_is_dropped_and_what_waits_of_it_is_counted_apart() -> None:
    incoming = Incoming()
    for number in range(LONGEST + 5):
        incoming.put("office", b"", FLOW)
        incoming.put("office", b"%d" % number, STREAM)
    for number in range(MOST + 2):
        incoming.put(number, b"", STREAM)
    assert (incoming.dropped, incoming.waiting(FLOW)) == (LONGEST + 5 - LONGEST // 2, 0)
    assert (incoming.waiting(STREAM), len(incoming)) == (LONGEST + 5 + MOST + 2, MOST + 3)
    while incoming.take() is not None:
        pass
    assert (incoming.waiting(STREAM), len(incoming)) == (0, 0)


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
