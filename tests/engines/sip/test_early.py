"""What a telephone lets be heard before it is picked up (183): whoever waits for it hears it, and it hears them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.call import CallState
from pbxsim.testing.office import Office, extension, line
from tests.debian import NotInstalled
from tests.engines.sip.rig import PASSWORD, SipRig
from tests.engines.sip.test_sipp_scenarios import said, sipp
from tests.engines.sipp import SippTelephones, see_that_it_is_here
from tests.engines.test_real_telephones import heard, power

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = [pytest.mark.slow, pytest.mark.sip]

ANSWERS = Path(__file__).parents[1] / "sipp-answers.xml"
DIALS = Path(__file__).with_name("sipp-dials.xml")
HEARD_EARLY = """<recv response="183"><action>
    <ereg regexp="m=audio [1-9]" search_in="msg" assign_to="1" check_it="true"/>
    <log message="heard early: [$1]"/></action></recv>"""


def early(folder: Path, milliseconds: int) -> Path:
    """Write a telephone that is heard for so long before it is picked up, and says how it is heard only then."""
    text = ANSWERS.read_text("utf-8")
    parts = re.findall(r"<send.*?</send>", text, re.DOTALL)
    ringing, answer = parts[:2]
    progress = answer.replace('<send retrans="500">', "<send>").replace("200 OK", "183 Session Progress")
    silent = re.sub(r"Content-Type:.*?\]\]>", "Content-Length: 0\n\n]]>", answer, flags=re.DOTALL)
    text = text.replace(answer, silent).replace(ringing, progress).replace('"20"', f'"{milliseconds}"')
    file = folder / "early.xml"
    file.write_text(text, "utf-8")
    return file


@pytest.fixture
async def rig() -> AsyncIterator[SipRig]:
    """Have an office of three lines."""
    try:
        see_that_it_is_here()
    except NotInstalled as error:
        pytest.skip(f"no sipp: {error}")
    numbers = ("100", "101", "102")
    people = [extension(number, line(f"sip{number}", line_id=int(number), max_calls=9)) for number in numbers]
    made = await SipRig(Office(*people), has_telephones=False).start()
    yield made
    await made.close()


async def test_who_has_a_telephone_rung_hears_it_before_it_is_picked_up_and_is_heard_there(
    rig: SipRig, tmp_path: Path
) -> None:
    telephones = SippTelephones(rig)
    try:
        await rig.have_telephones(["sip100"])
        telephone = rig.by_user["sip100"]
        telephone.answers()
        await telephones.answer_for("sip101", "", "-rtp_echo", "-sf", str(early(tmp_path, 3_000)))
        call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: call.legs[1:] and call.legs[1].ringing_at and telephone.calls)
        await telephone.calls[0].wait_established()
        sound = (await heard(rig, {"sip100": 880}, ("sip100",)))["sip100"]
        assert call.state is CallState.DIALING_SECOND
        assert power(sound, 880) > max(1_000, 4 * power(sound, 425)), "its own tone comes back, and no ringing"
        await rig.until(lambda: call.state is CallState.TALKING)
        sound = (await heard(rig, {"sip100": 880}, ("sip100",)))["sip100"]
        assert power(sound, 880) > 1_000
        rig.do(lambda: rig.office.pbx.calls.hang_up(call))
        await rig.until(rig.is_quiet)
        assert await rig.is_idle()
    finally:
        telephones.close()


async def test_who_dials_a_telephone_that_can_be_heard_before_it_is_picked_up_is_told_how(
    rig: SipRig, tmp_path: Path
) -> None:
    telephones = SippTelephones(rig)
    try:
        await telephones.answer_for("sip101", "", "-sf", str(early(tmp_path, 500)))
        dials = DIALS.read_text("utf-8").replace(
            '<recv response="200" rrs="true"/>', HEARD_EARLY + '<recv response="200" rrs="true"/>', 1
        )
        (tmp_path / "dials.xml").write_text(dials, "utf-8")
        who = f"sip102;[authentication username=sip102 password={PASSWORD}];101"
        (tmp_path / "fields.csv").write_text(f"SEQUENTIAL\n{who}\n", "ascii")
        files = ("-sf", str(tmp_path / "dials.xml"), "-inf", str(tmp_path / "fields.csv"))
        caller = await sipp(rig, *files, "-m", "5", "-r", "5", number="101", folder=tmp_path)
        assert await caller.wait() == 0, said(tmp_path)
        await rig.until(lambda: not rig.office.pbx.calls.live)
        assert [str(cdr.disposition) for cdr in rig.office.cdrs()] == ["ANSWERED"] * 5
        assert await rig.is_idle()
    finally:
        telephones.close()
