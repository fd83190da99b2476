"""An Asterisk of our own: its folder, its ports, its process, from the start to an end after which nothing is left."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pbxsim.engines.asterisk.configuration import directories
from pbxsim.engines.engine import EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.engines.asterisk.configuration import Places
    from pbxsim.engines.asterisk.installation import AsteriskInstallation

_LONGEST_FOLDER: Final = 80  # its control socket's path is 107 bytes at most, as any Unix socket's
_SUBFOLDERS: Final = ("etc", "run", "log", "lib/keys", "spool/tmp", "spool/monitor", "spool/recording")
_LOADED: Final = re.compile(r"^load = (\S+\.so)$", re.MULTILINE)
_GOES: Final = 5.0  # seconds until it is ended by force
_END_OF_LOG: Final = 2_000
_OWNER: Final = "owner"


def see_that_ports_are_free(places: Places) -> None:
    """Raise EngineUnreachable for a port that somebody has: Asterisk would go on without, half alive."""
    wanted = (
        (places.address, places.sip_port, socket.SOCK_DGRAM, "asterisk.sip_port", "SIP"),
        (places.address, places.ws_port, socket.SOCK_STREAM, "asterisk.ws_port", "WebSockets"),
        ("127.0.0.1", places.ami_port, socket.SOCK_STREAM, "asterisk.ami_port", "AMI"),
    )
    for address, port, kind, setting, what in wanted:
        with socket.socket(socket.AF_INET, kind) as trial:
            if kind == socket.SOCK_STREAM:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((address, port))
            except OSError as error:
                raise EngineUnreachable(
                    f"{address}:{port}, where Asterisk is to listen for {what}, cannot be had"
                    f" ({(error.strerror or str(error)).lower()}): set {setting} in the PBX file, or end what has it"
                ) from None


def free_port() -> int:
    """Give a port of the loopback that nobody has now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


async def see_that_former_one_is_gone(folder: Path, seconds: float = _GOES) -> None:
    """Wait for the Asterisk of a server that was killed: it was told to end, but has its ports until it has done so.

    One that takes longer is ended by force. An Asterisk that stays, or whose server lives, is left alone.
    """
    pid = _orphan(folder)
    if sys.platform != "linux" or not pid or not _lives_in(folder, pid):
        return
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop, gone = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(watched, gone.set)
    try:
        await asyncio.wait_for(gone.wait(), seconds)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        await gone.wait()
    finally:
        loop.remove_reader(watched)
        os.close(watched)


def _orphan(folder: Path) -> int:
    """Give the process whose server is no more; 0: there is none."""
    try:
        owner = os.open(folder / _OWNER, os.O_RDWR)
    except OSError:
        return 0
    try:
        return int((folder / "run/asterisk.pid").read_text("ascii")) if _locked(owner) else 0
    except (OSError, ValueError):
        return 0
    finally:
        os.close(owner)


def _lives_in(folder: Path, pid: int) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return os.fsencode(folder / "etc/asterisk.conf") in command  # and no other process that has its number by now


def _locked(file: int) -> bool:
    """Take the lock of an owner, which the system lets go of when the owner ends; False: one lives."""
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class AsteriskProcess:
    """One Asterisk, which lives below `folder` and is told nothing but `files`. `log` is what it says to a file."""

    def __init__(self, installation: AsteriskInstallation, folder: Path, files: Mapping[str, str]) -> None:
        if len(str(folder)) > _LONGEST_FOLDER:
            raise EngineUnreachable(
                f"{folder} is too long a path for Asterisk to live there: set TMPDIR to a shorter one"
            )
        self._installation = installation
        self._folder = folder
        self._files = files
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = -1  # whose lock says that we live
        self.log = folder / "log" / "full"

    def start(self, *, stays: bool = False) -> int:
        """Start it; give its process's id. Unless it `stays`, it ends when we do, whatever ends us.

        Raises EngineUnreachable.
        """
        try:
            self._write()
            self._own(stays=stays)
            command = [*self._installation.command, "-f", "-C", str(self._folder / "etc/asterisk.conf")]
            if not stays and (tie := shutil.which("setpriv")) is not None:
                command = [tie, "--pdeathsig", "TERM", "--", *command]
            with (self._folder / "log/console").open("wb") as console:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=console,
                    stderr=console,
                    env=os.environ | {"OPENSSL_CONF": os.devnull},
                    start_new_session=True,  # Ctrl-C is ours: we end it
                )
        except OSError as error:
            raise EngineUnreachable(
                f"Asterisk cannot be started in {self._folder}: {error.strerror or error}"
            ) from error
        return self._process.pid

    @property
    def pid(self) -> int:
        """Give its process's id; 0 before it was started."""
        return self._process.pid if self._process is not None else 0

    @property
    def runs(self) -> bool:
        """Tell whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def last_words(self) -> str:
        """Give the last line in which it complained."""
        for file in (self.log, self._folder / "log/console"):
            with contextlib.suppress(OSError):
                lines = file.read_text(errors="replace")[-_END_OF_LOG:].splitlines()
                complaints = [line for line in lines if "ERROR" in line or "WARNING" in line]
                if complaints:
                    return complaints[-1].strip()
        return "it says nothing"

    def _own(self, *, stays: bool) -> None:
        """Leave word that it ends when we do, or that it does not."""
        if stays:
            (self._folder / _OWNER).unlink(missing_ok=True)
        elif self._owner < 0:
            self._owner = os.open(self._folder / _OWNER, os.O_RDWR | os.O_CREAT, 0o600)
            _locked(self._owner)

    def stop(self) -> None:
        """End it, by force if it takes too long; returns when it is gone."""
        if self._owner >= 0:
            os.close(self._owner)
            self._owner = -1
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_GOES)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """End it by force."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _write(self) -> None:
        for name in _SUBFOLDERS:
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        for name, text in self._files.items():
            write_private(self._folder / "etc" / name, self._fit(text) if name == "modules.conf" else text)
        told = directories(self._folder, self._installation.modules, self._installation.data)
        write_private(self._folder / "etc/asterisk.conf", told)

    def _fit(self, modules: str) -> str:
        """Leave out modules that this build of Asterisk does not have: it has them in itself, or does without."""
        return _LOADED.sub(lambda load: load[0] if (self._installation.modules / load[1]).exists() else "", modules)


def write_private(file: Path, text: str) -> None:
    """Write a file that nobody but its owner can read."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(text, "utf-8")
