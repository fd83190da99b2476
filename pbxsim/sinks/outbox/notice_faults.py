"""Webhooks that go wrong on purpose: late, twice, out of order, lost. Who is struck is decided elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from pbxsim.sinks.outbox.outcome import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.notice import Notice
    from pbxsim.sinks.delivery import Delivery


class NoticeFault(msgspec.Struct, frozen=True):
    """What befalls one notice; `told` says it, `span` is how much later it is tried, or how long held back."""

    kind: Literal["late", "twice", "out of order", "lost"]
    told: str
    span: Duration = 0


class NoticeFaults(Protocol):
    """Decides what befalls notices."""

    def on_notice(self, vendor: str, notice: Notice) -> NoticeFault | None:
        """Tell what befalls a notice that is just posted; None: nothing."""
        ...


class FaultySending:
    """Sends by `send`, but for deliveries that are to be lost, or to be sent twice."""

    def __init__(self, send: Callable[[Delivery], Awaitable[Outcome]]) -> None:
        self._send = send
        self._faults: dict[int, NoticeFault] = {}

    def expect(self, delivery: Delivery, fault: NoticeFault) -> None:
        """Hear what is to befall a delivery when it is tried."""
        self._faults[delivery.id] = fault

    async def send(self, delivery: Delivery) -> Outcome:
        """Try once."""
        fault = self._faults.get(delivery.id)
        if fault is None:
            return await self._send(delivery)
        if fault.kind == "lost":
            del self._faults[delivery.id]
            return Outcome(verdict=Verdict.NEVER, error=fault.told)
        outcome = await self._send(delivery)
        if outcome.verdict is not Verdict.DELIVERED:
            return outcome
        del self._faults[delivery.id]
        return msgspec.structs.replace(outcome, verdict=Verdict.AT_ONCE, error=fault.told)
