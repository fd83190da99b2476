"""Many calls of telephones that are not ours: all connect, each leaves its record, and given up none rings on."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallState
from pbxsim.testing.office import Office, extension, line
from tests.debian import NotInstalled
from tests.engines.refusing import RefusingTelephone
from tests.engines.sipp import SippTelephones, see_that_it_is_here

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.engines.conftest import Makes
    from tests.engines.real_rig import RealRig

pytestmark = [pytest.mark.slow, pytest.mark.sip]


@asynccontextmanager
async def office(make: Makes) -> AsyncIterator[RealRig]:
    """Have an office of two lines that take any number of calls; telephones are brought."""
    people = [extension(number, line(f"sip{number}", line_id=int(number), max_calls=500)) for number in ("100", "101")]
    rig = await make(Office(*people), has_telephones=False)
    try:
        yield rig
    finally:
        await rig.close()


async def test_fifty_click_to_calls_of_two_sipp_telephones_all_connect(make: Makes) -> None:
    try:
        see_that_it_is_here()
    except NotInstalled as error:
        pytest.skip(f"no sipp: {error}")
    async with office(make) as rig:
        telephones = SippTelephones(rig)
        try:
            for user in ("sip100", "sip101"):
                await telephones.answer_for(user)
            for _ in range(50):
                call = rig.do(lambda: rig.office.call("100", "101"))
                await rig.until(lambda call=call: call.state is CallState.TALKING)  # type: ignore[misc]
                rig.do(partial(rig.office.pbx.calls.hang_up, call))
            records = rig.office.cdrs()
            assert {(cdr.disposition, int(cdr.cause)) for cdr in records} == {("ANSWERED", 16)}
            assert len(records) == 50
            await rig.elapse(SECOND // 2)
            assert await rig.is_idle()
        finally:
            telephones.close()


async def test_two_hundred_calls_given_up_within_five_milliseconds_leave_no_telephone_ringing(
    make: Makes,
) -> None:
    rung: list[str] = []
    async with office(make) as rig:
        telephone = RefusingTelephone(
            "sip100", "486 Busy Here", after=3_600, rings=True, noted=lambda what, _: rung.append(what)
        )
        await telephone.register(rig.server, rig.secret("sip100"))
        await rig.until(lambda: rig.office.directory.line("sip100").is_registered)
        for turn in range(200):
            call = rig.do(lambda: rig.office.call("100", "101"))
            if turn % 6:
                await rig.elapse(turn % 6 * SECOND // 1_000)
            rig.do(partial(rig.office.pbx.calls.hang_up, call))
        await rig.elapse(SECOND // 10)
        assert rung.count("rings") > 100, "hardly one rang at all: nothing was tried"
        assert telephone.ringing == 0
        assert await rig.is_idle()
        assert len(rig.office.cdrs()) == 200
        telephone.close()
