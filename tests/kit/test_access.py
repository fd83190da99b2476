"""Secrets and addresses."""

from __future__ import annotations

import pytest

from pbxsim.kit.access import address_allowed, is_network, same_secret


@pytest.mark.parametrize("secret", ["", "secretpwd", "žofie", "x" * 10_000])
def test_a_secret_is_the_same_as_itself_alone(secret: str) -> None:
    assert same_secret(secret, secret)
    assert not same_secret(secret + "x", secret)
    assert not same_secret("x" + secret, secret)
    assert not same_secret(secret.upper() + "1", secret)


def test_a_lone_surrogate_from_a_broken_request_is_no_secret() -> None:
    assert not same_secret("\udcff", "ÿ")


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("10.255.0.1", "10.0.0.0/8"),
        ("10.255.0.1", "10.1.2.3/8"),
        ("::ffff:192.0.2.1", "192.0.2.0/24"),
        ("2001:db8::1", "2001:db8::/32"),
        ("127.0.0.1", "0.0.0.0/0"),
    ],
)
def test_an_address_in_a_listed_network_is_allowed(address: str, entry: str) -> None:
    assert address_allowed(address, ["198.51.100.7", entry])


@pytest.mark.parametrize(
    "address", ["192.0.2.2", "::1", "2001:db8::1", "", "localhost", "192.0.2.1:8080", "192.0.2.01"]
)
def test_any_other_address_is_not(address: str) -> None:
    assert not address_allowed(address, ["192.0.2.1", "10.0.0.0/8"])


@pytest.mark.parametrize("address", ["192.0.2.2", "::1", "", "localhost"])
def test_an_empty_list_allows_every_address(address: str) -> None:
    assert address_allowed(address, [])


@pytest.mark.parametrize("entry", ["192.0.2.1", "10.0.0.0/8", "10.1.2.3/8", "::1", "2001:db8::/32"])
def test_addresses_and_networks_may_stand_in_a_list(entry: str) -> None:
    assert is_network(entry)


@pytest.mark.parametrize("entry", ["", "localhost", "10.0.0.0/33", "10.0.0", "1.2.3.4:80", "2001:db8::/129"])
def test_nothing_else_may(entry: str) -> None:
    assert not is_network(entry)
