"""Telephones of pyVoIP's, each in a process of its own, that register at pbxsim and are called."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.call import CallState
from pbxsim.testing.office import Office, extension, line
from tests.engines.sip.media.telephones import free_ports
from tests.engines.sip.rig import PASSWORD, SipRig
from tests.engines.sip.voip_telephone import SOUND_PORTS
from tests.ports import own_port

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sip,
    pytest.mark.skipif(find_spec("pyVoIP") is None, reason="no telephone of pyVoIP's: it is not installed"),
]


@contextmanager
def telephone(rig: SipRig, user: str, sound: int) -> Iterator[None]:
    """Have a telephone registered as that line."""
    host, _, port = rig.server.partition(":")
    arguments = [host, port, user, PASSWORD, str(own_port()), str(sound)]
    command = [sys.executable, "-m", "tests.engines.sip.voip_telephone", *arguments]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet) as process:
        try:
            yield
        finally:
            process.kill()


async def test_fifty_click_to_calls_of_two_telephones_of_pyvoip_all_connect() -> None:
    people = [extension(number, line(f"sip{number}", line_id=int(number), max_calls=9)) for number in ("100", "101")]
    rig = await SipRig(Office(*people), has_telephones=False).start()
    try:
        sound = free_ports(2 * SOUND_PORTS)
        with telephone(rig, "sip100", sound), telephone(rig, "sip101", sound + SOUND_PORTS):
            await rig.until(lambda: len(rig.opened.registrations.real) == 2)
            for _ in range(50):
                call = rig.do(lambda: rig.office.call("100", "101"))
                # pyVoIP's threads take turns with whatever else the machine does: a call of its may take half a minute.
                await rig.until(lambda call=call: call.state is CallState.TALKING, 60)  # type: ignore[misc]
                rig.do(partial(rig.office.pbx.calls.hang_up, call))
                await rig.until(lambda: rig.opened.engine.exchange.agent.sessions == 0, 60)
        records = rig.office.cdrs()
        assert [(str(cdr.disposition), int(cdr.cause)) for cdr in records] == [("ANSWERED", 16)] * 50
        assert await rig.is_idle()
    finally:
        await rig.close()
