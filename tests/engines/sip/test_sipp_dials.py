"""sipp as a telephone that registers, dials fifty times and puts the receiver down, over UDP and over TCP."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pbxsim.engines.simulated.phones_settings import PhonesEntry, TurnEntry
from pbxsim.testing.office import Office, extension, line
from tests.debian import NotInstalled
from tests.engines.sip.rig import PASSWORD, SipRig
from tests.engines.sipp import see_that_it_is_here
from tests.ports import own_port

pytestmark = [pytest.mark.slow, pytest.mark.sip]

SCENARIO = Path(__file__).with_name("sipp-dials.xml")
CALLS = 50
AT_ONCE = PhonesEntry(default=TurnEntry(ring=0, talk="never"))


@pytest.mark.parametrize(("transport", "name"), [("u1", "UDP"), ("t1", "TCP")])
async def test_fifty_calls_that_sipp_dials_are_all_answered_and_all_leave_their_record(
    transport: str, name: str, tmp_path: Path
) -> None:
    try:
        see_that_it_is_here()
    except NotInstalled as error:
        pytest.skip(f"no sipp: {error}")
    people = [extension(number, line(f"sip{number}", line_id=int(number), max_calls=99)) for number in ("100", "101")]
    rig = await SipRig(Office(*people), phones=AT_ONCE, has_telephones=False).start()
    fields = tmp_path / "fields.csv"
    fields.write_text(f"SEQUENTIAL\nsip100;[authentication username=sip100 password={PASSWORD}];101\n", "ascii")
    places = ["-i", "127.0.0.1", "-p", str(own_port()), "-mi", "127.0.0.1", "-mp", str(own_port())]
    limits = ["-m", str(CALLS), "-r", "20", "-timeout", "30", "-nostdin", "-t", transport]
    quiet = asyncio.subprocess.DEVNULL
    try:
        sipp = await asyncio.create_subprocess_exec(
            "sipp", "-sf", str(SCENARIO), "-inf", str(fields), *places, *limits, rig.server,
            stdin=quiet, stdout=quiet, stderr=quiet, cwd=tmp_path,
        )  # fmt: skip
        assert await sipp.wait() == 0, f"not all calls over {name} went as sipp's scenario has it"
        await rig.until(lambda: not rig.office.pbx.calls.live)
        records = rig.office.cdrs()
        assert [(str(cdr.disposition), int(cdr.cause)) for cdr in records] == [("ANSWERED", 16)] * CALLS
        assert await rig.is_idle()
    finally:
        await rig.close()
