"""Which IP addresses pbxsim connects to, whichever of its servers a PBX file names.

The customer's own network and this very machine are where such servers are, so they are allowed.
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

KINDS: Final = "link-local, a cloud's metadata service, multicast, broadcast or unspecified"
"""Which addresses are refused, in words."""

_NUMBER: Final = re.compile(r"[0-9A-Fa-fXx.]+")  # how `inet_aton` spells an IPv4 address: 0xa9fea9fe, 2852039166
_BROADCAST: Final = IPv4Address("255.255.255.255")
_THIS_NETWORK: Final = IPv4Address("0.255.255.255")  # RFC 1122, 3.2.1.3: 0.0.0.0/8 is no destination; Linux takes it
_HOLDS_IPV4: Final = tuple(
    map(
        IPv6Network,
        (
            "64:ff9b::/96",  # NAT64 (RFC 6052, 2.1)
            "64:ff9b:1::/48",  # NAT64 of one's own network (RFC 8215)
            "::ffff:0:0/96",  # mapped (RFC 4291, 2.5.5.2)
            "::ffff:0:0:0/96",  # translated (RFC 2765, 2.1)
            "::/96",  # compatible (RFC 4291, 2.5.5.1), given up long ago, and still understood
        ),
    )
)
"""Where the last 32 bits of an IPv6 address are an IPv4 address."""
_IPV4_BITS: Final = 0xFFFFFFFF
_METADATA: Final = tuple(
    map(
        ip_network,
        (
            "100.100.100.200",  # Alibaba Cloud
            "168.63.129.16",  # Azure
            "192.0.0.192",  # Oracle Cloud
            "fd00:ec2::254",  # AWS
            "fd20:ce::254",  # Google Cloud
        ),
    )
)
"""Where clouds keep their machines' credentials, beside the link-local 169.254.169.254 (their own documentation)."""


def is_allowed(address: str) -> bool:
    """Tell whether pbxsim may connect to an IP address. Raises ValueError where it is none.

    Link-local addresses are refused because clouds keep their credentials there (169.254.169.254), and so are the other
    addresses of such services; multicast, broadcast and unspecified ones because nobody answers there, or this machine
    does by accident. An IPv4 address inside an IPv6 one (mapped, translated, compatible, 6to4, NAT64) counts as itself.
    """
    found = _inner(ip_address(address))
    if found.is_link_local or found.is_multicast or found.is_unspecified:
        return False
    if any(found in network for network in _METADATA):
        return False
    return not isinstance(found, IPv4Address) or (found != _BROADCAST and found > _THIS_NETWORK)


def is_allowed_host(host: str) -> bool:
    """Tell whether a server's name or address may be connected to, as far as it says so itself.

    A name is resolved only when it is connected to, and what it leads to is looked at then. An IPv4 address may be
    spelt as any resolver of names takes it: `0xa9fea9fe` and `2852039166` are 169.254.169.254.
    """
    host = host.strip("[]")
    try:
        return is_allowed(host)
    except ValueError:
        pass
    try:
        return not _NUMBER.fullmatch(host) or is_allowed(socket.inet_ntoa(socket.inet_aton(host)))
    except OSError:
        return True


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address.is_loopback or address.is_unspecified:
        return address
    if any(address in network for network in _HOLDS_IPV4):
        return IPv4Address(int(address) & _IPV4_BITS)
    return address.sixtofour or address
