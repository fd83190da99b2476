"""A container of podman's or docker's, by its name, and how either is asked."""

from __future__ import annotations

import subprocess
import threading
from typing import Final

import msgspec

_IN_PROGRESS: Final = "already in progress"  # docker, of a container that has just ended by itself
_LOOK: Final = 0.05  # seconds between two looks whether it is gone, a hundred of them at most
_LOOKS: Final = 100
_PATIENCE: Final = 60.0  # seconds: of a large image the first container may take many


class Container(msgspec.Struct, frozen=True):
    """One container: `client` is the path of the program that knows it, by `name`."""

    client: str
    name: str

    def is_running(self) -> bool:
        """Tell whether it is there and runs."""
        return (
            asked(self.client, "container", "inspect", "--format", "{{.State.Running}}", self.name).stdout == "true\n"
        )

    def stop(self) -> None:
        """End what runs in it, by force if it takes too long; returns when it is gone."""
        asked(self.client, "stop", self.name)
        self.remove()

    def remove(self) -> None:
        """End it at once, if it is there at all; returns when it is gone."""
        for _ in range(_LOOKS):
            if _IN_PROGRESS not in asked(self.client, "rm", "--force", "--volumes", self.name).stderr:
                break
            threading.Event().wait(_LOOK)


def asked(client: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Have podman or docker do something; one that cannot be asked has failed, and says why."""
    command = [client, *arguments]
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=_PATIENCE
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 126, "", error.strerror or str(error))
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"it has said nothing for {_PATIENCE:g} s")
