"""When a delivery that failed is tried again, and when it is given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import Duration, Instant, seconds

if TYPE_CHECKING:
    from pbxsim.pbx.notice import Retry
    from pbxsim.sinks.delivery import Delivery

SHORTEST: Final[Duration] = seconds(0.1)
"""However a PBX file spells it: nobody is tried without a pause, or a dead receiver would hold the clock for ever."""


class Backoff:
    """The tries of one delivery, from its first one, or from when somebody asked for it to be sent once more."""

    __slots__ = ("_first_at", "_retry", "_wait")

    def __init__(self, retry: Retry) -> None:
        self._retry = retry
        self._first_at: Instant | None = None
        self._wait = retry.first

    @classmethod
    def resumed(cls, retry: Retry, delivery: Delivery, now: Instant) -> Backoff:
        """Go on after the tries of an earlier run; those before a redelivery cannot be told apart and do not count."""
        backoff = cls(retry)
        if delivery.tries and not delivery.redelivered:
            for _ in delivery.tries:
                backoff._grow()
            backoff._first_at = min(delivery.tries[0].at, now)
        return backoff

    def failed(self, tried_at: Instant, ended_at: Instant) -> Instant | None:
        """Tell when to try again after a try that began and ended then; None: it is given up."""
        if self._first_at is None:
            self._first_at = tried_at
        due = ended_at + max(seconds(min(self._wait, self._retry.longest)), SHORTEST)
        self._grow()
        return due if due - self._first_at <= seconds(self._retry.give_up) else None

    def _grow(self) -> None:
        self._wait = min(self._wait * self._retry.factor, self._retry.longest)
