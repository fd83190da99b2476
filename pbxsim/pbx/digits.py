"""Digits that a party presses in a call: the one way by which they come in, whoever then takes them.

Whatever runs on a channel (a menu, voice mail, parking) takes what is pressed there, as long as it is the channel's
`digit_taker` (dtmf.py). Where nothing does, whoever talks with that party hears the tone, and nothing else comes of it.
Source: Asterisk's main/channel.c (ast_waitfordigit, ast_senddigit).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.events import DigitPressed
from pbxsim.pbx.transfer import partner

if TYPE_CHECKING:
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel


def press(control: CallControl, channel: Channel, digit: str) -> bool:
    """Have the party at `channel` press one of dtmf.DIGITS. False, and nothing happens, where the channel is not up."""
    if not channel.is_up:
        return False
    taker = channel.digit_taker
    channel.call.noted().pressed(control.clock.now, channel, digit)
    if DigitPressed in control.bus.wanted:
        control.bus.emit(DigitPressed(channel, digit, _heard_by(channel)))
    if taker is not None and channel.digit_taker is taker:  # whoever heard of it may have hung up
        taker.pressed(channel, digit)
    return True


def _heard_by(channel: Channel) -> str:
    if channel.digit_taker is not None:
        return channel.digit_taker.name
    other = partner(channel)
    return other.name if other is not None else ""
