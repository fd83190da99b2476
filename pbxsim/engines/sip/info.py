"""Digits that come by INFO, as telephones without RFC 4733 send them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pbxsim.engines.sip.message import Request

KINDS: Final = ("application/dtmf-relay", "application/dtmf")
_SIGNAL: Final = re.compile(r"(?:signal\s*=\s*)?([0-9A-D*#])\s*(?:\Z|[\r\n])", re.IGNORECASE)


def digit_in(request: Request) -> str | None:
    """Give the digit that was pressed, empty for what is none; None: it is about something else."""
    if request.first("content-type").partition(";")[0].strip().lower() not in KINDS:
        return None
    found = _SIGNAL.match(request.body.decode("ascii", "replace").strip())
    return "" if found is None else found[1].upper()
