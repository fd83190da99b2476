"""A telephone that dies in a talk says no goodbye: the call ends all the same, and nobody else's does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallState
from pbxsim.testing.office import Office, extension, line
from tests.debian import NotInstalled
from tests.engines.asterisk.rig import AsteriskRig
from tests.engines.sipp import SippTelephones, see_that_it_is_here

if TYPE_CHECKING:
    from pbxsim.engines.asterisk.installation import AsteriskInstallation
    from pbxsim.pbx.call import Call

pytestmark = [pytest.mark.slow, pytest.mark.asterisk, pytest.mark.sip]

LIMIT: Final = "rtp_timeout = 60 "
SHORT: Final = "rtp_timeout = 2 "


def office_of(*numbers: str) -> Office:
    """Make an office of so many telephones."""
    return Office(*(extension(number, line(f"sip{number}", line_id=int(number))) for number in numbers))


def impatient(rig: AsteriskRig) -> AsteriskRig:
    """Have Asterisk wait two seconds for sound, not a minute."""
    files: Any = rig.exchange.process._files  # noqa: SLF001 - nobody else has it wait less
    assert files["pjsip.conf"].count(LIMIT) == 1
    files["pjsip.conf"] = files["pjsip.conf"].replace(LIMIT, SHORT)
    return rig


async def test_a_talk_with_a_telephone_that_died_ends_and_leaves_its_record(asterisk: AsteriskInstallation) -> None:
    try:
        see_that_it_is_here()
    except NotInstalled as error:
        pytest.skip(f"no sipp: {error}")
    rig = impatient(AsteriskRig(asterisk, office_of("100", "101"), has_telephones=False))
    dies = SippTelephones(rig)
    try:
        await rig.start()
        await rig.have_telephones(["sip101"])
        await dies.answer_for("sip100")
        lives = rig.by_user["sip101"]
        lives.answers()
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: call.state is CallState.TALKING and lives.calls)
        dies.close()
        await rig.until(lambda: call.is_over, 10)
        record = rig.office.cdr(call)
        assert (record.disposition, int(record.cause)) == ("ANSWERED", 44)
        assert call.ended_by is not None
        assert call.ended_by.peer == "sip100"
        await rig.until(lives.is_quiet)
        assert await rig.channels() == []
    finally:
        dies.close()
        await rig.close()


async def test_who_says_nothing_and_who_holds_is_not_dead(asterisk: AsteriskInstallation) -> None:
    rig = impatient(AsteriskRig(asterisk, office_of("100", "101")))
    try:
        await rig.start()
        for telephone in rig.by_user.values():
            telephone.answers()
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: call.state is CallState.TALKING and rig.by_user["sip101"].calls)
        await rig.by_user["sip101"].calls[0].wait_established()
        await rig.elapse(4 * SECOND)
        await rig.by_user["sip101"].calls[0].hold()
        await rig.elapse(4 * SECOND)
        assert call.state is CallState.TALKING
    finally:
        await rig.close()
