"""Did it happen, or will it: what clients sent, and calls, records and webhooks, judged now or waited for.

Nobody waits while the clock is held: nothing happens by itself then, so the answer is the same in the end. Of records
those are looked at that are in memory: all, or the newest 10,000 where there is a store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Annotated, Any, Final, Literal

import msgspec

from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.request_log import RequestShown
from pbxsim.pbx.recent_calls import in_order
from pbxsim.sinks.cdr_export import CdrShown
from pbxsim.sinks.cdr_export import shown as cdr_shown
from pbxsim.web.control import call_document, webhooks
from pbxsim.web.control.matching import Entry, Expected, Verdict, check, judged
from pbxsim.web.control.paging import discreet
from pbxsim.web.control.response import Response, document

_LOOK: Final = 0.01  # seconds of the world's time between two looks at whether anything has happened
_CUSTOM: Final = ("custom1", "custom2", "custom3", "custom4")


class Awaited(Expected, kw_only=True):
    """What is waited for, and how long at most, in the world's time; with `while_held` also while the clock is held."""

    of: Literal["calls", "cdrs", "requests", "webhooks"]
    timeout_seconds: Annotated[float, msgspec.Meta(ge=0, le=600)] = 5
    while_held: bool = False


class Kind(msgspec.Struct, frozen=True):
    """A kind of entries: what one is called, its fields, and how those behind a number are found."""

    one: str
    shown: type[msgspec.Struct]
    behind: Callable[[HostedPbx, int], Iterable[Any]]
    more: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Name the fields that an entry has."""
        return [field.encode_name for field in msgspec.structs.fields(self.shown)] + list(self.more)

    def entries(self, host: HostedPbx, after: int) -> list[Entry]:
        """Give the entries as their list shows them."""
        found = [msgspec.to_builtins(entry) for entry in self.behind(host, after)]
        for entry in found if self.more else ():
            entry.update(zip(self.more, entry["custom"], strict=True))
        return found


KINDS: Final = {
    "calls": Kind(
        "call",
        call_document.CallShown,
        lambda host, after: map(call_document.show, in_order(host.pbx.calls.live, host.pbx.calls.ended, after)),
    ),
    "cdrs": Kind(
        "record",
        CdrShown,
        lambda host, after: (cdr_shown(cdr) for cdr in host.pbx.cdrs.remembered() if cdr.id > after),
        _CUSTOM,
    ),
    "requests": Kind(
        "request",
        RequestShown,
        lambda host, after: (host.requests.shown(record) for record in host.requests.records(after=after)),
    ),
    "webhooks": Kind(
        "webhook",
        webhooks.WebhookShown,
        lambda host, after: (webhooks.shown(delivery, host.outbox) for delivery in host.outbox.known(after)),
    ),
}


def verify(host: HostedPbx, body: Expected) -> Response:
    """Tell whether clients have sent what was expected of them."""
    kind = KINDS["requests"]
    check(body, kind.names)
    return discreet(document(judged(body, kind.entries(host, body.after), kind.one)), host)


async def wait(host: HostedPbx, body: Awaited) -> Response:
    """Answer when it is so, or can never be so; at the latest when time is up."""
    kind = KINDS[body.of]
    check(body, kind.names)
    ends = asyncio.get_running_loop().time() + body.timeout_seconds
    if body.of == "webhooks" and not host.driver.rate:
        await host.outbox.tried()
    verdict = _judged(host, body, kind)
    while not verdict.is_settled and (host.driver.rate or body.while_held):
        if not await _change(host, ends):
            break
        verdict = _judged(host, body, kind)
    return discreet(document(verdict), host)


def _judged(host: HostedPbx, body: Awaited, kind: Kind) -> Verdict:
    return judged(body, kind.entries(host, body.after), kind.one)


async def _change(host: HostedPbx, ends: float) -> bool:
    """Return True as soon as something has happened; False when time is up. Moments are the event loop's."""
    loop = asyncio.get_running_loop()
    before = _marks(host)
    while loop.time() < ends:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(min(loop.time() + _LOOK, ends)):
                await loop.create_future()
        if _marks(host) != before:
            return True
    return False


def _marks(host: HostedPbx) -> tuple[int, ...]:
    """Give numbers of which one grows whenever an entry of any kind comes or changes."""
    return host.journal.last, host.requests.counted, host.outbox.posted, host.outbox.tries
