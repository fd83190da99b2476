"""An Asterisk of our own in a container: started, watched and ended as the process of podman's or docker's client.

Signals reach Asterisk through the client, as long as that lives. One that is killed leaves its container running, so
whoever ends that Asterisk, or is to start it, removes it by its name, which is the same whenever a PBX is started.
"""

from __future__ import annotations

import fcntl
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Final

from pbxsim.engines.asterisk.configuration import directories
from pbxsim.engines.asterisk.container import Container
from pbxsim.engines.asterisk.folders import said_folder
from pbxsim.engines.asterisk.process import AsteriskProcess
from pbxsim.engines.engine import EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pbxsim.engines.asterisk.image import AsteriskImage

_OPTIONS: Final = (
    "--rm",
    "--pull=never",
    "--network=host",  # telephones, sound and AMI are where they are without a container
    "--userns=host",  # who is we there does not depend on how podman or docker is configured
    "--security-opt=label=disable",  # SELinux would keep it out of our folder
    "--log-driver=none",  # what it says goes to its client
    "--no-healthcheck",  # the image's own would ask another configuration's Asterisk
    "--stop-timeout=3",  # podman's `rm --force` would wait for 10 s
)
_DIGITS: Final = 8


class ContainedAsterisk(AsteriskProcess):
    """The Asterisk of an image. Its modules and its data are the image's: those it has not got it does without."""

    container: Container
    patience = 30.0  # of a large image the first container may take a while

    def __init__(self, image: AsteriskImage, folder: Path, files: Mapping[str, str], *, stays: bool = False) -> None:
        super().__init__(folder, files, stays=stays)
        self._image = image
        self._held: IO[bytes] | None = None
        self._mounted = (folder, said_folder())
        self.container = Container(image.client, name_of(folder, stays=stays))

    def claim(self) -> None:
        if not self._stays:
            self._hold()
        self.clear()

    def clear(self) -> None:
        self.container.remove()

    def stop(self) -> None:
        super().stop()
        self.clear()
        if self._held is not None:
            self._held.close()

    def kill(self) -> None:
        super().kill()
        self.clear()

    def _hold(self) -> None:
        """Keep other servers out of the folder as long as we live: whose container is there is then no question."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._held = (self._folder / "lock").open("ab")
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._held.close()
            raise EngineUnreachable(
                f"another pbxsim has its Asterisk in {self._folder}: end it, or set asterisk.sip_port in the PBX file"
            ) from None

    def _command(self) -> tuple[str, ...]:
        own = (f"--name={self.container.name}", f"--user={self._image.user}", "--entrypoint=asterisk")
        mounted = (f"--volume={place}:{place}" for place in self._mounted)
        return (self._image.client, "run", *_OPTIONS, *own, *mounted, self._image.name)

    def _environment(self) -> dict[str, str]:
        return {}

    def _directories(self) -> str:
        return directories(self._folder)

    def _fit(self, modules: str) -> str:
        return modules


def name_of(folder: Path, *, stays: bool) -> str:
    """Give the name of the container whose Asterisk lives in a folder; one that `stays` is never a server's own."""
    told_apart = sha256(str(folder).encode()).hexdigest()[:_DIGITS]
    return f"pbxsim-asterisk-{folder.name}-{told_apart}{'-up' if stays else ''}"
