"""sipp as telephones, and as a SIP provider: any number of calls, in a process each; Debian's package sip-tester."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.debian import install
from tests.engines.refusing import RefusingTelephone
from tests.ports import own_port

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.engines.real_rig import RealRig

_ANSWERS: Final = Path(__file__).with_name("sipp-answers.xml")
_PROVIDER: Final = Path(__file__).with_name("sipp-provider.xml")


def see_that_it_is_here() -> None:
    """Install it, where that can be done. Raises NotInstalled."""
    if shutil.which("sipp") is None:
        install("sip-tester")


class SippProvider:
    """A SIP provider on the loopback, at `port`, whose one customer is `customer` with the password `paid-for`."""

    def __init__(self, folder: Path) -> None:
        self.port = own_port()
        self._messages = folder / "messages"
        places = ["-i", "127.0.0.1", "-p", str(self.port), "-mi", "127.0.0.1", "-mp", str(own_port())]
        traced = ["-trace_msg", "-message_file", str(self._messages)]
        self._process = _begun(["sipp", "-sf", str(_PROVIDER), *places, *traced, "-nostdin"])

    async def listens(self, until: Callable[[Callable[[], object]], Awaitable[None]]) -> None:
        """Wait until it does."""
        await until(lambda: _listens(self.port) or self._process.poll() is not None)
        assert self._process.poll() is None

    def answered(self) -> list[str]:
        """Give the numbers of those calls to it that came from its customer, in order."""
        said = self._messages.read_text() if self._messages.exists() else ""
        asked = re.findall(r"^INVITE sip:([^@\s]*)@.*\n(?:.+\n)*?Authorization: .*$", said, re.MULTILINE)
        return list(dict.fromkeys(asked))

    def hung_up(self) -> bool:
        """Tell whether it was told that a call is over."""
        return self._messages.exists() and re.search(r"^BYE sip:", self._messages.read_text(), re.MULTILINE) is not None

    def heard(self) -> list[str]:
        """Give all numbers that anybody called it by, in order."""
        said = self._messages.read_text() if self._messages.exists() else ""
        return list(dict.fromkeys(re.findall(r"^INVITE sip:([^@\s]*)@", said, re.MULTILINE)))

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


def _begun(command: list[str]) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)


class SippTelephones:
    """The telephones of some lines of a rig."""

    def __init__(self, rig: RealRig) -> None:
        self._rig = rig
        self._processes: list[subprocess.Popen[bytes]] = []

    async def answer_for(self, user: str, scenario: str = "", *more: str) -> None:
        """Have a telephone registered as that line answer from now on, as ours does or as a scenario of sipp's own.

        More are options of sipp's.
        """
        port = own_port()
        registers = RefusingTelephone(user, "", after=0, rings=False, noted=lambda _what, _who: None)
        await registers.register(self._rig.server, self._rig.secret(user), port)
        registers.close()  # its address stays registered, and is sipp's now
        await registers.gone()
        media = own_port()  # where its sound would come in: sipp listens there and 2 above, and says nothing
        places = ["-i", "127.0.0.1", "-p", str(port), "-mi", "127.0.0.1", "-mp", str(media)]
        process = _begun(
            [
                "sipp",
                *(["-sn", scenario] if scenario else [] if "-sf" in more else ["-sf", str(_ANSWERS)]),
                *places,
                *more,
                "-nostdin",
            ]
        )
        self._processes.append(process)
        await self._rig.until(lambda: self._rig.office.directory.line(user).is_registered)
        await self._rig.until(lambda: _listens(port))
        assert process.poll() is None

    def close(self) -> None:
        """Put them away."""
        for process in self._processes:
            process.kill()
            process.wait()


def _listens(port: int) -> bool:
    """Tell whether somebody listens on a UDP port of the loopback."""
    return f"0100007F:{port:04X} " in Path("/proc/net/udp").read_text("ascii")
