"""Telephones of pyVoIP's, each in a process of its own, that register at pbxsim and are called."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.line_settings import LineEntry
from pbxsim.engines.simulated.phones_settings import PhonesEntry, TurnEntry
from pbxsim.pbx.call import CallState
from pbxsim.testing.office import Office, extension, line
from pbxsim.tones import pitch
from tests.engines.sip.media.telephones import free_ports
from tests.engines.sip.rig import PASSWORD, SipRig
from tests.engines.sip.voip_telephone import SOUND_PORTS
from tests.engines.test_real_telephones import heard, power
from tests.ports import own_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sip,
    pytest.mark.skipif(find_spec("pyVoIP") is None, reason="no telephone of pyVoIP's: it is not installed"),
]


TALKS = 2
PITCHES = {"sip100": (440, 880), "sip101": (880, 440)}


@contextmanager
def telephone(rig: SipRig, user: str, sound: int, said: Path) -> Iterator[None]:
    """Have a telephone registered as that line; what it tells is written down."""
    host, _, port = rig.server.partition(":")
    arguments = [host, port, user, PASSWORD, str(own_port()), str(sound), *map(str, PITCHES[user])]
    command = [sys.executable, "-m", "tests.engines.sip.voip_telephone", *arguments]
    with (
        said.open("wb") as output,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.DEVNULL) as process,
    ):
        try:
            yield
        finally:
            process.kill()


@asynccontextmanager
async def office(folder: Path) -> AsyncIterator[SipRig]:
    """Have an office of two telephones."""
    people = [extension(number, line(f"sip{number}", line_id=int(number), max_calls=9)) for number in ("100", "101")]
    rig = await SipRig(Office(*people), has_telephones=False).start()
    try:
        sound = free_ports(2 * SOUND_PORTS)
        with (
            telephone(rig, "sip100", sound, folder / "sip100"),
            telephone(rig, "sip101", sound + SOUND_PORTS, folder / "sip101"),
        ):
            await rig.until(lambda: len(rig.opened.registrations.real) == 2)
            yield rig
    finally:
        await rig.close()


def told(folder: Path, user: str) -> list[tuple[int, int]]:
    """Give how loud a telephone heard its own tone and the other's, call after call."""
    lines = re.findall(r"heard (\d+) (\d+)\n", (folder / user).read_text("ascii", "replace"))
    return [(int(own), int(others)) for own, others in lines]


async def test_two_telephones_of_pyvoip_hear_each_other_call_after_call(tmp_path: Path) -> None:
    async with office(tmp_path) as rig:
        for number in range(1, TALKS + 1):
            call = rig.do(lambda: rig.office.call("100", "101"))
            await rig.until(lambda call=call: call.state is CallState.TALKING, 60)  # type: ignore[misc]
            await rig.elapse(2 * SECOND)  # it hears nothing for the first one
            rig.do(partial(rig.office.pbx.calls.hang_up, call))
            await rig.until(lambda: rig.opened.engine.exchange.agent.sessions == 0, 60)
            for user in PITCHES:
                await rig.until(lambda user=user, number=number: len(told(tmp_path, user)) == number, 60)  # type: ignore[misc]
                own, others = told(tmp_path, user)[-1]
                assert others > max(20, 4 * own), f"{user} heard {own} of its own tone, and {others} of the other's"


async def test_fifty_click_to_calls_of_two_telephones_of_pyvoip_all_connect(tmp_path: Path) -> None:
    async with office(tmp_path) as rig:
        for _ in range(50):
            call = rig.do(lambda: rig.office.call("100", "101"))
            # pyVoIP's threads take turns with whatever else the machine does: a call of its may take half a minute.
            await rig.until(lambda call=call: call.state is CallState.TALKING, 60)  # type: ignore[misc]
            rig.do(partial(rig.office.pbx.calls.hang_up, call))
            await rig.until(lambda: rig.opened.engine.exchange.agent.sessions == 0, 60)
        records = rig.office.cdrs()
        assert [(str(cdr.disposition), int(cdr.cause)) for cdr in records] == [("ANSWERED", 16)] * 50
        assert await rig.is_idle()


async def test_a_telephone_of_our_own_workers_is_heard_with_the_voice_of_its_number() -> None:
    people = [extension(number, line(f"sip{number}", line_id=int(number), max_calls=9)) for number in ("100", "101")]
    lines = (LineEntry(line="sip100", secret=PASSWORD), LineEntry(line="sip101", secret=PASSWORD, telephone="pyvoip"))
    phones = PhonesEntry(default=TurnEntry(ring=0, talk="never"))
    rig = await SipRig(Office(*people), phones=phones, has_telephones=False, lines=lines).start()
    try:
        await rig.have_telephones(["sip100"])
        rig.by_user["sip100"].answers()
        await rig.until(lambda: len(rig.opened.registrations.real) == 2, 60)
        for _ in range(TALKS):
            call = rig.do(lambda: rig.office.call("100", "101"))
            await rig.until(lambda call=call: call.state is CallState.TALKING, 60)  # type: ignore[misc]
            sound = await heard(rig, {"sip100": 300}, ("sip100",))
            own, others = (power(sound["sip100"], hertz) for hertz in (300, pitch("101")))
            assert others > max(500, 4 * own)
            rig.do(partial(rig.office.pbx.calls.hang_up, call))
            await rig.until(lambda: rig.is_quiet() and rig.opened.engine.exchange.agent.sessions == 0, 60)
    finally:
        await rig.close()
