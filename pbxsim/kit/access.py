"""Access checks that all vendors share: secrets in constant time, client addresses against a list."""

from __future__ import annotations

from functools import lru_cache
from hmac import compare_digest
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def same_secret(given: str, known: str) -> bool:
    """Compare two secrets in a time that tells nothing of where they differ."""
    return compare_digest(given.encode("utf-8", "surrogatepass"), known.encode())


def address_allowed(address: str, allowed: Iterable[str]) -> bool:
    """Tell whether a client address is in a list of addresses and networks (`10.0.0.0/8`). An empty list allows all.

    An IPv4 address that arrives mapped into IPv6 (`::ffff:10.0.0.1`) counts as itself.
    """
    networks = [_network(entry) for entry in allowed]
    if not networks:
        return True
    try:
        client = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(client, "ipv4_mapped", None)
    return any((mapped or client) in network for network in networks)


def is_network(entry: str) -> bool:
    """Tell whether a text is an address or a network, as such a list has them."""
    try:
        _network(entry)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1024)
def _network(entry: str) -> IPv4Network | IPv6Network:
    return ip_network(entry, strict=False)
