"""Where pbxsim itself may connect to, when it tells or asks a server that was configured.

What is looked at is the address that is really connected to, after the name was resolved: a name says nothing, and may
change between two looks at it. Which addresses these are is in kit/addresses.py.
"""

from __future__ import annotations

import socket
from typing import Any, TypeAlias

from pbxsim.kit.addresses import KINDS, is_allowed

AddressInfo: TypeAlias = tuple[int, int, int, str, tuple[Any, ...]]
"""What `socket.getaddrinfo` gives for one address: family, type, protocol, canonical name, socket address."""


class AddressRefused(OSError):
    """pbxsim connects to no such address; `address` is the one that was meant."""

    def __init__(self, address: str) -> None:
        super().__init__(f"{address} is {KINDS}: pbxsim does not connect there")
        self.address = address


def checked_socket(info: AddressInfo) -> socket.socket:
    """Make the socket for a connection, for `aiohttp.TCPConnector(socket_factory=...)`. Raises AddressRefused."""
    family, kind, protocol, _, where = info
    if not is_allowed(str(where[0])):
        raise AddressRefused(str(where[0]))
    return socket.socket(family, kind, protocol)
