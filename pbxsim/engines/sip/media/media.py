"""The media of one PBX: opens the parties of its calls, and ends them."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from pbxsim.engines.sip.media.party import Party
from pbxsim.engines.sip.media.ports import Ports
from pbxsim.engines.sip.media.ticker import Ticker

if TYPE_CHECKING:
    from types import TracebackType

    from pbxsim.engines.sip.media.ticker import Timer


class Media:
    """Opens parties on ports of a range, in a running event loop, and closes them all at its end.

    `bound` is the address at which ports are opened, `told` the one that telephones are told; without, both are the
    one from which this machine reaches the telephone. `told` is for who is behind a NAT, or in a container.
    What is played goes by `timer`, which is the event loop.
    """

    def __init__(
        self, ports: Ports | None = None, *, bound: str = "", told: str = "", timer: Timer | None = None
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._ports = ports or Ports()
        self._bound = bound
        self._told = told
        self._ticker = Ticker(timer or self._loop)
        self._parties: set[Party] = set()
        self._opened = 0

    def open(self, telephone: str) -> Party:
        """Open a party for a telephone at that numeric address. Raises NoPortLeft, OSError: it cannot be reached."""
        here = own_address(telephone) if not (self._bound and self._told) else ""
        ports = self._ports.open_pair(self._bound or here)
        self._opened += 1
        party = Party(self._loop, self._ticker, ports, telephone, self._told or here, self._opened)
        self._parties.add(party)
        return party

    def close(self, party: Party) -> None:
        """End a party, and let go of its ports. A second time does nothing."""
        self._parties.discard(party)
        party.close()

    def close_all(self) -> None:
        """End all parties."""
        while self._parties:
            self._parties.pop().close()

    def __len__(self) -> int:
        """Count the parties."""
        return len(self._parties)

    def __enter__(self) -> Media:
        """Give itself; what is left at the end is closed."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close_all()


def own_address(towards: str) -> str:
    """Tell from which address of its own this machine reaches another; nothing is sent. Raises OSError."""
    with socket.socket(socket.AF_INET6 if ":" in towards else socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect((towards, 9))
        return str(asking.getsockname()[0])
