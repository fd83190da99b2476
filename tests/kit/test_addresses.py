"""Which addresses are connected to, and which not, however they are spelt."""

from __future__ import annotations

import pytest

from pbxsim.kit.addresses import is_allowed, is_allowed_host


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


def test_a_name_is_no_address() -> None:
    with pytest.raises(ValueError, match="localhost"):
        is_allowed("localhost")


@pytest.mark.parametrize(
    "host", ["crm.example.com", "localhost", "[::1]", "10.0.0.5", "127.1", "face.example", "beef", ""]
)
def test_a_server_may_be_any_name_and_any_allowed_address(host: str) -> None:
    assert is_allowed_host(host)


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "fd00:ec2::254", "0xA9FEA9FE", "2852039166",
     "0251.0376.0251.0376", "169.254.43518", "0", "255.255.255.255"],
)  # fmt: skip
def test_an_address_of_nobody_is_no_server_in_any_spelling_that_a_resolver_takes(host: str) -> None:
    assert not is_allowed_host(host)
