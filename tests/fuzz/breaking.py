"""`pbxsim` with a fault put into it on purpose, named in FUZZ_FAULT: what finds faults must find this one."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from pbxsim.cli import main
from pbxsim.vendors.vum.api import VumInterface

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request

_answer = VumInterface.answer
_kept: list[bytes] = []


def _answer_wrongly(self: VumInterface, request: Request) -> Reply:
    """Fail where `styp` stands beside a number that begins with a plus, whatever else there is."""
    if "styp" in request.params and request.params.text("cislo").startswith("+"):
        fault = os.environ["FUZZ_FAULT"]
        if fault == "exception":
            raise ZeroDivisionError
        if fault == "slow":
            until = time.process_time() + 1.2
            while time.process_time() < until:
                pass
    if os.environ["FUZZ_FAULT"] == "leak":
        _kept.append(b"x" * 1_000_000)
    return _answer(self, request)


if __name__ == "__main__":
    VumInterface.answer = _answer_wrongly  # type: ignore[method-assign]
    sys.exit(main())
