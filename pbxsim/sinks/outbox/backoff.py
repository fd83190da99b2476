"""When a delivery that failed is tried again, and when it is given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import Duration, Instant, seconds

if TYPE_CHECKING:
    from pbxsim.pbx.notice import Retry

SHORTEST: Final[Duration] = seconds(0.1)
"""However a PBX file spells it: nobody is tried without a pause, or a dead receiver would hold the clock for ever."""


class Backoff:
    """The tries of one delivery, `made` of which failed already; it is given up where none succeeds for long enough.

    That time counts from `since`.
    """

    __slots__ = ("_retry", "_since", "_wait")

    def __init__(self, retry: Retry, since: Instant, made: int = 0) -> None:
        self._retry = retry
        self._since = since
        self._wait = retry.first
        for _ in range(made):
            self._grow()

    def failed(self, ended_at: Instant) -> Instant | None:
        """Tell when to try again after a try that ended then; None: it is given up."""
        due = ended_at + max(seconds(min(self._wait, self._retry.longest)), SHORTEST)
        self._grow()
        return due if due <= self.ends_at else None

    @property
    def ends_at(self) -> Instant:
        """Tell until when it is tried; the first try may come later, behind others that were not taken."""
        return self._since + seconds(self._retry.give_up)

    def _grow(self) -> None:
        self._wait = min(self._wait * self._retry.factor, self._retry.longest)
