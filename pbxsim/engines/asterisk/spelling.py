"""How what the switch and Asterisk tell each other is spelt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.pbx.cause import HangupCause

if TYPE_CHECKING:
    from pbxsim.pbx.channel import Channel

PLACED_BY: Final = "telephone"
"""Who asked for a call that somebody dialled by hand, where a call says which vendor did."""

_UNFIT_FOR_NAMES: Final = '"<>\\'


def caller_id(channel: Channel) -> str:
    """Spell what a telephone's display is to show."""
    number = "".join(sign for sign in channel.shown_number if sign.isalnum() or sign in "+*#")
    name = "".join(sign for sign in channel.shown_name if sign.isprintable() and sign not in _UNFIT_FOR_NAMES)
    return f'"{name}" <{number}>'


def cause_of(text: str, *, was_up: bool) -> HangupCause:
    """Read a hangup cause; 31 for what is none that the switch knows.

    0 is "not defined": Asterisk says so, now and then, of a telephone that was put down while it was being connected.
    """
    if text == "0" and was_up:
        return HangupCause.NORMAL_CLEARING
    return HangupCause.of(int(text)) if text.isdigit() else HangupCause.NORMAL_UNSPECIFIED
