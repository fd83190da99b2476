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
_PARKED: Final = "call-parked"
_UNPARKED: Final = "call-unparked"
_WORDS: Final = {
    _HOURS: "opening hours {}",
    _LEFT: "a message was left: {}",
    _PARKED: "the party was parked in {}",
    _UNPARKED: "it was parked no more in {}",
    "call-picked-up": "it was picked up by {}",
}
_ALONE: Final = ("Park", "Pickup")
_UNPARKED_HOW: Final = {
    "retrieved": "taken back by dialling the slot",
    "timeout": "had been there too long, and nobody was there to be rung",
    "gave up": "hung up there",
    "": "hung up there",
}


def course(call: Call) -> Iterator[str]:
    """Tell what happened, in order."""
    for note in call.known.notes:
        yield f"{_WORDS[note.event].format(note.detail)} (at {iso(note.at)})"


def message(call: Call) -> str:
    """Say what came of a call that ended at a mailbox; empty for any other."""
    left = [note.detail for note in call.known.notes if note.event == _LEFT]
    return f"voice mail took the call: {left[-1]}" if left else ""


def end(call: Call) -> str:
    """Say what came of an answered call that was the PBX's alone at its end: parking, pick-up, hearing one's messages.

    Empty for any other.
    """
    if not call.known.passages:
        return ""
    last = call.known.passages[-1]
    match last.app:
        case "Pickup":
            return f"it took the call that rang at {last.data or 'its pick-up group'}"
        case "ParkedCall" if last.is_heard:
            return f"nobody was parked in {last.data.replace(',', ':')}"
        case "Park" if last.is_heard:
            return f"no slot of parking lot {last.data} was free"
        case "Park":
            return f"the party was parked in {last.data}, and {_UNPARKED_HOW[_how_unparked(call)]}"
        case "VoiceMailMain":
            where = f"the messages of {last.data}" if last.data else "VoiceMailMain, and its extension has no mailbox"
            return f"the caller was at {where}"
    return ""


def alone(call: Call) -> str:
    """Say with what application of the PBX a call was that came to nothing else; empty for any other."""
    passages = call.known.passages
    if len(passages) != 1 or not call.bridged_at:
        return ""
    if not passages[0].is_heard and passages[0].app not in _ALONE:
        return ""
    return f"the second party, {call.order.dst}, was {passages[0].app}({passages[0].data}) of the PBX itself"


def now(call: Call) -> str:
    """Say where in the PBX itself the caller is at this moment; empty where it is with somebody, or on the way."""
    if call.known.notes and call.known.notes[-1].event == _PARKED:
        return f"the party is parked in {call.known.notes[-1].detail}"
    last = call.known.passages[-1] if call.known.passages else None
    return f"the caller is at {last.app}({last.data})" if last is not None and last.is_heard else ""


def _how_unparked(call: Call) -> str:
    return next((note.detail.rpartition(": ")[2] for note in reversed(call.known.notes) if note.event == _UNPARKED), "")


def led(pbx: Pbx, call: Call, to: Destination) -> Destination:
    """Give where a call was led that came to opening hours, as they were then; any other destination as it is."""
    decided = (note.detail.rpartition(": ") for note in call.known.notes if note.event == _HOURS)
    for name, _, period in decided:
        if isinstance(to, ToHours) and to.name == name:
            to = pbx.dialplan.follow(pbx.hours.schedules[name].step(Period(period)), to.number, to.context)
    return to
