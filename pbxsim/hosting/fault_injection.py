"""Which requests, calls and webhooks a PBX's injected faults strike: in order, counted, drawn by the PBX's seed.

Each fault draws from a stream of its own, which no call draws from: nobody's fate changes because of it.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Duration, Instant, seconds
from pbxsim.hosting.request_match import RequestMatch
from pbxsim.pbx.dice import draw, stream
from pbxsim.sinks.outbox.notice_faults import NoticeFault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from typing import Literal

    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.config.injected_faults import FaultEntry, FaultKind
    from pbxsim.kit.request import Request
    from pbxsim.pbx.notice import Notice

_OVERTAKEN_WITHIN: Final = 60.0  # seconds after which a webhook is sent although none came that could overtake it
_WEBHOOKS: Final[Mapping[str, Literal["late", "twice", "out of order", "lost"]]] = {
    "webhook-late": "late",
    "webhook-twice": "twice",
    "webhook-out-of-order": "out of order",
    "webhook-lost": "lost",
}


class SetFault(msgspec.Struct, kw_only=True):
    """A fault that is set. `met` counts what fitted it, `struck` what it befell."""

    id: int
    entry: FaultEntry
    match: RequestMatch
    stream: int
    met: int = 0
    struck: int = 0
    window_ends: Instant = 0
    in_window: int = 0

    @property
    def told(self) -> str:
        """Name it in logs."""
        return f"fault {self.id}: {self.entry.fault}"

    @property
    def span(self) -> Duration:
        """Give its seconds."""
        return seconds(_OVERTAKEN_WITHIN if self.entry.seconds is None else self.entry.seconds)

    def strikes(self, now: Instant) -> bool:
        """Tell whether it befalls what fits it and happens now, counted."""
        entry = self.entry
        self.met += 1
        if entry.nth is not None and entry.nth != self.met:
            return False
        if entry.count is not None and self.struck >= entry.count:
            return False
        if entry.requests is not None and not self._is_too_many(now, entry.requests):
            return False
        if entry.probability < 1 and draw(self.stream, self.met) >= entry.probability:
            return False
        self.struck += 1
        return True

    def wait(self, now: Instant) -> int:
        """Tell in how many whole seconds the window ends, at least 1."""
        return max(1, ceil((self.window_ends - now) / SECOND))

    def garble(self, body: bytes) -> bytes:
        """Make about one byte in eight another, at least one, drawn anew each time it strikes."""
        chances = stream(self.stream, "garbled", self.struck)
        garbled = bytearray(body)
        for number in range(max(1, len(body) // 8) if body else 0):
            place = int(draw(chances, 2 * number) * len(body))
            garbled[place] = body[place] ^ 1 + int(draw(chances, 2 * number + 1) * 255)
        return bytes(garbled)

    def _is_too_many(self, now: Instant, most: int) -> bool:
        """Count a request of the window that began with the first request after the one before."""
        if now >= self.window_ends:
            self.window_ends, self.in_window = now + self.span, 0
        self.in_window += 1
        return self.in_window > most


class FaultInjection:
    """The faults of one PBX, in the order in which they are looked at. Implements `NoticeFaults`."""

    def __init__(self, seed: int, clock: Scheduler) -> None:
        self._seed = seed
        self._clock = clock
        self._faults: list[SetFault] = []
        self._last = 0

    def __iter__(self) -> Iterator[SetFault]:
        return iter(self._faults)

    def __len__(self) -> int:
        """Count those that are set."""
        return len(self._faults)

    def set(self, entries: Iterable[FaultEntry]) -> None:
        """Set these, and no others any more."""
        self._faults = [self._fault(entry) for entry in entries]

    def remove(self, number: int) -> None:
        """Take one away, if it is set; the others go on counting."""
        self._faults = [fault for fault in self._faults if fault.id != number]

    def on_request(self, vendor: str, request: Request) -> SetFault | None:
        """Tell which fault befalls a request to a vendor that has just come."""
        return self._first(
            fault for fault in self._faults if fault.entry.is_of_requests and fault.match.fits(vendor, request)
        )

    def on_call(self, kind: FaultKind, vendor: str, numbers: Collection[str]) -> SetFault | None:
        """Tell which fault of a kind befalls a call that `vendor` asked for, with these parties."""
        meant = (fault for fault in self._faults if fault.entry.fault == kind and fault.entry.vendor in (None, vendor))
        return self._first(fault for fault in meant if fault.entry.number is None or fault.entry.number in numbers)

    @property
    def has_calls(self) -> bool:
        """Tell whether there is any that befalls calls."""
        return any(fault.entry.is_of_calls for fault in self._faults)

    def on_notice(self, vendor: str, notice: Notice) -> NoticeFault | None:
        """Tell what befalls a notice that is just posted."""
        fault = self._first(fault for fault in self._faults if _is_meant(fault.entry, vendor, notice))
        return None if fault is None else NoticeFault(_WEBHOOKS[fault.entry.fault], fault.told, fault.span)

    def _first(self, fitting: Iterable[SetFault]) -> SetFault | None:
        """Give the first that strikes. Those behind it do not meet what it struck, but for those that count for nth."""
        struck: SetFault | None = None
        for fault in fitting:
            if struck is None:
                struck = fault if fault.strikes(self._clock.now) else None
            elif fault.entry.nth is not None:
                fault.met += 1
        return struck

    def _fault(self, entry: FaultEntry) -> SetFault:
        self._last += 1
        match = RequestMatch(vendor=entry.vendor, method=entry.method, path=entry.path, action=entry.action)
        return SetFault(
            id=self._last, entry=entry, match=match, stream=stream(self._seed, "injected fault", self._last)
        )


def _is_meant(entry: FaultEntry, vendor: str, notice: Notice) -> bool:
    return (
        entry.is_of_webhooks
        and entry.vendor in (None, vendor)
        and entry.receiver in (None, notice.receiver)
        and entry.event in (None, notice.event)
    )
