"""What a call is called outside: `cuid` (also `unique_id`), and the name of its recording, in events and in reports.

The form is the vendor's, `<Unix second>.<counter>`. The counter is the call's number, not a channel's: with several
telephones it shows only at the end which channel the record will name, but all events of a call, its record and its
recording need one id from the first moment on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND, to_datetime

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr

_RECORD: Final = re.compile(r"[0-9]{8}_([0-9]{1,12}\.[0-9]{1,12})\.(?:wav|mp3)", re.ASCII)


def cuid(call: Call) -> str:
    """Name a call."""
    return spelt_cuid(call.started_at, call.number)


def cuid_of(cdr: Cdr) -> str:
    """Name a record's call; one that stands in the PBX file belongs to no call here, and its own number counts."""
    return spelt_cuid(cdr.start, cdr.call or cdr.id)


def record_name(cdr: Cdr) -> str:
    """Name a record's recording as the vendor does, `YYYYMMDD_<cuid>.mp3`, by the UTC date; empty where there is none.

    The name ends as the file really is: `.wav` where the recording is a WAV file.
    """
    if not cdr.recording_file:
        return ""
    ending = "mp3" if cdr.recording_file.lower().endswith(".mp3") else "wav"
    return f"{to_datetime(cdr.start):%Y%m%d}_{cuid_of(cdr)}.{ending}"


def cuid_in(record: str) -> str:
    """Give the cuid that the name of a recording has in it; empty where it is no such name."""
    found = _RECORD.fullmatch(record)
    return found[1] if found else ""


def spelt_cuid(start: Instant, number: int) -> str:
    """The name of the call with that number, which began then."""
    return f"{start // SECOND}.{number}"
