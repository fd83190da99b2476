"""Who may connect, and who has to go."""

from __future__ import annotations

import resource

import pytest

from pbxsim.hosting.connection_counts import ConnectionCounts
from pbxsim.web.connection_limits import (
    ConnectionLimits,
    ConnectionWishes,
    OnceAMinute,
    OpenConnections,
    TooManyConnections,
    at_once,
)


class Caller:
    """A client that notes when it is sent away."""

    def __init__(self) -> None:
        self.has_request = False
        self.is_gone = False

    def abort(self) -> None:
        """Go."""
        self.is_gone = True


class Doorway:
    """Connections with room for four, two of one address, and a time that is ours."""

    def __init__(self) -> None:
        self.now = 0.0
        self.counts = ConnectionCounts()
        self.open = OpenConnections(ConnectionLimits(at_once=4, per_address=2), lambda: self.now, self.counts)

    def come(self, *addresses: str) -> list[Caller]:
        """Have a client come from each of these addresses; all are let in."""
        callers = [Caller() for _ in addresses]
        for caller, address in zip(callers, addresses, strict=True):
            assert self.open.admit(caller, address)
        return callers


@pytest.fixture
def doorway() -> Doorway:
    """Give one with nobody in it."""
    return Doorway()


def gone(callers: list[Caller]) -> list[int]:
    """Tell which of them were sent away."""
    return [place for place, each in enumerate(callers) if each.is_gone]


def test_when_there_are_too_many_the_one_that_waits_longest_has_to_go(doorway: Doorway) -> None:
    callers = doorway.come(*["127.0.0.1"] * 6)
    assert gone(callers) == [0, 1]
    assert len(doorway.open) == 4


def test_whoever_was_served_since_has_not_waited_long(doorway: Doorway) -> None:
    callers = doorway.come(*["127.0.0.1"] * 4)
    doorway.open.is_served(callers[0])
    doorway.open.waits(callers[0])
    doorway.come("127.0.0.1")
    assert gone(callers) == [1]


def test_whoever_was_served_at_once_has_not_waited_long_and_whoever_has_gone_does_not_come_back(
    doorway: Doorway,
) -> None:
    callers = doorway.come(*["127.0.0.1"] * 4)
    doorway.open.was_served(callers[0])
    doorway.come("127.0.0.1")
    assert gone(callers) == [1]
    doorway.open.was_served(callers[1])
    doorway.come("127.0.0.1")
    assert gone(callers) == [1, 2]


def test_whoever_is_served_or_has_a_request_does_not_have_to_go(doorway: Doorway) -> None:
    callers = doorway.come(*["127.0.0.1"] * 4)
    doorway.open.is_served(callers[0])
    callers[1].has_request = True
    doorway.come("127.0.0.1")
    assert gone(callers) == [2]


def test_where_all_are_served_a_new_one_is_refused(doorway: Doorway, caplog: pytest.LogCaptureFixture) -> None:
    callers = doorway.come(*["127.0.0.1"] * 4)
    for each in callers:
        doorway.open.is_served(each)
    late = Caller()
    assert not doorway.open.admit(late, "127.0.0.1")
    assert gone(callers) == []
    assert len(doorway.open) == 4
    assert caplog.messages == ["4 connections are open: refused a new one"]
    doorway.open.leaves(late)
    doorway.open.waits(late)
    doorway.open.leaves(callers[0])
    doorway.open.leaves(callers[0])
    assert doorway.open.admit(late, "127.0.0.1")


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::2", "2001:db8::ffff:0:0:1"),
        ("fe80::1%eth0", "fe80::2%eth0", "fe80::3%eth0"),
    ],
)
def test_one_address_has_no_more_than_its_share(doorway: Doorway, first: str, second: str, third: str) -> None:
    callers = doorway.come("198.51.100.7", first, second, third)
    assert gone(callers) == [1]


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("::1", "::1", "::1"),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1", "::ffff:127.0.0.1"),
        ("", "", ""),
        ("192.0.2.1", "192.0.2.2", "192.0.2.3"),
        ("2001:db8::1", "2001:db8:0:1::1", "2001:db8:0:2::1"),
    ],
)
def test_this_machine_and_different_addresses_have_room_for_all(doorway: Doorway, addresses: tuple[str, ...]) -> None:
    assert gone(doorway.come(*addresses)) == []


def test_one_address_whose_clients_are_all_served_is_refused_and_no_other(doorway: Doorway) -> None:
    for each in doorway.come("192.0.2.1", "192.0.2.1"):
        doorway.open.is_served(each)
    assert not doorway.open.admit(Caller(), "192.0.2.1")
    doorway.come("192.0.2.2")


def test_it_is_counted_who_is_there_who_was_let_in_who_had_to_go_and_who_was_refused(doorway: Doorway) -> None:
    callers = doorway.come("127.0.0.1", "127.0.0.1", "192.0.2.1", "192.0.2.1", "192.0.2.1", "127.0.0.1", "127.0.0.1")
    for each in callers:
        doorway.open.is_served(each)
    assert not doorway.open.admit(Caller(), "192.0.2.1")
    assert not doorway.open.admit(Caller(), "127.0.0.1")
    counts = doorway.counts
    assert (counts.open, counts.accepted) == (4, 7)
    assert counts.displaced == {"at_once": 2, "per_address": 1}
    assert counts.refused["at_once"] >= 1
    for each in callers:
        doorway.open.leaves(each)
        doorway.open.leaves(each)
    assert (counts.open, counts.accepted) == (0, 7)


def test_a_flood_is_a_line_a_minute(doorway: Doorway, caplog: pytest.LogCaptureFixture) -> None:
    doorway.come(*["127.0.0.1"] * 1_004)
    doorway.now = 60.0
    doorway.come("127.0.0.1")
    words = "4 connections are open: closed the one that had waited longest"
    assert caplog.messages == [words, f"{words} (and 999 times more before)"]


def test_what_happens_once_is_told_at_once_whatever_the_time_is(caplog: pytest.LogCaptureFixture) -> None:
    line = OnceAMinute(lambda: 5.0)
    line.warn("this")
    assert caplog.messages == ["this"]


@pytest.mark.parametrize(
    ("descriptors", "most"), [(1, 1), (64, 32), (256, 128), (1_024, 848), (4_096, 3_920), (1_048_576, 4_096)]
)
def test_there_are_fewer_connections_than_descriptors(descriptors: int, most: int) -> None:
    assert at_once(descriptors) == most


def test_this_process_has_what_its_descriptors_allow() -> None:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert ConnectionLimits.of_this_process().at_once == (4_096 if soft < 0 else at_once(soft))


def test_what_is_wished_for_counts_and_all_else_is_as_usual() -> None:
    limits = ConnectionLimits.of_this_process(ConnectionWishes(at_once=7, header=2.5, header_bytes=9_000))
    assert limits == ConnectionLimits(at_once=7, header=2.5, header_bytes=9_000)
    assert ConnectionLimits.of_this_process(ConnectionWishes()) == ConnectionLimits.of_this_process()


def test_nobody_may_wish_for_more_connections_than_there_are_descriptors() -> None:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = at_once(soft, most=None)
    assert ConnectionLimits.of_this_process(ConnectionWishes(at_once=most)).at_once == most
    words = f"this process may have {soft} files open, so {most} connections at most: raise `ulimit -n`"
    with pytest.raises(TooManyConnections, match=words):
        ConnectionLimits.of_this_process(ConnectionWishes(at_once=most + 1))
