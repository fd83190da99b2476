"""How a call went in menus, in words: which it heard, what was pressed there, where that led or why it ended there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import iso
from pbxsim.pbx.menu_visit import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.menu_visit import MenuVisit


def course(call: Call) -> Iterator[str]:
    """Tell of each menu that was heard, in order, and what came of it."""
    for visit in call.known.menus:
        again = f" for time {visit.attempt}" if visit.attempt > 1 else ""
        yield f"menu {visit.menu} was heard{again} at {iso(visit.at)}: {_outcome(call, visit)}"


def end(call: Call) -> str:
    """Say why a call that is over ended in a menu; empty where it did not."""
    last = call.known.menus[-1] if call.known.menus else None
    if last is None or last.led_to:
        return ""
    return f"the call ended in menu {last.menu}: {_outcome(call, last)}"


def heard_now(call: Call) -> str:
    """Name the menu that is heard now; empty where there is none."""
    last = call.known.menus[-1] if call.known.menus else None
    return last.menu if last is not None and last.why is None else ""


def _outcome(call: Call, visit: MenuVisit) -> str:
    if visit.why is None:
        return f"{visit.digits or 'nothing'} was pressed so far"
    if visit.why is Why.GONE:
        who = "somebody ended the call" if call.ended_by is None else "the caller hung up"
        return f"{who}, and had pressed {visit.digits or 'nothing'}"
    if visit.why is Why.CHOSEN:
        return f"{visit.digits} was pressed, which {_leads(visit)}"
    if visit.why is Why.INVALID:
        return f"{visit.digits} was pressed, which is none of its choices and {_leads(visit)}"
    return f"nothing was pressed in time, which {_leads(visit)}"


def _leads(visit: MenuVisit) -> str:
    return f"leads to {visit.led_to}" if visit.led_to else "ends the call"
