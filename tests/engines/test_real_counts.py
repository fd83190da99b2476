"""What people do with real telephones, twenty times each, at an Asterisk and at pbxsim: it comes out each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallState
from pbxsim.pbx.extension import DeviceState
from tests.engines.test_real_telephones import heard, office_of, power, settled, talking

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pbxsim.pbx.call import Call
    from tests.engines.conftest import Makes
    from tests.engines.real_rig import RealRig

pytestmark = [pytest.mark.slow, pytest.mark.sip]


TIMES: Final = 20


def parties(call: Call) -> list[str]:
    """Give who is in a call."""
    return [leg.peer for leg in call.live_legs()]


async def both_hear(rig: RealRig, first: str, second: str) -> bool:
    """Tell whether each of two hears the other's tone, and not its own."""
    sound = await heard(rig, {first: 440, second: 880}, (first, second))
    return all(
        power(sound[user], theirs) > max(1_000, 4 * power(sound[user], own))
        for user, theirs, own in ((first, 880, 440), (second, 440, 880))
    )


async def test_in_twenty_calls_of_twenty_both_hear_each_other(make: Makes) -> None:
    async with office_of(make, "100", "101") as rig:
        heard_each_other = 0
        for _ in range(TIMES):
            call = await talking(rig, "100", "101")
            heard_each_other += await both_hear(rig, "sip100", "sip101")
            rig.do(lambda call=call: rig.office.pbx.calls.hang_up(call))  # type: ignore[misc]
            await rig.until(rig.is_quiet)
        assert heard_each_other == TIMES
        assert [(str(cdr.disposition), int(cdr.cause)) for cdr in rig.office.cdrs()] == [("ANSWERED", 16)] * TIMES
        assert await rig.is_idle()


async def persistently(does: Callable[[], Awaitable[object]], rig: RealRig) -> None:
    """Have a telephone do something, again and again while the answer to what it did before is on its way to it."""
    from tests.engines.test_real_telephones import baresip_error

    while True:
        try:
            await does()
            break
        except baresip_error():
            await rig.elapse(SECOND // 100)


async def test_twenty_holds_of_twenty_are_seen_and_undone(make: Makes) -> None:
    async with office_of(make, "100", "101") as rig:
        call = await talking(rig, "100", "101")
        await settled(rig)
        desk, telephone = rig.office.directory.line("sip101"), rig.by_user["sip101"].calls[0]
        for _ in range(TIMES):
            await persistently(telephone.hold, rig)
            await rig.until(lambda: desk.device_state is DeviceState.ON_HOLD)
            await persistently(telephone.resume, rig)
            await rig.until(lambda: desk.device_state is not DeviceState.ON_HOLD)
        assert call.state is CallState.TALKING
        heard_each_other: list[bool] = []

        async def listen() -> None:
            heard_each_other.append(await both_hear(rig, "sip100", "sip101"))

        await persistently(listen, rig)  # the sound may begin anew as the last answer arrives
        assert heard_each_other == [True]


async def test_twenty_blind_transfers_of_twenty_lead_to_whom_they_should(make: Makes) -> None:
    async with office_of(make, "100", "101", "102") as rig:
        live = rig.office.pbx.calls.live
        for _ in range(TIMES):
            call = await talking(rig, "100", "101")
            await rig.elapse(SECOND // 4)  # of talk: within milliseconds of the answer Asterisk has not connected them
            await rig.transfer("sip101", "102")
            await rig.until(lambda call=call: call.state is CallState.TALKING and "sip102" in parties(call))  # type: ignore[misc]
            assert parties(call) == ["sip100", "sip102"]
            await rig.until(lambda: not rig.by_user["sip101"].calls)
            rig.do(lambda call=call: rig.office.pbx.calls.hang_up(call))  # type: ignore[misc]
            await rig.until(lambda: rig.is_quiet() and not live)
        assert await rig.is_idle()


async def test_twenty_transfers_of_twenty_after_asking_lead_to_whom_they_should(make: Makes) -> None:
    async with office_of(make, "100", "101", "102") as rig:
        live = rig.office.pbx.calls.live
        for _ in range(TIMES):
            call = await talking(rig, "100", "101")
            first = rig.by_user["sip101"].calls[0]
            await first.hold()
            asking = await rig.by_user["sip101"].dial("102")
            await asking.wait_established()
            await rig.until(lambda: len(live) == 2 and all(one.state is CallState.TALKING for one in live.values()))
            await first.attended_transfer(asking)
            await rig.until(lambda: len(live) == 1)
            assert parties(call) == ["sip100", "sip102"]
            await rig.until(lambda: not rig.by_user["sip101"].calls)
            rig.do(lambda call=call: rig.office.pbx.calls.hang_up(call))  # type: ignore[misc]
            await rig.until(lambda: rig.is_quiet() and not live)
        assert await rig.is_idle()


async def test_twenty_blind_transfers_of_twenty_by_the_hand_lead_to_whom_they_should(make: Makes) -> None:
    async with office_of(make, "100", "101", "102") as rig:
        desk = rig.office.directory.line("sip101")
        for _ in range(TIMES):
            call = await talking(rig, "100", "101")
            rig.do(lambda: rig.opened.handset.transfer(desk, "102"))
            await ends_between(rig, call, "sip100", "sip102")
        await rig.elapse(SECOND // 5)
        assert await rig.is_idle()


async def test_twenty_transfers_of_twenty_after_asking_by_the_hand_lead_to_whom_they_should(make: Makes) -> None:
    async with office_of(make, "100", "101", "102") as rig:
        desk, live = rig.office.directory.line("sip101"), rig.office.pbx.calls.live
        for _ in range(TIMES):
            call = await talking(rig, "100", "101")
            await settled(rig)
            await persistently(rig.by_user["sip101"].calls[0].hold, rig)
            await rig.until(lambda: any(leg.is_held for leg in desk.channels))
            asking = await rig.by_user["sip101"].dial("102")
            await asking.wait_established()
            await rig.until(lambda: len(live) == 2 and all(one.state is CallState.TALKING for one in live.values()))
            rig.do(lambda: rig.opened.handset.complete(desk))
            await ends_between(rig, call, "sip100", "sip102")
        await rig.elapse(SECOND // 5)
        assert await rig.is_idle()


async def ends_between(rig: RealRig, call: Call, *users: str) -> None:
    """See that two talk in a call, and whoever brought them together no longer does; hang them up."""
    live = rig.office.pbx.calls.live
    await rig.until(lambda: len(live) == 1 and call.state is CallState.TALKING and parties(call) == list(users))
    await rig.until(lambda: [user for user, each in rig.by_user.items() if each.calls] == list(users))
    rig.do(lambda: rig.office.pbx.calls.hang_up(call))
    await rig.until(lambda: rig.is_quiet() and not live)
