"""Telephones of aiosipua's register at pbxsim, are called and call, give up, and hear each other."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.call import CallState
from pbxsim.testing.office import Office, extension, line
from tests.engines.sip.aiosipua_telephone import AiosipuaTelephone
from tests.engines.sip.rig import PASSWORD, SipRig
from tests.engines.test_real_telephones import power

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pbxsim.pbx.call import Call

pytestmark = [pytest.mark.slow, pytest.mark.sip]

ENOUGH = 2 * 8_000  # half a second of a second of samples
TALKS = 5


@asynccontextmanager
async def office(
    *, answers: bool = True, certain: bool = False
) -> AsyncIterator[tuple[SipRig, dict[str, AiosipuaTelephone]]]:
    """Have an office of two telephones, which say 440 and 880 Hz."""
    people = [extension(number, line(f"sip{number}", line_id=int(number), max_calls=9)) for number in ("100", "101")]
    rig = await SipRig(Office(*people), has_telephones=False).start()
    telephones = {
        user: AiosipuaTelephone(user, PASSWORD, rig.server, hertz, answers=answers, certain=certain)
        for user, hertz in (("sip100", 440), ("sip101", 880))
    }
    try:
        for telephone in telephones.values():
            await telephone.start()
        await rig.until(lambda: len(rig.opened.registrations.real) == 2)
        yield rig, telephones
    finally:
        for telephone in telephones.values():
            await telephone.close()
        await rig.close()


async def connected(rig: SipRig) -> Call:
    """Have the PBX connect the two, and wait until they talk."""
    call: Call = rig.do(lambda: rig.office.call("100", "101"))
    await rig.until(lambda: call.state is CallState.TALKING)
    return call


async def hear_each_other(rig: SipRig, telephones: dict[str, AiosipuaTelephone]) -> None:
    """See that each telephone hears the other's tone, and not its own."""
    for telephone in telephones.values():
        telephone.tone.heard.clear()
    await rig.until(lambda: all(len(each.tone.heard) >= ENOUGH for each in telephones.values()))
    for user, own, others in (("sip100", 440, 880), ("sip101", 880, 440)):
        sound = bytes(telephones[user].tone.heard)[ENOUGH // 4 :]
        assert power(sound, others) > max(1_000, 4 * power(sound, own))


async def ended(rig: SipRig, telephones: dict[str, AiosipuaTelephone]) -> None:
    """Wait until nothing is left of any call."""
    await rig.until(lambda: rig.opened.engine.exchange.agent.sessions == 0)
    await rig.until(lambda: not any(each.calls for each in telephones.values()))


async def test_fifty_click_to_calls_of_two_telephones_of_aiosipua_all_connect() -> None:
    async with office() as (rig, telephones):
        for _ in range(50):
            call = await connected(rig)
            rig.do(partial(rig.office.pbx.calls.hang_up, call))
            await ended(rig, telephones)
        records = rig.office.cdrs()
        assert [(str(cdr.disposition), int(cdr.cause)) for cdr in records] == [("ANSWERED", 16)] * 50
        assert await rig.is_idle()


async def test_two_telephones_of_aiosipua_hear_each_other_call_after_call() -> None:
    async with office() as (rig, telephones):
        for _ in range(TALKS):
            call = await connected(rig)
            await hear_each_other(rig, telephones)
            rig.do(partial(rig.office.pbx.calls.hang_up, call))
            await ended(rig, telephones)


async def test_a_telephone_of_aiosipua_dials_talks_and_puts_the_receiver_down() -> None:
    async with office() as (rig, telephones):
        dialled = await telephones["sip100"].dial("101")
        await rig.until(lambda: [call.state for call in rig.office.pbx.calls.live.values()] == [CallState.TALKING])
        await hear_each_other(rig, telephones)
        dialled.hangup(telephones["sip100"].uac)
        telephones["sip100"].calls.clear()
        await ended(rig, telephones)
        (record,) = rig.office.cdrs()
        assert (record.src, record.dst, str(record.disposition), int(record.cause)) == ("100", "101", "ANSWERED", 16)


async def test_a_call_that_is_given_up_while_it_rings_is_given_up_at_a_telephone_of_aiosipua() -> None:
    async with office(answers=False) as (rig, telephones):
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: call.legs[0].ringing_at)
        rig.do(lambda: rig.office.pbx.calls.hang_up(call))
        await rig.until(lambda: telephones["sip100"].given_up == 1)
        assert await rig.is_idle()


async def test_a_telephone_of_aiosipua_that_wants_its_ringing_acknowledged_has_it_and_is_connected() -> None:
    async with office(certain=True) as (rig, telephones):
        call = await connected(rig)
        told = [signal.text for signal in rig.opened.signals_of(call)]
        assert [text.split()[0] for text in told if "PRACK" in text] == ["PRACK", "200"] * 2
        rig.do(lambda: rig.office.pbx.calls.hang_up(call))
        await ended(rig, telephones)
        assert await rig.is_idle()
