"""What things are called outside: calls and their recordings, objects of the PBX, rows of reports.

A call's `cuid` (also `unique_id`) has the vendor's form, `<Unix second>.<counter>`: it is the call's unique id
everywhere else, too, in its record, the queue log and whatever other vendors tell of it.

An `_id` is 24 hexadecimal digits, as a MongoDB ObjectId, the same on every run. A report's row has one that grows with
time: the first eight digits are the Unix second at which the row was made, the next six say what kind of row it is, the
last ten are its number. So a reader finds by an `_id` where to go on.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND, to_datetime

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.cdr import Cdr

# Kinds of rows.
CDR: Final = "5cdfdd"
VISIT: Final = "5cdfde"
ATTEMPT: Final = "5cdfdf"
SESSION: Final = "5cdfe0"
VOICE_MAIL: Final = "5cdfe1"

_ID: Final = re.compile("[0-9a-f]{24}")
_KIND: Final = slice(8, 14)
_RECORD: Final = re.compile(r"[0-9]{8}_([0-9]{1,12}\.[0-9]{1,12})\.(?:wav|mp3)", re.ASCII)


def record_name(cdr: Cdr) -> str:
    """Name a record's recording as the vendor does, `YYYYMMDD_<cuid>.mp3`, by the UTC date; empty where there is none.

    The name ends as the file really is: `.wav` where the recording is a WAV file.
    """
    if not cdr.recording_file:
        return ""
    ending = "mp3" if cdr.recording_file.lower().endswith(".mp3") else "wav"
    return f"{to_datetime(cdr.began):%Y%m%d}_{cdr.linked_id}.{ending}"


def cuid_in(record: str) -> str:
    """Give the cuid that the name of a recording has in it; empty where it is no such name."""
    found = _RECORD.fullmatch(record)
    return found[1] if found else ""


def object_id(kind: str, key: object) -> str:
    """Make the id of an object out of its kind and what tells it from others of that kind: ever the same (R203)."""
    return sha256(f"{kind} {key}".encode("utf-8", "surrogatepass")).hexdigest()[:24]


def row_id(made: Instant, kind: str, number: int) -> str:
    """Give the id of a row."""
    return f"{made // SECOND & 0xFFFFFFFF:08x}{kind}{number & 0xFFFFFFFFFF:010x}"


def is_id(text: str) -> bool:
    """Tell whether a text is an id of any kind."""
    return _ID.fullmatch(text) is not None


def number_in(text: str, kind: str) -> int | None:
    """Give the number of the row that has this id; None if it is of another kind, or not from here."""
    return int(text[14:], 16) if text[_KIND] == kind else None
