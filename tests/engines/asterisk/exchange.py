"""A real Asterisk for tests, on ports of its own; fetched once into the user's cache where none is installed."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from pbxsim.engines.asterisk import installation
from pbxsim.engines.asterisk.ami_login import AmiLogin
from pbxsim.engines.asterisk.asterisk_settings import AsteriskEntry, AsteriskLineEntry, ProviderEntry
from pbxsim.engines.asterisk.configuration import AMI_USER, Places, Secrets, configuration
from pbxsim.engines.asterisk.process import InstalledAsterisk
from pbxsim.engines.engine import EngineUnreachable
from tests.ports import own_port

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.pbx.directory import Directory

_SOUND_PORTS: Final = 1_000


def asterisk_here() -> installation.AsteriskInstallation:
    """Give the Asterisk of this machine, fetched now where there is none; where none can be had the test is skipped."""
    pytest.importorskip("panoramisk", reason="no Asterisk can be spoken to: panoramisk is not installed")
    try:
        return installation.found_or_fetched(lambda _: None)
    except EngineUnreachable as error:
        pytest.skip(f"no Asterisk: {error}")


class Exchange:
    """One Asterisk, for whoever is in a directory.

    `simulated` are lines without a telephone, `pyvoip` those with one of pyVoIP's.
    """

    def __init__(
        self,
        installed: installation.AsteriskInstallation,
        directory: Directory,
        pbx: str,
        simulated: Iterable[str] = (),
        sound: tuple[int, int] | None = None,
        providers: tuple[ProviderEntry, ...] = (),
        max_contacts: int = 1,
        pyvoip: Iterable[str] = (),
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ast-"))
        acted, started = frozenset(simulated), frozenset(pyvoip)
        lines = tuple(
            AsteriskLineEntry(
                line=user,
                simulated=user in acted,
                secret="chosen-for-tests" if user in started else None,
                telephone="pyvoip" if user in started else None,
                max_contacts=max_contacts,
            )
            for user in directory.lines
        )
        ports = own_ports() if sound is None else {**own_ports(), "rtp_ports": sound}
        self.entry = AsteriskEntry(**ports, lines=lines, providers=providers)
        self.secrets = Secrets(pbx, self.entry, self.folder / "key")
        self.server = f"127.0.0.1:{self.entry.sip_port}"
        self.login = AmiLogin(host="127.0.0.1", port=self.entry.ami_port, user=AMI_USER, secret=self.secrets.ami)
        files = configuration(directory, Places.of(self.entry), self.secrets, self.entry)
        self.files = files
        self.process = InstalledAsterisk(installed, self.folder, files)

    def complaints(self) -> list[str]:
        """Give what it complained of."""
        lines = self.process.log.read_text(errors="replace").splitlines()
        return [line for line in lines if "ERROR" in line or "WARNING" in line]

    def close(self) -> None:
        """End it, and leave nothing."""
        self.process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def own_ports() -> dict[str, Any]:
    """Give the ports of a PBX file's section `asterisk` that nobody has."""
    return {
        "sip_port": own_port(),
        "ws_port": own_port(),
        "ami_port": own_port(),
        "rtp_ports": sound_ports(),
    }


def sound_ports() -> tuple[int, int]:
    """Give ports for sound that no other worker of pytest-xdist uses, nor a telephone (baresip: below 20000)."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:] or 0)
    first = 21_000 + worker * _SOUND_PORTS
    return first, first + _SOUND_PORTS - 1
