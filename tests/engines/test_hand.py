"""What a hand does by way of the PBX alone, for any engine: it needs no more of one than to let a leg go."""

from __future__ import annotations

import pytest

from pbxsim.engines.hand import PbxHand
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Channel, ChannelState
from pbxsim.pbx.errors import NothingToDo
from pbxsim.testing.office import Office, extension


class Hand(PbxHand):
    """A hand that notes which legs an engine would be told to let go, and how each stood then."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.pbx)
        self.let: list[tuple[str, HangupCause, ChannelState]] = []

    def let_go(self, channel: Channel, cause: HangupCause) -> None:
        """Note it."""
        assert channel.line is not None
        self.let.append((channel.line.user, cause, channel.state))


def test_the_engine_lets_a_leg_go_before_the_switch_hears_that_it_is_over() -> None:
    office = Office(extension("100"), extension("101"))
    hand, desk = Hand(office), office.directory.line("sip100")
    call = office.call("100", "101")
    hand.reject(desk)
    assert hand.let == [("sip100", HangupCause.CALL_REJECTED, ChannelState.RINGING)]
    assert (call.is_over, office.cdr(call).cause) == (True, HangupCause.CALL_REJECTED)


def test_what_is_up_is_put_down_and_handed_on() -> None:
    office = Office(extension("100"), extension("101"), extension("102"))
    hand = Hand(office)
    call = office.call("100", "101")
    office.advance(7)
    assert call.state is CallState.TALKING
    hand.transfer(office.directory.line("sip101"), "102")
    assert hand.let == [], "whoever hands a call on is dismissed by the switch"
    office.advance(4)
    assert [leg.number for leg in call.live_legs()] == ["100", "102"]
    hand.hang_up(office.directory.line("sip102"))
    assert hand.let == [("sip102", HangupCause.NORMAL_CLEARING, ChannelState.UP)]
    assert call.is_over


def test_a_telephone_that_is_in_no_state_for_it_is_told_so() -> None:
    office = Office(extension("100"), extension("101"))
    hand, desk = Hand(office), office.directory.line("sip100")
    for verb in (hand.reject, hand.hang_up, hand.complete):
        with pytest.raises(NothingToDo, match="no channel of sip100"):
            verb(desk)
    hand.do_not_disturb(desk, on=True)
    with pytest.raises(NothingToDo, match="not to be disturbed already"):
        hand.do_not_disturb(desk, on=True)
    assert hand.let == []
