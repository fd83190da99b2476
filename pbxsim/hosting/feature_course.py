"""What opening hours, voice mail, parking and pick-up did with a call, in words; and where hours had it led.

It is read off the notes that a call's timeline has of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import iso
from pbxsim.pbx.dialplan import ToHours
from pbxsim.pbx.hours import Period

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.pbx import Pbx

_HOURS: Final = "hours-decided"
_LEFT: Final = "message-left"
_WORDS: Final = {
    _HOURS: "opening hours {}",
    _LEFT: "a message was left: {}",
    "call-parked": "the party was parked in {}",
    "call-unparked": "it was parked no more in {}",
    "call-picked-up": "it was picked up by {}",
}


def course(call: Call) -> Iterator[str]:
    """Tell what happened, in order."""
    for note in call.known.notes:
        yield f"{_WORDS[note.event].format(note.detail)} (at {iso(note.at)})"


def message(call: Call) -> str:
    """Say what came of a call that ended at a mailbox; empty for any other."""
    left = [note.detail for note in call.known.notes if note.event == _LEFT]
    return f"voice mail took the call: {left[-1]}" if left else ""


def led(pbx: Pbx, call: Call, to: Destination) -> Destination:
    """Give where a call was led that came to opening hours, as they were then; any other destination as it is."""
    decided = (note.detail.rpartition(": ") for note in call.known.notes if note.event == _HOURS)
    for name, _, period in decided:
        if isinstance(to, ToHours) and to.name == name:
            to = pbx.dialplan.follow(pbx.hours.schedules[name].step(Period(period)), to.number, to.context)
    return to
