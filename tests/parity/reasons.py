"""Why something is not as on a real Asterisk, or has to be told otherwise: rulings by number, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.parity.compare import Aspect

if TYPE_CHECKING:
    from tests.parity.compare import Difference

REASONS: Final[dict[str, str]] = {
    "D5": "A queue's member is rung on its line; by a Local channel, as the recorded one was, it has a row more.",
    "D9": "A second party whose calls are used up has no channel here; chan_sip's is over at once.",
    "D17": "A diversion is the PBX's own here; a telephone's 302 makes a Local channel, with rows of its own.",
    "D19": "The call ends with the failed Dial; where nothing follows it in the dialplan, Asterisk plays a tone for"
    " 10 s more. The recorded dialplan had nothing behind Dial for numbers outside, vendors' have.",
    "D20": "A number that nothing fits is found out when its turn comes; Asterisk's manager interface refuses the"
    " order before anybody is rung. A vendor's own dialplan may have a catch-all.",
    "D21": "Members who are equal to leastrecent or fewestcalls come in the order of the file, on Asterisk in that of a"
    " hash table; no client can rely on either. The scenario tells the members in Asterisk's order.",
    "D23": "A telephone that holds somebody is on hold, as with chan_sip's `notifyhold=yes`; its default shows it in"
    " use, and PJSIP has the other one on hold.",
}
"""By number. Gaps: what is as on Asterisk by now, or is not among what is compared."""

_FALLS_UNDER: Final[dict[Aspect, dict[str, frozenset[int]]]] = {
    Aspect.HAPPENS: {"D19": frozenset({13, 39}), "D20": frozenset({16})},
    Aspect.MOMENTS: {"D9": frozenset({23}), "D17": frozenset({35})},
    Aspect.ROWS: {"D5": frozenset({96}), "D17": frozenset({35}), "D20": frozenset({16})},
    Aspect.DISPLAYS: {"D17": frozenset({35}), "D20": frozenset({16})},
    Aspect.DEVICES: {"D23": frozenset({40})},
}


def ruling(number: int, difference: Difference) -> str:
    """Name the ruling under which a scenario's difference from chan_sip falls; empty where nobody has said why."""
    under = _FALLS_UNDER.get(difference.aspect, {})
    found = (name for name, scenarios in under.items() if number in scenarios)
    return next(found, "")
