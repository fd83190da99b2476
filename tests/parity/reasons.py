"""Why something is not as on a real Asterisk, or has to be told otherwise: rulings by number, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.parity.compare import Aspect

if TYPE_CHECKING:
    from tests.parity.compare import Difference

REASONS: Final[dict[str, str]] = {
    "D1": "`billsec` counts from the moment when both talk, Asterisk's from when the row's first channel is up.",
    "D2": "Who leaves a queue unanswered has `NO ANSWER`; Asterisk says `ANSWERED` once the dialplan has answered.",
    "D5": "A call has one row; Asterisk writes one for each telephone rung and each pass, and one for what the dialplan"
    " does behind a failed Dial.",
    "D6": "`src` is the first party's number, Asterisk's the caller id of the order.",
    "D7": "A transferred call keeps its one row; Asterisk splits it at each transfer.",
    "D8": "A telephone that is not registered has no channel on Asterisk, so no row; here the attempt has one.",
    "D9": "A second party that cannot even be dialled (not registered, its calls used up) is told in the row;"
    " Asterisk's says `ANSWERED`, for the first party was up, and has a channel that is over at once where chan_sip"
    " refuses it.",
    "D10": "A number that does not exist (cause 1) is `FAILED`; Asterisk's Dial makes `NO ANSWER` of it.",
    "D11": "A queue answers the caller who joins, and only then; Queue() never does, Answer() before it always.",
    "D14": "A telephone that was dialled and does not ring yet is Dialing; Asterisk's channel is Down.",
    "D15": "Who gives up has cause 16, a ring time-out 19, which tells vendors' `NOANSWER` from `CANCEL`; chan_sip has"
    " 0 and 16.",
    "D17": "A diversion is the PBX's own here; a telephone's 302 makes a Local channel, with rows of its own.",
    "D19": "The call ends with the failed Dial; where nothing follows it in the dialplan, Asterisk plays a tone for"
    " 10 s more. The recorded dialplan had nothing behind Dial for numbers outside, vendors' have.",
    "D20": "A number that nothing fits is found out when its turn comes; Asterisk's manager interface refuses the"
    " order before anybody is rung. A vendor's own dialplan may have a catch-all.",
    "D21": "Members who are equal to leastrecent or fewestcalls come in the order of the file, on Asterisk in that of a"
    " hash table; no client can rely on either. The scenario tells the members in Asterisk's order.",
    "D23": "A telephone that holds somebody is on hold; chan_sip's default (`notifyhold=no`) shows it in use, and PJSIP"
    " has the other one on hold.",
    "D24": "A telephone that was dialled and does not ring yet is in use; chan_sip shows it ringing already.",
}
"""By number. Gaps: what is as on Asterisk by now, or is not among what is compared."""

_FALLS_UNDER: Final[dict[Aspect, dict[str, frozenset[int]]]] = {
    Aspect.HAPPENS: {
        "D11": frozenset({66, 69, 89, 90}),
        "D14": frozenset({11}),
        "D19": frozenset({13, 39}),
        "D20": frozenset({16}),
    },
    Aspect.MOMENTS: {"D9": frozenset({23}), "D17": frozenset({35})},
    Aspect.ROWS: {
        "D7": frozenset({41, 42, 44, 45, 86}),
        "D8": frozenset({8}),
        "D17": frozenset({35}),
        "D20": frozenset({16}),
        "D5": frozenset({10, 11, 12, 19, 28, 30, 31, 34, 36, 37, 51, 52, 64, 70, 71, 79, 80, 81, 83, 94, 96, 98, 99}),
    },
    Aspect.VALUES: {
        "D2": frozenset({62, 65, 66, 68, 69}),
        "D5": frozenset({71, 79, 80, 83, 98, 99}),
        "D7": frozenset({41, 42, 44, 45, 86}),
        "D9": frozenset({14, 23}),
        "D10": frozenset({7, 13}),
        "D1": frozenset({1, 10, 17, 19, 20, 21, 22, 25, 49, 60, 63, 64, 70, 72, 73, 74, 81, 84, 85, 92}),
    },
    Aspect.DISPLAYS: {"D17": frozenset({35}), "D20": frozenset({16})},
    Aspect.DEVICES: {"D23": frozenset({40}), "D24": frozenset({11})},
}
_WHEREVER: Final = {Aspect.CALLER: "D6", Aspect.CAUSES: "D15"}


def ruling(number: int, difference: Difference) -> str:
    """Name the ruling under which a scenario's difference from chan_sip falls; empty where nobody has said why."""
    under = _FALLS_UNDER.get(difference.aspect, {})
    found = (name for name, scenarios in under.items() if number in scenarios)
    return next(found, _WHEREVER.get(difference.aspect, ""))
