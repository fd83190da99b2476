"""A telephone that dials a number at which the PBX plays something hears it, as long as the dialplan says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.routes import Context, Step
from tests.engines.telephones import loudness
from tests.engines.test_real_telephones import heard, office_of

if TYPE_CHECKING:
    from tests.engines.conftest import Makes

pytestmark = [pytest.mark.slow, pytest.mark.sip]


async def test_whoever_dials_what_is_played_hears_it_and_is_hung_up_at_its_end(make: Makes) -> None:
    contexts = [Context(name="main", dialplan="main", entries=(("700", Step(play_seconds=3)),))]
    async with office_of(make, "100", contexts=contexts) as rig:
        call = await rig.by_user["sip100"].dial("700")
        await call.wait_established()
        sound = await heard(rig, {}, ("sip100",))
        assert loudness(sound["sip100"]) > 500
        await rig.until(rig.is_quiet)
        (record,) = rig.office.cdrs()
        told = record.src, record.dst, str(record.disposition), int(record.cause), record.billsec
        assert told == ("100", "700", "ANSWERED", 16, 3)
        await rig.elapse(SECOND // 5)
        assert await rig.is_idle()
