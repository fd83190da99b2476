"""Where pbxsim may connect to, and where not, whatever a name resolves to."""

from __future__ import annotations

import socket

import aiohttp
import pytest

from pbxsim.sinks.outbound.addresses import AddressRefused, checked_socket, is_allowed


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "10.0.0.5",
        "192.168.1.1",
        "203.0.113.9",
        "fd00::5",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "64:ff9b::c000:201",
        "2002:c000:201::1",
        "1.0.0.1",
        "100.100.100.201",
        "168.63.129.17",
        "fd00:ec2::255",
        "::192.168.1.1",
        "::ffff:0:c0a8:101",
        "64:ff9b:1::c0a8:101",
    ],
)
def test_this_machine_and_any_network_of_the_customer_are_allowed(address: str) -> None:
    assert is_allowed(address)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1",
        "fe80::1%eth0",
        "224.0.0.1",
        "ff02::1",
        "0.0.0.0",
        "0.0.0.1",
        "::",
        "255.255.255.255",
        "::ffff:169.254.169.254",
        "::ffff:0.0.0.0",
        "::ffff:255.255.255.255",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "64:ff9b:1::a9fe:a9fe",
        "64:ff9b:1:7::a9fe:a9fe",
        "::ffff:0:a9fe:a9fe",
        "::169.254.169.254",
        "fd00:ec2::254",
        "fd20:ce::254",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "::ffff:168.63.129.16",
        "64:ff9b::a83f:8110",
        "2002:a83f:8110::1",
    ],
)
def test_link_local_metadata_and_other_addresses_of_nobody_are_refused_in_every_spelling(
    address: str,
) -> None:
    assert not is_allowed(address)
    with pytest.raises(AddressRefused, match="pbxsim does not connect there"):
        checked_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 80)))


def test_a_name_is_no_address() -> None:
    with pytest.raises(ValueError, match="localhost"):
        is_allowed("localhost")


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
