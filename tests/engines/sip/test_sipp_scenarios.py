"""sipp's own scenarios against the engine: third party call control, which offers nothing at first, and others.

`branchs` is not among them: it is a registrar, and we register nowhere.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.simulated.phones_settings import PhonesEntry, TurnEntry
from pbxsim.testing.office import Office, extension, line
from tests.debian import NotInstalled
from tests.engines.sip.rig import PASSWORD, SipRig
from tests.engines.sip.sipp_scenarios import with_password
from tests.engines.sipp import SippTelephones, see_that_it_is_here
from tests.engines.test_real_telephones import heard, power
from tests.ports import own_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = [pytest.mark.slow, pytest.mark.sip]

CALLS = 10


@pytest.fixture(params=[0], ids=["at once"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[SipRig]:
    """Have an office of four lines: two ends, and callers; who has no telephone answers after so long."""
    try:
        see_that_it_is_here()
    except NotInstalled as error:
        pytest.skip(f"no sipp: {error}")
    users = {"100": "sip100", "101": "sip101", "102": "sip102", "103": "ua1"}
    people = [extension(number, line(user, line_id=int(number), max_calls=99)) for number, user in users.items()]
    made = await SipRig(
        Office(*people), phones=PhonesEntry(default=TurnEntry(ring=request.param, talk="never")), has_telephones=False
    ).start()
    yield made
    await made.close()


async def sipp(rig: SipRig, *arguments: str, number: str, folder: Path) -> asyncio.subprocess.Process:
    """Have sipp play its part against the engine."""
    places = ["-i", "127.0.0.1", "-p", str(own_port()), "-mi", "127.0.0.1", "-mp", str(own_port())]
    errors = ["-trace_err", "-error_file", str(folder / f"errors-{number}")]
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        "sipp", *arguments, *places, *errors, "-s", number, "-timeout", "30", "-timeout_error", "-nostdin", rig.server,
        stdin=quiet, stdout=quiet, stderr=quiet, cwd=folder,
    )  # fmt: skip


async def controlled(rig: SipRig, calls: int, folder: Path, *, lasts: int = 1_000) -> None:
    """Have sipp's controller call 100 without an offer, offer 101 what 100 offered, and tell 100 what 101 takes.

    Each call lasts so many milliseconds.
    """
    between, limits = f"127.0.0.1:{own_port()}", ["-m", str(calls), "-r", "5"]
    files = [with_password(name, "sip102", PASSWORD, folder) for name in ("3pcc-C-B", "3pcc-C-A")]
    for file in files:
        file.write_text(file.read_text("utf-8").replace('milliseconds="1000"', f'milliseconds="{lasts}"'), "utf-8")
    second = await sipp(rig, "-sf", str(files[0]), "-3pcc", between, *limits, number="101", folder=folder)
    await rig.until(lambda: _waits(int(between.partition(":")[2])))
    first = await sipp(rig, "-sf", str(files[1]), "-3pcc", between, *limits, number="100", folder=folder)
    assert [await first.wait(), await second.wait()] == [0, 0], said(folder)


def _waits(port: int) -> bool:
    """Tell whether somebody waits for a connection at a port of the loopback."""
    return re.search(rf":{port:04X} 00000000:0000 0A ", Path("/proc/net/tcp").read_text("ascii")) is not None


def said(folder: Path) -> str:
    """Give what sipp complains of."""
    return "\n".join(file.read_text("utf-8")[:3_000] for file in folder.glob("errors-*"))


async def test_the_controller_of_third_party_calls_connects_sipps_own_two_ends_through_us(
    rig: SipRig, tmp_path: Path
) -> None:
    telephones = SippTelephones(rig)
    try:
        await telephones.answer_for("sip100", "3pcc-A")
        await telephones.answer_for("sip101", "3pcc-B")
        await controlled(rig, CALLS, tmp_path)
        await rig.until(lambda: not rig.office.pbx.calls.live)
        records = rig.office.cdrs()
        assert [(str(cdr.disposition), int(cdr.cause)) for cdr in records] == [("ANSWERED", 16)] * CALLS * 2
        assert await rig.is_idle()
    finally:
        telephones.close()


async def test_the_two_ends_of_a_third_party_call_hear_each_other(rig: SipRig, tmp_path: Path) -> None:
    await rig.have_telephones(["sip100", "sip101"])
    for telephone in rig.by_user.values():
        telephone.answers()
    both = asyncio.ensure_future(controlled(rig, 1, tmp_path, lasts=4_000))
    await rig.until(lambda: len(rig.office.pbx.calls.live) == 2 and all(each.calls for each in rig.by_user.values()))
    for telephone in rig.by_user.values():
        await telephone.calls[0].wait_established()
    sound = await heard(rig, {"sip100": 440, "sip101": 880}, ("sip100", "sip101"))
    assert power(sound["sip100"], 880) > max(1_000, 4 * power(sound["sip100"], 440))
    assert power(sound["sip101"], 440) > max(1_000, 4 * power(sound["sip101"], 880))
    await both
    await rig.until(rig.is_quiet)
    assert await rig.is_idle()


async def test_what_sipps_scenario_with_regular_expressions_looks_for_in_an_answer_is_there(
    rig: SipRig, tmp_path: Path
) -> None:
    file = with_password("regexp", "sip102", PASSWORD, tmp_path)
    caller = await sipp(rig, "-sf", str(file), "-m", str(CALLS), "-r", "5", number="100", folder=tmp_path)
    assert await caller.wait() == 0, said(tmp_path)
    await rig.until(lambda: not rig.office.pbx.calls.live)
    assert [(str(cdr.disposition), int(cdr.cause)) for cdr in rig.office.cdrs()] == [("ANSWERED", 16)] * CALLS


async def test_sipps_client_with_branches_registers_calls_in_what_it_takes_for_the_same_dialogue_and_is_answered(
    rig: SipRig, tmp_path: Path
) -> None:
    file = with_password("branchc", "ua1", PASSWORD, tmp_path)
    quicker = re.sub(r'<pause milliseconds="[45]000"/>', "", file.read_text("utf-8"))
    file.write_text(quicker.replace("sip:ua2@", "sip:100@"), "utf-8")  # nobody's number has letters here
    caller = await sipp(rig, "-sf", str(file), "-m", str(CALLS), "-r", "10", number="100", folder=tmp_path)
    assert await caller.wait() == 0, said(tmp_path)
    assert rig.office.directory.line("ua1").is_registered
    await rig.until(lambda: not rig.office.pbx.calls.live)
    assert [(str(cdr.disposition), int(cdr.cause)) for cdr in rig.office.cdrs()] == [("ANSWERED", 16)] * CALLS


PRACK = """<recv response="180" rrs="true"><action><ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" assign_to="1"
    check_it="true"/></action></recv>
  <send retrans="500"><![CDATA[
PRACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 5 PRACK
RAck: [$1] 4 INVITE
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>"""


@pytest.mark.parametrize("rig", [1], indirect=True, ids=["after a second"])
async def test_who_calls_and_wants_to_be_told_for_certain_that_it_rings_is(rig: SipRig, tmp_path: Path) -> None:
    dials = Path(__file__).with_name("sipp-dials.xml").read_text("utf-8")
    dials = dials.replace("[field1]\nMax-Forwards: 70\nContent-Type", "[field1]\nRequire: 100rel\nContent-Type")
    dials = dials.replace('<recv response="180" optional="true"/>', PRACK).replace("CSeq: 5 BYE", "CSeq: 6 BYE")
    (tmp_path / "certain.xml").write_text(dials, "utf-8")
    who = f"sip102;[authentication username=sip102 password={PASSWORD}];100"
    (tmp_path / "fields.csv").write_text(f"SEQUENTIAL\n{who}\n", "ascii")
    files = ("-sf", str(tmp_path / "certain.xml"), "-inf", str(tmp_path / "fields.csv"))
    caller = await sipp(rig, *files, "-m", str(CALLS), "-r", "10", number="100", folder=tmp_path)
    assert await caller.wait() == 0, said(tmp_path)
    await rig.until(lambda: not rig.office.pbx.calls.live)
    assert [(str(cdr.disposition), int(cdr.cause)) for cdr in rig.office.cdrs()] == [("ANSWERED", 16)] * CALLS
    assert await rig.is_idle()
