"""DTMF: which digits there are, how a text says what is pressed and when, and the port of whoever takes them.

Source: Asterisk's main/app.c (ast_dtmf_stream: SendDTMF's pauses). Not here: pressing them (digits.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from pbxsim.clock.instant import SECOND, Duration

if TYPE_CHECKING:
    from pbxsim.pbx.channel import Channel

DIGITS: Final = "0123456789*#ABCD"

PAUSES: Final[dict[str, Duration]] = {"w": SECOND // 2, "W": SECOND}
"""What stands between digits, by how long it is waited there (SendDTMF)."""

KEYS: Final = r"^[0-9*#A-DwW]{1,100}$"
"""The pattern of a text that `keystrokes` can read."""

Keystrokes: TypeAlias = tuple[tuple[Duration, str], ...]
"""Digits, each with how long after the beginning it is pressed, in that order."""


class DigitTaker(Protocol):
    """Something that runs on a channel and hears what is pressed there."""

    @property
    def name(self) -> str:
        """Name it as a dialplan leads to it: `menu reception`."""
        ...

    def pressed(self, channel: Channel, digit: str) -> None:
        """Take one digit, one of DIGITS. The channel is up, and this its `digit_taker`."""
        ...


def keystrokes(text: str, after: Duration = 0) -> Keystrokes:
    """Read a text of `KEYS` that begins `after` that span; digits without a pause between them are pressed at once."""
    strokes: list[tuple[Duration, str]] = []
    for sign in text:
        if sign in PAUSES:
            after += PAUSES[sign]
        else:
            strokes.append((after, sign))
    return tuple(strokes)
