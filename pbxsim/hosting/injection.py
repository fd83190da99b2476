"""What somebody has put between a PBX and its clients: forced replies and faults.

A PBX has it in its way only while something is set (`HostedPbx.injection`). So where nothing is, a request costs one
look at an attribute (web/server.py).
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.hosting.call_faults import CallFaultInjection
from pbxsim.hosting.fault_injection import FaultInjection
from pbxsim.hosting.forced_replies import ForcedReplies
from pbxsim.kit.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.driver import ClockDriver
    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.hosting.fault_injection import SetFault
    from pbxsim.hosting.forced_replies import ForcedReply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.pbx import Pbx

_OWNER: Final = 1 << 32  # of timers; receivers of webhooks have low numbers
_STEPS: Final = (1 << 24) - 1
_TEXT: Final = "text/plain; charset=utf-8"


class Injected(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to one request: an error of its vendor's that is `forced`, or a `fault`. `told` says it in logs."""

    told: str
    forced: ForcedReply | None = None
    fault: SetFault | None = None


class Injection:
    """All that is injected into one PBX, whose clock `driver` drives."""

    def __init__(self, pbx: Pbx, driver: ClockDriver) -> None:
        clock, seed = pbx.clock, pbx.seed
        self.replies = ForcedReplies()
        self.faults = FaultInjection(seed, clock)
        self.calls = CallFaultInjection(pbx, self.faults)
        self._clock = clock
        self._driver = driver
        self._waiting: dict[asyncio.Future[None], int] = {}
        self._steps = 0

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is set, so that nobody need look at it."""
        return not self.replies and not self.faults

    def meet(self, vendor: str, request: Request) -> Injected | None:
        """Tell what happens to a request that has just come; None: nothing but what its vendor does."""
        forced = self.replies.take(vendor, request)
        if forced is not None:
            return Injected(told=f"forced reply {forced.id}: {forced.error}", forced=forced)
        fault = self.faults.on_request(vendor, request)
        return None if fault is None else Injected(told=fault.told, fault=fault)

    async def wait(self, span: Duration) -> None:
        """Return when so much time has gone by on the PBX's clock, or nobody is to wait any more."""
        done = asyncio.get_running_loop().create_future()
        self._steps = self._steps % _STEPS + 1
        self._waiting[done] = self._driver.outside.call_at(
            self._clock.now + span, _OWNER, self._steps, self._on_due, done
        )
        self._driver.rearm()
        await done

    def release(self) -> None:
        """Have nobody wait any more."""
        waiting, self._waiting = self._waiting, {}
        for done, timer in waiting.items():
            self._driver.outside.cancel(timer)
            if not done.done():
                done.set_result(None)

    def _on_due(self, done: asyncio.Future[None]) -> None:
        del self._waiting[done]
        if not done.done():
            done.set_result(None)


def faulty_reply(fault: SetFault, answer: Callable[[], Reply], now: Instant) -> Reply:
    """Give what a client gets that a fault befalls; `answer` has the vendor do what is asked.

    A status of 0 is no reply at all.
    """
    entry = fault.entry
    match entry.fault:
        case "rate-limit":
            headers = (("Retry-After", str(fault.wait(now))),)
            return msgspec.structs.replace(_page(entry.status or HTTPStatus.TOO_MANY_REQUESTS), headers=headers)
        case "status":
            page = _page(entry.status or HTTPStatus.SERVICE_UNAVAILABLE)
            return _instead(page, answer()) if entry.handled else page
        case "reset":
            nothing = Reply(body=b"", status=0)
            return nothing if entry.handled is False else _instead(nothing, answer())
    reply = answer()
    return msgspec.structs.replace(reply, body=fault.garble(reply.body)) if entry.fault == "garbled" else reply


def _page(status: int) -> Reply:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Error"
    return Reply(body=f"{status} {phrase}\n".encode(), content_type=_TEXT, status=status, code=str(status))


def _instead(sent: Reply, lost: Reply) -> Reply:
    """Give what is sent instead of a reply; the call that this started, and its hints, are told of all the same."""
    return msgspec.structs.replace(sent, call=lost.call, hints=lost.hints)
