"""Whether any pair of ports for sound is free."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from pbxsim.engines.sip.media.ports import Ports, opened
from tests.engines.sip.media.telephones import free_ports


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_pair_is_free_where_both_its_ports_are_and_looking_takes_none(host: str) -> None:
    first = free_ports(4)
    ports = Ports(first, first + 4)
    even = first + first % 2
    with closing(opened(host, even)):
        assert ports.is_any_free(host)
        with closing(opened(host, even + 3)):
            assert not ports.is_any_free(host)
        assert ports.is_any_free(host)
    first_given = ports.open_pair(host)
    assert [each.getsockname()[1] for each in first_given] == [even, even + 1]
    for each in first_given:
        each.close()


def test_at_an_address_that_this_machine_has_not_there_are_none_to_look_for() -> None:
    with pytest.raises(OSError, match="assign"):
        Ports(40_000, 40_001).is_any_free("192.0.2.1")


def test_what_is_taken_at_all_addresses_is_taken_at_each() -> None:
    first = free_ports(4)
    even = first + first % 2
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as everywhere:
        everywhere.bind(("0.0.0.0", even))
        assert not Ports(even, even + 1).is_any_free("127.0.0.1")
