"""What `pbxsim asterisk-up`, `asterisk-down`, `asterisk-status` and `asterisk-conf` do.

Each gives what it has to say, and raises EngineUnreachable, in one sentence, where it cannot do it.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import threading
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.engines.asterisk import installation
from pbxsim.engines.asterisk.accounts import Accounts
from pbxsim.engines.asterisk.ami_login import AmiLogin
from pbxsim.engines.asterisk.configuration import AMI_USER, Places, Secrets, configuration
from pbxsim.engines.asterisk.container import Container  # noqa: TC001 - msgspec reads it
from pbxsim.engines.asterisk.folders import run_folder
from pbxsim.engines.asterisk.origin import chosen, process_of
from pbxsim.engines.asterisk.process import see_that_ports_are_free, write_private
from pbxsim.engines.asterisk.release import MAJOR
from pbxsim.engines.engine import EngineUnreachable
from pbxsim.engines.telephones import listed, registering

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pbxsim.engines.asterisk.asterisk_settings import AsteriskEntry
    from pbxsim.engines.asterisk.process import AsteriskProcess
    from pbxsim.pbx.directory import Directory

_LOOK: Final = 0.05  # seconds between two looks whether a process is gone, a hundred of them at most
_LOOKS: Final = 100


class Served(msgspec.Struct, frozen=True):
    """The PBX that an Asterisk is for: its name, who is connected, and its section `asterisk`."""

    name: str
    directory: Directory
    entry: AsteriskEntry

    @property
    def secrets(self) -> Secrets:
        """Give the secrets of its telephones and of AMI."""
        return Secrets(self.name, self.entry)

    def configuration(self, places: Places) -> dict[str, str]:
        """Write the configuration's files, by name; with all providers, for a server may allow calls by them later."""
        return configuration(self.directory, places, self.secrets, self.entry)


class Running(msgspec.Struct, frozen=True):
    """An Asterisk that `up` started: in a `container`, `pid` is the process of its client."""

    pbx: str
    pid: int
    address: str
    sip_port: int
    ami_port: int
    folder: str
    container: Container | None = None

    @property
    def where(self) -> str:
        """Say by what whoever looks for it finds it."""
        return f"process {self.pid}" if self.container is None else f"container {self.container.name}"


def written(served: Served, out: Path) -> str:
    """Write the configuration for an Asterisk of somebody's own into a folder."""
    places = Places.of(served.entry)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in served.configuration(places).items():
            write_private(out / name, text)
    except OSError as error:
        raise EngineUnreachable(f"{out} cannot be written: {error.strerror or error}") from error
    return (
        f"{out} has the configuration of an Asterisk {MAJOR} for the PBX {served.name}, with its secrets:"
        " readable by you alone.\nWhen that Asterisk runs with it:"
        f" pbxsim serve PBX --engine asterisk --asterisk 127.0.0.1:{places.ami_port}"
    )


def phones(served: Served) -> str:
    """Tell what the telephones of a PBX must be told."""
    accounts = Accounts(served.name, served.entry)
    return listed(registering(served.name, served.directory, accounts.of))


def up(served: Served, say: Callable[[str], None], image: str = "") -> str:
    """Start an Asterisk for a PBX, which stays: that of an image, or fetched first where there is none."""
    running = is_up()
    if running is not None:
        raise EngineUnreachable(f"an Asterisk is up already, for the PBX {running.pbx}: `make asterisk-down` ends it")
    found = chosen(image, lambda: installation.found_or_fetched(say))
    places = Places.of(served.entry)
    folder = run_folder(served.name, places.sip_port)
    process = process_of(found, folder, served.configuration(places), stays=True)
    process.claim()
    see_that_ports_are_free(places)
    pid = process.start()
    try:
        asyncio.run(_answered(_login(served), process))
    except EngineUnreachable:
        process.stop()
        raise
    ports = (places.sip_port, places.ami_port)
    running = Running(served.name, pid, places.address, *ports, str(folder), process.container)
    write_private(_note(), msgspec.json.encode(running).decode())
    return f"Asterisk {found.version} is up\n{_told(running)}\nits telephones:\n{phones(served)}"


def down() -> str:
    """End the Asterisk that `up` started; returns when it is gone."""
    running = is_up()
    if running is None:
        return "no Asterisk is up"
    if running.container is not None:
        running.container.stop()
    else:
        _end(running.pid)
    _note().unlink(missing_ok=True)
    return "Asterisk is down"


def status() -> str:
    """Tell of the Asterisk that `up` started. Raises EngineUnreachable where none is."""
    running = is_up()
    if running is None:
        raise EngineUnreachable("no Asterisk is up: `make asterisk-up` starts one")
    return f"Asterisk is up, {running.where}\n{_told(running)}"


def is_up() -> Running | None:
    """Give the Asterisk that `up` started, if it is still there."""
    try:
        running = msgspec.json.decode(_note().read_bytes(), type=Running)
        if running.container is not None:
            return running if running.container.is_running() else None
        pid = int(_pid_file(running).read_text())
        os.kill(pid, 0)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    return running if pid == running.pid else None


def _told(running: Running) -> str:
    serve = f"pbxsim serve PBX --engine asterisk --asterisk 127.0.0.1:{running.ami_port}"
    return (
        f"  for the PBX {running.pbx}, telephones register at {running.address}:{running.sip_port}\n"
        f"  its log: {shlex.quote(running.folder)}/log/full\n  with it: {serve}"
    )


def _login(served: Served) -> AmiLogin:
    return AmiLogin(host="127.0.0.1", port=served.entry.ami_port, user=AMI_USER, secret=served.secrets.ami)


async def _answered(login: AmiLogin, process: AsteriskProcess) -> None:
    """Wait until it lets us in: whoever else might listen there does not know the secret."""
    from pbxsim.engines.asterisk.link import AmiLink

    async def nothing() -> None:
        return None

    link = AmiLink(login, heard=lambda _: None, went_down=lambda: None, returned=nothing)
    try:
        await link.open(process.patience, lambda: process.runs)
    except EngineUnreachable as error:
        if process.runs:
            raise
        raise EngineUnreachable(f"Asterisk has ended at once: {process.last_words()}") from error
    finally:
        await link.close()


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    if not _gone(pid):
        os.kill(pid, signal.SIGKILL)
        _gone(pid)


def _gone(pid: int) -> bool:
    """Wait until a process is gone."""
    pause = threading.Event()
    for _ in range(_LOOKS):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        pause.wait(_LOOK)
    return False


def _note() -> Path:
    return run_folder("up", 0).with_suffix(".json")


def _pid_file(running: Running) -> Path:
    from pathlib import Path

    return Path(running.folder) / "run/asterisk.pid"
