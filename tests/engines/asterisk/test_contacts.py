"""Several telephones of one line: all ring, the first that answers has the call, and who goes leaves the others."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.extension import DeviceState
from pbxsim.testing.office import Office, extension
from tests.engines.asterisk.rig import AsteriskRig
from tests.engines.asterisk.test_acted import PATIENT
from tests.engines.refusing import RefusingTelephone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pbxsim.engines.asterisk.installation import AsteriskInstallation
    from pbxsim.pbx.call import Call

pytestmark = [pytest.mark.slow, pytest.mark.asterisk]


@asynccontextmanager
async def office_of(asterisk: AsteriskInstallation) -> AsyncIterator[AsteriskRig]:
    """Have an office of an acted telephone, 100, and a line that takes three, 101."""
    office = Office(extension("100"), extension("101"))
    rig = AsteriskRig(asterisk, office, ("sip100",), PATIENT, has_telephones=False, max_contacts=3)
    try:
        yield await rig.start()
    finally:
        await rig.close()


class Refusing(RefusingTelephone):
    """A telephone of the line 101 that refuses, and notes what it sees."""

    def __init__(self, status: str, after: float = 3_600) -> None:
        self.noted: list[str] = []
        super().__init__("sip101", status, after=after, rings=True, noted=lambda what, _: self.noted.append(what))

    async def joins(self, rig: AsteriskRig) -> None:
        """Register."""
        there = len(targets(rig)) if rig.office.directory.line("sip101").is_registered else 0
        await self.register(rig.exchange.server, rig.exchange.secrets.line("sip101"))
        await rig.until(lambda: rig.office.directory.line("sip101").is_registered and len(targets(rig)) == there + 1)


def targets(rig: AsteriskRig) -> list[str]:
    """Give what is dialled so that the line 101 rings."""
    found: list[str] = rig.opened.engine._registrations.targets(rig.office.directory.line("sip101"))  # noqa: SLF001
    return found


async def test_all_ring_and_none_rings_on_when_the_caller_gives_up(asterisk: AsteriskInstallation) -> None:
    async with office_of(asterisk) as rig:
        telephones = [Refusing("486 Busy Here") for _ in range(3)]
        for each in telephones:
            await each.joins(rig)
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: all(each.ringing for each in telephones))
        assert rig.office.directory.line("sip101").device_state is DeviceState.RINGING
        assert len(call.ringing_legs()) == 1, "to the switch it is one telephone"
        rig.do(lambda: rig.office.pbx.calls.hang_up(call))
        await rig.until(lambda: not any(each.ringing for each in telephones))
        assert [each.noted for each in telephones] == [["rings", "over"]] * 3
        for each in telephones:
            each.close()


async def test_one_that_is_busy_leaves_the_others_ringing_and_all_that_are_make_the_line_busy(
    asterisk: AsteriskInstallation,
) -> None:
    async with office_of(asterisk) as rig:
        at_once, later = Refusing("486 Busy Here", after=0), Refusing("603 Decline", after=0.5)
        for each in (at_once, later):
            await each.joins(rig)
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: at_once.noted == ["rings", "over"])
        await rig.until(lambda: later.ringing)
        assert not call.is_over
        await rig.until(lambda: call.is_over)
        assert call.cause is HangupCause.USER_BUSY
        for each in (at_once, later):
            each.close()


@pytest.mark.sip
async def test_the_first_that_answers_has_the_call_and_when_it_goes_the_other_is_the_lines(
    asterisk: AsteriskInstallation,
) -> None:
    from tests.engines.telephones import Telephones

    async with office_of(asterisk) as rig:
        desk = rig.office.directory.line("sip101")
        telephones = Telephones(rig.exchange.server)
        await telephones.start()
        other = Refusing("486 Busy Here")
        try:
            mine = await telephones.registered("sip101", rig.exchange.secrets.line("sip101"))
            mine.answers(0.2)
            await rig.until(lambda: desk.is_registered)
            await other.joins(rig)
            call: Call = rig.do(lambda: rig.office.call("100", "101"))
            await rig.until(lambda: call.state is CallState.TALKING)
            await rig.until(lambda: other.noted == ["rings", "over"])
            await rig.until(lambda: desk.device_state is DeviceState.IN_USE)
            await mine.calls[0].wait_established()
            await mine.calls[0].hold()
            await rig.until(lambda: desk.device_state is DeviceState.ON_HOLD)
            await mine.calls[0].hangup()
            await rig.until(lambda: call.is_over)
            assert [leg.cause for leg in call.legs] == [HangupCause.NORMAL_CLEARING] * 2
            await mine.agent.unregister()
            await rig.until(lambda: len(targets(rig)) == 1)
            await rig.until(lambda: desk.device_state is DeviceState.NOT_IN_USE)
            again: Call = rig.do(lambda: rig.office.call("100", "101"))
            await rig.until(lambda: other.ringing)
            rig.do(lambda: rig.office.pbx.calls.hang_up(again))
            await rig.until(lambda: not other.ringing)
        finally:
            await telephones.close()
            other.close()
        await rig.until(lambda: not rig.office.pbx.calls.live)
