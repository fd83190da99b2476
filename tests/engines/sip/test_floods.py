"""Who is blocked, for how long, and whether it is all of an address or a port."""

from __future__ import annotations

from pbxsim.engines.sip.floods import MANY, MOST, PAUSE, WINDOW, Floods, Sender
from pbxsim.engines.sip.flow import Flow

HOST = "192.0.2.10"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def lose(floods: Floods, *ports: int, times: int = MANY, host: str = HOST) -> list[Sender]:
    """Lose so many datagrams, from these ports in turn; give who was blocked because of it."""
    lost = (floods.lost(Flow("UDP", host, ports[number % len(ports)])) for number in range(times))
    return [sender for sender in lost if sender is not None]


def test_a_port_that_sends_far_too_much_is_blocked_alone_and_heard_again_after_a_pause() -> None:
    clock = Clock()
    floods = Floods(clock)
    assert floods.due() is None
    assert lose(floods, 5060, times=MANY - 1) == []
    assert lose(floods, 5060, times=1) == [Sender(HOST, 5060)]
    assert floods.due() == clock.now + PAUSE
    clock.now += PAUSE - 0.1
    floods.expire()
    assert list(floods.blocked) == [Sender(HOST, 5060)]
    clock.now += 0.1
    floods.expire()
    assert (floods.blocked, floods.due()) == ({}, None)


def test_as_many_over_a_longer_time_are_no_flood() -> None:
    clock = Clock()
    floods = Floods(clock)
    lose(floods, 5060, times=MANY - 1)
    clock.now += WINDOW * 1.01
    assert lose(floods, 5060, times=1) == []
    assert lose(floods, 5060, times=MANY - 1) == []
    assert lose(floods, 5060, times=1) == [Sender(HOST, 5060)]


def test_where_several_ports_flood_the_address_is_blocked_and_where_nearly_all_comes_from_one_that_port() -> None:
    assert lose(Floods(Clock()), 1, 2, 3) == [Sender(HOST, 0)]
    assert lose(Floods(Clock()), *range(1, 1_000)) == [Sender(HOST, 0)]
    assert lose(Floods(Clock()), 2, 2, 1) == [Sender(HOST, 0)]
    assert lose(Floods(Clock()), 2, 2, 2, 2, 1) == [Sender(HOST, 2)]


def test_a_second_port_of_an_address_that_floods_has_all_of_it_blocked() -> None:
    floods = Floods(Clock())
    assert lose(floods, 5060) == [Sender(HOST, 5060)]
    assert lose(floods, 5060) == [], "it was sent before it was blocked"
    assert lose(floods, 5062) == [Sender(HOST, 0)]
    assert lose(floods, 5064) == []


def test_no_more_than_so_many_are_blocked_and_one_that_is_spared_is_not() -> None:
    clock = Clock()
    floods = Floods(clock)
    for number in range(MOST + 3):
        lose(floods, 5060, host=f"192.0.2.{number}")
    assert len(floods.blocked) == MOST
    floods.spare(Sender("192.0.2.0", 5060))
    assert len(floods.blocked) == MOST - 1
    assert lose(floods, 5060, host="192.0.2.200") == [Sender("192.0.2.200", 5060)]


def test_addresses_that_lose_little_are_not_remembered_for_ever() -> None:
    floods = Floods(Clock())
    for number in range(100_000):
        floods.lost(Flow("UDP", str(number), 5060))
    assert len(floods._counts) <= 256  # noqa: SLF001 - nobody else counts them
    assert floods.blocked == {}


def test_a_flood_that_goes_on_is_not_new_and_one_that_begins_again_later_is() -> None:
    clock = Clock()
    floods = Floods(clock)
    sender, other = Sender(HOST, 5060), Sender(HOST, 0)
    told = []
    for wait in (0, PAUSE, PAUSE, 10 * PAUSE, 1_000):
        clock.now += wait
        told.append(floods.is_new(sender))
    assert told == [True, False, False, False, True]
    assert floods.is_new(other)
