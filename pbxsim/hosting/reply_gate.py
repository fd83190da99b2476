"""A reply that webhooks overtake: what was asked is done, and the reply waits until so many of them were tried.

A client that waits for the reply cannot move a held clock, so here it is the gate that does: as far as to the next
thing that is due, again and again. Such moves are noted, as those of the control API are.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pbxsim.clock.driver import BeyondTime, ClockNotRunning, RealTime
from pbxsim.clock.instant import TimeWentBackwards
from pbxsim.sinks.store.port import NotStored

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant
    from pbxsim.hosting.fault_injection import SetFault
    from pbxsim.hosting.hosted_pbx import HostedPbx

_PATIENCE: Final = 3.0
"""Seconds of the world's time. A client that answers no webhook while it waits for a reply would wait for ever."""

_LOOK: Final = 0.01  # seconds of the world's time between two looks at a clock that runs by itself


class ReplyGate:
    """Holds back the reply to a request that `host` is about to answer, as a fault `overtaken` says.

    What comes of the request is what is posted from now on. It waits no longer than the fault's seconds on the PBX's
    clock, not where nothing more is due, and not once the PBX began anew or the fault was taken away.
    """

    def __init__(self, host: HostedPbx, fault: SetFault) -> None:
        self._host = host
        self._pbx = host.pbx
        self._outbox = host.outbox
        self._fault = fault
        self._since = host.outbox.last_number
        self._ends: Instant = host.pbx.clock.now + fault.span

    async def passed(self) -> None:
        """Return when the reply may go."""
        with suppress(TimeoutError, ClockNotRunning, TimeWentBackwards, NotStored):
            async with asyncio.timeout(_PATIENCE):
                while self._holds():
                    if not await self._go_on():
                        return

    def _holds(self) -> bool:
        host = self._host
        if host.outbox is not self._outbox or host.injection is None:
            return False
        if not any(fault is self._fault for fault in host.injection.faults):
            return False
        return self._tried() < (self._fault.entry.webhooks or 0)

    def _tried(self) -> int:
        """Count what came of the request and was answered, or given up."""
        return sum(bool(delivery.tries) for delivery in self._outbox.known(self._since))

    async def _go_on(self) -> bool:
        """Let something happen; False where nothing will."""
        driver, clock = self._host.driver, self._pbx.clock
        if driver.rate:
            await _a_moment()
            return clock.now < self._ends
        await self._outbox.tried()
        if not self._holds():
            return False
        coming = [due for due in (clock.next_due(), driver.outside.next_due()) if due is not None]
        if not coming or min(coming) > self._ends:
            return False
        try:
            await driver.advance_to(max(min(coming), clock.now))
        except (BeyondTime, RealTime):
            return False
        finally:
            if self._host.pbx is self._pbx:
                self._host.commands.moved(clock.now, self._host.requests.counted)
        return True


async def _a_moment() -> None:
    loop = asyncio.get_running_loop()
    with suppress(TimeoutError):
        async with asyncio.timeout(_LOOK):
            await loop.create_future()
