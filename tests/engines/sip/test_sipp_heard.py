"""Sound to sipp and back: it says again what it hears, so that a telephone hears itself by way of it."""

from __future__ import annotations

from functools import partial

import pytest

from pbxsim.pbx.call import CallState
from pbxsim.testing.office import Office, extension, line
from tests.debian import NotInstalled
from tests.engines.sip.rig import SipRig
from tests.engines.sipp import SippTelephones, see_that_it_is_here
from tests.engines.test_real_telephones import heard, power

pytestmark = [pytest.mark.slow, pytest.mark.sip]

TALKS = 3


async def test_what_is_said_to_sipp_is_heard_there_and_what_it_says_is_heard_call_after_call() -> None:
    try:
        see_that_it_is_here()
    except NotInstalled as error:
        pytest.skip(f"no sipp: {error}")
    people = [extension(number, line(f"sip{number}", line_id=int(number), max_calls=9)) for number in ("100", "101")]
    rig = await SipRig(Office(*people), has_telephones=False).start()
    telephones = SippTelephones(rig)
    try:
        await rig.have_telephones(["sip100"])
        telephone = rig.by_user["sip100"]
        telephone.answers()
        await telephones.answer_for("sip101", "", "-rtp_echo")
        for _ in range(TALKS):
            call = rig.do(lambda: rig.office.call("100", "101"))
            await rig.until(lambda call=call: call.state is CallState.TALKING and telephone.calls)  # type: ignore[misc]
            await telephone.calls[0].wait_established()
            sound = (await heard(rig, {"sip100": 880}, ("sip100",)))["sip100"]
            assert power(sound, 880) > max(1_000, 4 * power(sound, 440))
            rig.do(partial(rig.office.pbx.calls.hang_up, call))
            await rig.until(lambda: rig.is_quiet() and rig.opened.engine.exchange.agent.sessions == 0)
    finally:
        telephones.close()
        await rig.close()
