"""The server of a long run: `python -m tests.soak.child FAULT serve …` is `pbxsim serve …` with two differences.

At SIGUSR1 it collects its garbage, so that what is looked at is what it keeps: pbxsim has the collector run seldom. And
a FAULT can be planted, for the tests that the checks notice it: see `FAULTS`.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from pbxsim.cli import main as pbxsim
from pbxsim.hosting.request_log import RequestLog
from pbxsim.sinks.outbox.http import WebPost
from pbxsim.sinks.outbox.outcome import Outcome, Verdict
from pbxsim.sinks.store import buffer

if TYPE_CHECKING:
    from collections.abc import Callable

_EVERY: Final = 50
"""Every so many-th record, webhook or request goes wrong."""

_numbers: Final = count(1)
_kept: Final[list[object]] = []


def _is_its_turn() -> bool:
    return next(_numbers) % _EVERY == 0


def _at_requests(does: Callable[[], None]) -> None:
    begin: Callable[..., Any] = RequestLog.begin

    def begun(self: RequestLog, *arguments: object) -> object:
        if _is_its_turn():
            does()
        return begin(self, *arguments)

    setattr(RequestLog, "begin", begun)  # noqa: B010 - mypy refuses the plain assignment


def _leak() -> None:
    """Keep 400 kB for ever."""
    _at_requests(lambda: _kept.append(os.urandom(400_000)))


def _descriptors() -> None:
    """Leave a file open."""
    _at_requests(lambda: _kept.append(os.dup(2)))


def _traceback() -> None:
    """Fail, and write it into the log."""
    _at_requests(lambda: logging.getLogger("pbxsim").error("planted", exc_info=ValueError("planted")))


def _loss() -> None:
    """Do not store a record."""
    pending = buffer._Pending  # noqa: SLF001 - what is planted is planted inside
    on_cdr = pending.on_cdr

    def forgetful(self: Any, event: Any) -> None:  # noqa: ANN401 - as above
        if not _is_its_turn():
            on_cdr(self, event)

    setattr(pending, "on_cdr", forgetful)  # noqa: B010 - as above


def _silence() -> None:
    """Take a webhook for delivered that was never sent."""
    send = WebPost.send

    async def silent(self: WebPost, *arguments: Any) -> Outcome:  # noqa: ANN401 - as above
        return Outcome(verdict=Verdict.DELIVERED, status=200) if _is_its_turn() else await send(self, *arguments)

    setattr(WebPost, "send", silent)  # noqa: B010 - as above


FAULTS: Final[dict[str, Callable[[], None]]] = {
    "none": lambda: None,
    "leak": _leak,
    "descriptors": _descriptors,
    "traceback": _traceback,
    "loss": _loss,
    "silence": _silence,
}


def main(fault: str, *arguments: str) -> int:
    """Plant the fault, and serve."""
    FAULTS[fault]()
    signal.signal(signal.SIGUSR1, lambda *_: gc.collect())
    return pbxsim(list(arguments))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
