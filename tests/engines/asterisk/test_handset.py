"""A hand on real telephones: what the PBX does to them, and what it says of what only they do themselves."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.extension import DeviceState
from pbxsim.pbx.routes import Trunk
from pbxsim.testing.office import Office, extension, line
from tests.engines.asterisk.rig import AsteriskRig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pbxsim.engines.asterisk.handset import AsteriskHandset
    from pbxsim.engines.asterisk.installation import AsteriskInstallation
    from pbxsim.pbx.call import Call

pytestmark = [pytest.mark.slow, pytest.mark.asterisk, pytest.mark.sip]


@asynccontextmanager
async def office_of(asterisk: AsteriskInstallation, *numbers: str) -> AsyncIterator[AsteriskRig]:
    """Have an office of real telephones, and a way out."""
    people = [extension(number, line(f"sip{number}", line_id=int(number))) for number in numbers]
    rig = await AsteriskRig(asterisk, Office(*people, trunks=[Trunk(id=1, name="upc")])).start()
    try:
        yield rig
    finally:
        await rig.close()


def hand_of(rig: AsteriskRig) -> AsteriskHandset:
    """Give the hand."""
    hand: AsteriskHandset = rig.opened.handset
    return hand


async def test_it_has_a_telephone_dial_which_rings_itself_first_and_puts_it_down(
    asterisk: AsteriskInstallation,
) -> None:
    async with office_of(asterisk, "100", "101") as rig:
        for telephone in rig.by_user.values():
            telephone.answers()
        desk = rig.office.directory.line("sip100")
        call: Call = rig.do(lambda: hand_of(rig).dial(desk, "101"))
        await rig.until(lambda: call.state is CallState.TALKING)
        assert rig.by_user["sip100"].seen == ["sip:101@127.0.0.1"]
        assert rig.by_user["sip101"].seen == ["sip:100@127.0.0.1"]
        rig.do(lambda: hand_of(rig).hang_up(desk))
        await rig.until(rig.is_quiet)
        assert [(cdr.dst, cdr.cause) for cdr in rig.office.cdrs()] == [("101", HangupCause.NORMAL_CLEARING)]


async def test_it_rejects_what_rings_and_the_telephone_rings_no_longer(asterisk: AsteriskInstallation) -> None:
    async with office_of(asterisk, "100", "101") as rig:
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: rig.by_user["sip100"].calls)
        desk = rig.office.directory.line("sip100")
        await rig.until(lambda: desk.device_state is DeviceState.RINGING)
        rig.do(lambda: hand_of(rig).reject(desk))
        assert call.is_over
        await rig.until(rig.is_quiet)
        assert rig.office.cdr(call).cause is HangupCause.CALL_REJECTED
        assert await rig.channels() == []


async def test_it_hands_a_call_on(asterisk: AsteriskInstallation) -> None:
    async with office_of(asterisk, "100", "101", "102") as rig:
        for telephone in rig.by_user.values():
            telephone.answers()
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: call.state is CallState.TALKING)
        desk = rig.office.directory.line("sip101")
        with pytest.raises(NothingToDo, match="has the number 'nobody'"):
            rig.do(lambda: hand_of(rig).transfer(desk, "nobody"))
        rig.do(lambda: hand_of(rig).transfer(desk, "102"))
        await rig.until(lambda: rig.by_user["sip101"].is_quiet() and call.state is CallState.TALKING)
        assert call.first is not None
        assert call.second is not None
        assert {call.first.number, call.second.number} == {"100", "102"}


async def test_what_only_the_telephone_does_is_told_with_what_can_be_done(asterisk: AsteriskInstallation) -> None:
    async with office_of(asterisk, "100") as rig:
        hand, desk = hand_of(rig), rig.office.directory.line("sip100")
        for verb in (hand.answer, hand.hold, hand.unhold, hand.swap, hand.cancel, hand.register, hand.unregister):
            with pytest.raises(
                NothingToDo, match="sip100 is a telephone at Asterisk, and is in somebody's hand: a program"
            ):
                verb(desk)
        hand.do_not_disturb(desk, on=True)
        assert desk.do_not_disturb
        await rig.by_user["sip100"].agent.unregister()
        await rig.until(lambda: not desk.is_registered)
        with pytest.raises(NothingToDo, match="sip100 is not registered"):
            hand.dial(desk, "101")
