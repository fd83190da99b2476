"""One call record to look at, and others like it."""

from __future__ import annotations

import msgspec

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.testing.office import START

RECORD = Cdr(
    id=3,
    call=7,
    vendor="voipsun",
    start=START,
    answer=START + 3 * SECOND,
    end=START + 10 * SECOND,
    src="100",
    dst="800123456",
    disposition=Disposition.ANSWERED,
    cause=HangupCause.NORMAL_CLEARING,
    direction=Direction.OUTGOING,
    custom=("a", "b", "c", "d"),
    first_peer="sip100",
    serial=10,
    first_serial=10,
    second_peer="upc",
    second_serial=0xABCDEF01,
    account="shop",
)


def like(**fields: object) -> Cdr:
    """Give the record with these fields changed."""
    return msgspec.structs.replace(RECORD, **fields)
