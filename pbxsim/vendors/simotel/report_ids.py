"""The `_id` of a report's row: 24 hexadecimal digits, as a MongoDB ObjectId; the same on every run, growing with time.

The first eight are the Unix second at which the row was made, the next six say what kind of row it is, the last ten are
its number. So a reader finds by an `_id` where to go on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant

CDR: Final = "5cdfdd"
VISIT: Final = "5cdfde"
ATTEMPT: Final = "5cdfdf"
SESSION: Final = "5cdfe0"

_ID: Final = re.compile("[0-9a-f]{24}")
_KIND: Final = slice(8, 14)


def row_id(made: Instant, kind: str, number: int) -> str:
    """Give the id of a row."""
    return f"{made // SECOND & 0xFFFFFFFF:08x}{kind}{number & 0xFFFFFFFFFF:010x}"


def is_id(text: str) -> bool:
    """Tell whether a text is an id of any kind."""
    return _ID.fullmatch(text) is not None


def number_in(text: str, kind: str) -> int | None:
    """Give the number of the row that has this id; None if it is of another kind, or not from here."""
    return int(text[14:], 16) if text[_KIND] == kind else None
