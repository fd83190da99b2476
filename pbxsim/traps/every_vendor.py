"""Traps that no manual names and every vendor has: between a client and a PBX there is a network, and time."""

from __future__ import annotations

from typing import Final

from pbxsim.kit.trap import Careful, Trap

_ALL: Final = 1_000  # webhooks: more than come of a call, so the reply is the last that comes

TRAPS: Final = (
    Trap(
        name="reply-lost",
        words="the call is placed, and the connection is reset before the reply",
        careful=Careful.DIALS_ONCE,
        faults=({"fault": "reset", "handled": True, "count": 1},),
    ),
    Trap(
        name="gateway-error",
        words="the call is placed, and a server in between says 504",
        careful=Careful.DIALS_ONCE,
        faults=({"fault": "status", "status": 504, "handled": True, "count": 1},),
    ),
    Trap(
        name="half-a-reply",
        words="the call is placed, and half of the reply's body comes",
        careful=Careful.DIALS_ONCE,
        faults=({"fault": "truncated", "count": 1},),
    ),
    Trap(
        name="not-reached",
        words="a server in between says 503, and nothing was done",
        careful=Careful.NOTICES,
        faults=({"fault": "status", "status": 503, "handled": False},),
    ),
    Trap(
        name="webhooks-before-the-reply",
        words="all that is told of the call comes before the reply",
        careful=Careful.KNOWS,
        faults=({"fault": "overtaken", "webhooks": _ALL, "seconds": 120},),
    ),
    Trap(
        name="webhooks-twice",
        words="each webhook comes twice, as it does where your answer was lost",
        careful=Careful.KNOWS,
        faults=({"fault": "webhook-twice"},),
    ),
    Trap(
        name="webhooks-late",
        words="each webhook comes half a minute late",
        careful=Careful.KNOWS,
        faults=({"fault": "webhook-late", "seconds": 30},),
    ),
    Trap(
        name="webhooks-out-of-order",
        words="webhooks overtake each other",
        careful=Careful.KNOWS,
        faults=({"fault": "webhook-out-of-order", "seconds": 30},),
    ),
    Trap(
        name="record-late",
        words="a call is over, and the vendor's reports have its record five seconds later",
        careful=Careful.KNOWS,
        faults=({"fault": "cdr-unseen", "seconds": 5},),
    ),
    Trap(
        name="recording-late",
        words="a call's record names a recording that can be read five seconds later",
        careful=Careful.KNOWS,
        faults=({"fault": "recording-late", "seconds": 5},),
    ),
)
