"""How what the switch and Asterisk tell each other is spelt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import ChannelState

if TYPE_CHECKING:
    from pbxsim.pbx.channel import Channel

PLACED_BY: Final = "telephone"
"""Who asked for a call that somebody dialled by hand, where a call says which vendor did."""

_UNFIT_FOR_NAMES: Final = '"<>\\'
_PUT_DOWN: Final = frozenset({("0", ChannelState.UP), ("127", ChannelState.RING)})


def caller_id(channel: Channel) -> str:
    """Spell what a telephone's display is to show."""
    number = "".join(sign for sign in channel.shown_number if sign.isalnum() or sign in "+*#")
    name = "".join(sign for sign in channel.shown_name if sign.isprintable() and sign not in _UNFIT_FOR_NAMES)
    return f'"{name}" <{number}>'


def cause_of(text: str, state: ChannelState) -> HangupCause:
    """Read the hangup cause of a channel that was in a state; 31 for what is none that the switch knows.

    0 is "not defined": Asterisk says so, now and then, of a telephone that was put down while it was being connected.
    127 is what PJSIP makes of a caller's CANCEL, which has no cause: the receiver was put down.
    """
    if (text, state) in _PUT_DOWN:
        return HangupCause.NORMAL_CLEARING
    return HangupCause.of(int(text)) if text.isdigit() else HangupCause.NORMAL_UNSPECIFIED
