"""What people do with real telephones twenty times over, on each engine that has them: it comes out each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallState
from tests.engines.test_real_telephones import heard, office_of, power, talking

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from tests.engines.conftest import Makes
    from tests.engines.real_rig import RealRig

pytestmark = [pytest.mark.slow, pytest.mark.sip]

TIMES = 20


def peers(call: Call) -> list[str]:
    """Name who is in a call."""
    return [leg.peer for leg in call.live_legs()]


async def over(rig: RealRig, call: Call) -> None:
    """Hang up, and wait until nobody is in any call."""
    rig.do(lambda: rig.office.pbx.calls.hang_up(call))
    await rig.until(rig.is_quiet)
    await rig.until(lambda: not rig.office.pbx.calls.live)


async def nothing_is_left(rig: RealRig) -> None:
    """See that each call left its record, of those who were connected first, and no channel is left."""
    records = [(str(cdr.disposition), int(cdr.cause), cdr.src, cdr.dst) for cdr in rig.office.cdrs()]
    assert records.count(("ANSWERED", 16, "100", "101")) == TIMES
    assert {disposition for disposition, *_ in records} == {"ANSWERED"}
    assert await rig.is_idle()


async def test_twenty_calls_carry_what_each_says_to_the_other(make: Makes) -> None:
    async with office_of(make, "100", "101") as rig:
        for _ in range(TIMES):
            call = await talking(rig, "100", "101")
            sound = await heard(rig, {"sip100": 440, "sip101": 880}, ("sip100", "sip101"))
            assert power(sound["sip100"], 880) > max(1_000, 4 * power(sound["sip100"], 440))
            assert power(sound["sip101"], 440) > max(1_000, 4 * power(sound["sip101"], 880))
            await rig.by_user["sip101"].calls[0].hangup()
            await rig.until(lambda call=call: call.is_over)  # type: ignore[misc]
            await rig.until(rig.is_quiet)
        await nothing_is_left(rig)


async def test_twenty_calls_are_handed_on_without_asking(make: Makes) -> None:
    async with office_of(make, "100", "101", "102") as rig:
        for _ in range(TIMES):
            call = await talking(rig, "100", "101")
            await rig.elapse(SECOND // 4)  # of talk: within milliseconds of the answer Asterisk has not connected them
            await rig.transfer("sip101", "102")
            await rig.until(lambda call=call: peers(call) == ["sip100", "sip102"])  # type: ignore[misc]
            await rig.until(lambda call=call: call.state is CallState.TALKING)  # type: ignore[misc]
            await rig.until(lambda: not rig.by_user["sip101"].calls)
            await over(rig, call)
        await nothing_is_left(rig)


async def test_twenty_calls_are_handed_on_after_asking(make: Makes) -> None:
    async with office_of(make, "100", "101", "102") as rig:
        live, asks = rig.office.pbx.calls.live, rig.by_user["sip101"]
        for _ in range(TIMES):
            call = await talking(rig, "100", "101")
            first = asks.calls[0]
            await first.hold()
            asked = await asks.dial("102")
            await asked.wait_established()
            await rig.until(lambda: len(live) == 2 and all(each.state is CallState.TALKING for each in live.values()))
            await first.attended_transfer(asked)
            await rig.until(lambda call=call: peers(call) == ["sip100", "sip102"])  # type: ignore[misc]
            await rig.until(lambda: len(live) == 1 and not asks.calls)
            await over(rig, call)
        await nothing_is_left(rig)
