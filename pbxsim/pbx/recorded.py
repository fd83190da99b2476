"""The event of a call whose records are closed, for who tells of calls and not of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.events import Event

if TYPE_CHECKING:
    from pbxsim.pbx.cdr import Cdr


class CallRecorded(Event, frozen=True, eq=False):
    """All records of a call are closed. `whole` is one of all of it, as in style CALL, whatever the PBX writes down.

    Its id and its recording are those of the record that stands for the call: the last one in which somebody talked,
    else the last one; the id is 0 where there is none.
    """

    whole: Cdr
