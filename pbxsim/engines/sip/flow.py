"""By which way a message came, and its answer goes: a transport, an address, a connection."""

from __future__ import annotations

import msgspec


class Flow(msgspec.Struct, frozen=True):
    """A way to one peer. `connection` numbers the connection of a transport that has some; 0 is a datagram's."""

    transport: str
    host: str
    port: int
    connection: int = 0

    @property
    def is_reliable(self) -> bool:
        """Tell whether nothing has to be sent twice."""
        return self.transport != "UDP"

    @property
    def address(self) -> tuple[str, int]:
        """Give where it leads."""
        return self.host, self.port
