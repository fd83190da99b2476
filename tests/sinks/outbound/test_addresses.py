"""Where pbxsim may connect to, and where not, whatever a name resolves to."""

from __future__ import annotations

import socket

import aiohttp
import pytest

from pbxsim.sinks.outbound.addresses import AddressRefused, checked_socket


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1%eth0", "::ffff:168.63.129.16", "fd00:ec2::254"])
def test_there_is_no_socket_for_an_address_that_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused, match="pbxsim does not connect there"):
        checked_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 80)))


def test_a_socket_for_an_allowed_address_has_its_family() -> None:
    with checked_socket((socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("::1", 80, 0, 0))) as made:
        assert made.family == socket.AF_INET6


async def test_aiohttp_does_not_connect_where_it_may_not_and_says_why() -> None:
    connector = aiohttp.TCPConnector(socket_factory=checked_socket)
    async with aiohttp.ClientSession(connector=connector) as session:
        with pytest.raises(aiohttp.ClientConnectorError) as refused:
            await session.get("http://169.254.169.254/latest/meta-data/")
    assert isinstance(refused.value.os_error, AddressRefused)
    assert refused.value.os_error.address == "169.254.169.254"
