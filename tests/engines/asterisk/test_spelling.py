"""How what the switch and Asterisk tell each other is spelt."""

from __future__ import annotations

import pytest

from pbxsim.engines.asterisk.spelling import caller_id, cause_of
from pbxsim.pbx.call import CallerId
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import ChannelState
from pbxsim.testing.office import Office, extension


@pytest.mark.parametrize(
    ("text", "state", "cause"),
    [
        ("17", ChannelState.DIALING, HangupCause.USER_BUSY),
        ("0", ChannelState.UP, HangupCause.NORMAL_CLEARING),
        ("0", ChannelState.RINGING, HangupCause.NORMAL_UNSPECIFIED),
        ("127", ChannelState.RING, HangupCause.NORMAL_CLEARING),
        ("127", ChannelState.RINGING, HangupCause.INTERWORKING),
        ("99", ChannelState.UP, HangupCause.NORMAL_UNSPECIFIED),
        ("", ChannelState.UP, HangupCause.NORMAL_UNSPECIFIED),
        ("busy", ChannelState.DIALING, HangupCause.NORMAL_UNSPECIFIED),
    ],
)
def test_a_cause_is_read(text: str, state: ChannelState, cause: HangupCause) -> None:
    assert cause_of(text, state) is cause


@pytest.mark.parametrize(
    ("shows", "spelt"),
    [
        (CallerId("299299299", "Jan Dvořák"), '"Jan Dvořák" <299299299>'),
        (CallerId("+420 299", 'A "B" <1>\\'), '"A B 1" <+420299>'),
        (CallerId("1\r\nAction: Logoff", "x\r\ny"), '"xy" <1ActionLogoff>'),
        (CallerId(), '"" <>'),
    ],
)
def test_a_display_is_told_nothing_that_could_be_more_than_a_name_and_a_number(shows: CallerId, spelt: str) -> None:
    call = Office(extension("100"), extension("101")).call("100", "101", first_shows=shows)
    assert caller_id(call.legs[0]) == spelt
