"""An Asterisk of our own: its folder, its ports, its process, from the start to an end after which nothing is left."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from pbxsim.engines.asterisk.configuration import directories
from pbxsim.engines.asterisk.former import OWNER, locked
from pbxsim.engines.engine import EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pbxsim.engines.asterisk.configuration import Places
    from pbxsim.engines.asterisk.container import Container
    from pbxsim.engines.asterisk.installation import AsteriskInstallation

_LONGEST_FOLDER: Final = 80  # its control socket's path is 107 bytes at most, as any Unix socket's
_SUBFOLDERS: Final = ("etc", "run", "log", "lib/keys", "spool/tmp", "spool/monitor", "spool/recording")
_LOADED: Final = re.compile(r"^load = (\S+\.so)$", re.MULTILINE)
_COMPLAINT: Final = re.compile(r"ERROR|WARNING|^(?:\w+: )?Error")  # Asterisk's, or of what was to start it
_GOES: Final = 5.0  # seconds until it is ended by force
_END_OF_LOG: Final = 2_000


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


class AsteriskProcess(ABC):
    """One Asterisk, which lives below `folder` and is told nothing but `files`. `log` is what it says to a file.

    Unless it `stays`, it ends when we do, whatever ends us.
    """

    patience: float = 5.0
    """Seconds within which it must have taken a login once it is started."""

    container: Container | None = None
    """What it runs in."""

    def __init__(self, folder: Path, files: Mapping[str, str], *, stays: bool = False) -> None:
        if len(str(folder)) > _LONGEST_FOLDER:
            raise EngineUnreachable(
                f"{folder} is too long a path for Asterisk to live there: set TMPDIR to a shorter one"
            )
        self._folder = folder
        self._files = files
        self._stays = stays
        self._process: subprocess.Popen[bytes] | None = None
        self.log = folder / "log" / "full"

    @abstractmethod
    def claim(self) -> None:
        """Have the folder for ourselves, and clear it. Raises EngineUnreachable where another pbxsim has it."""

    @abstractmethod
    def clear(self) -> None:
        """End what is left of one that was started before."""

    def start(self) -> int:
        """Start it; give its process's id. Raises EngineUnreachable."""
        try:
            self._write()
            command = [*self._command(), "-f", "-C", str(self._folder / "etc/asterisk.conf")]
            if not self._stays and (tie := shutil.which("setpriv")) is not None:
                command = [tie, "--pdeathsig", "TERM", "--", *command]
            with (self._folder / "log/console").open("wb") as console:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=console,
                    stderr=console,
                    env=os.environ | self._environment(),
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
        for file in (self._folder / "log/console", self.log):
            with contextlib.suppress(OSError):
                lines = file.read_text(errors="replace")[-_END_OF_LOG:].splitlines()
                complaints = [line for line in lines if _COMPLAINT.search(line)]
                if complaints:
                    return complaints[-1].strip()
        return "it says nothing"

    def stop(self) -> None:
        """End it, by force if it takes too long; returns when it is gone."""
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
        """Write all that it is told, into its folder."""
        for name in _SUBFOLDERS:
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        for name, text in self._files.items():
            write_private(self._folder / "etc" / name, self._fit(text) if name == "modules.conf" else text)
        write_private(self._folder / "etc/asterisk.conf", self._directories())

    @abstractmethod
    def _command(self) -> tuple[str, ...]:
        """Give what runs it, without its own options."""

    @abstractmethod
    def _environment(self) -> dict[str, str]:
        """Give what its environment has beside ours."""

    @abstractmethod
    def _directories(self) -> str:
        """Write its `asterisk.conf`."""

    @abstractmethod
    def _fit(self, modules: str) -> str:
        """Leave out of `modules.conf` what it is known not to have: it has that in itself, or does without."""


class InstalledAsterisk(AsteriskProcess):
    """The Asterisk that is installed, or lies in the user's cache."""

    def __init__(
        self, installation: AsteriskInstallation, folder: Path, files: Mapping[str, str], *, stays: bool = False
    ) -> None:
        super().__init__(folder, files, stays=stays)
        self._installation = installation
        self._owner = -1  # whose lock says that we live

    def stop(self) -> None:
        if self._owner >= 0:
            os.close(self._owner)
            self._owner = -1
        super().stop()

    def _write(self) -> None:
        super()._write()
        if self._stays:
            (self._folder / OWNER).unlink(missing_ok=True)
        elif self._owner < 0:
            self._owner = os.open(self._folder / OWNER, os.O_RDWR | os.O_CREAT, 0o600)
            locked(self._owner)

    def claim(self) -> None:
        """Whoever else has one there has its ports, too."""

    def clear(self) -> None:
        """Nothing is left: it is the process that was started."""

    def _command(self) -> tuple[str, ...]:
        return self._installation.command

    def _environment(self) -> dict[str, str]:
        return {"OPENSSL_CONF": os.devnull}

    def _directories(self) -> str:
        return directories(self._folder, self._installation.modules, self._installation.data)

    def _fit(self, modules: str) -> str:
        return _LOADED.sub(lambda load: load[0] if (self._installation.modules / load[1]).exists() else "", modules)


def write_private(file: Path, text: str) -> None:
    """Write a file that nobody but its owner can read."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(text, "utf-8")
