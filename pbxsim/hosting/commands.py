"""What was asked of a PBX from outside, in order, so that it can be asked again: commands, and moves of its clock.

Clients' requests are not kept twice: they are in the log of requests, and stand between the commands by their numbers.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import Instant  # noqa: TC001 - msgspec reads the annotations of `Asked`

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.request import Request

KEPT: Final = 10_000


class Asked(msgspec.Struct, frozen=True):
    """A command of the control API at an instant, or without a method: the clock was moved to there.

    `requests` is how many requests there had been.
    """

    at: Instant
    requests: int
    method: str = ""
    target: str = ""
    body: bytes = b""


class Commands:
    """The commands since a PBX began at `began`. `gap` says why they are not all that there was; empty: they are."""

    def __init__(self, began: Instant, gap: str = "") -> None:
        self.began = began
        self.gap = gap
        self._asked: deque[Asked] = deque()

    def __iter__(self) -> Iterator[Asked]:
        return iter(self._asked)

    def asked(self, at: Instant, requests: int, request: Request) -> None:
        """Note a command that is about to be done."""
        target = f"{request.path}?{request.query}" if request.query else request.path
        self._keep(Asked(at, requests, request.method, target, request.body))

    def moved(self, at: Instant, requests: int) -> None:
        """Note that somebody moved the clock."""
        self._keep(Asked(at, requests))

    def _keep(self, asked: Asked) -> None:
        self._asked.append(asked)
        if len(self._asked) > KEPT:
            self._asked.popleft()
            self.gap = f"there were more than {KEPT} commands, and the first of them are forgotten"
