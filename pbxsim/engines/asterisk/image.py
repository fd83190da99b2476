"""An Asterisk in a container image that podman or docker has: which of them, as whom it runs there, its release.

No image is pulled: what comes from a registry is somebody's choice, made with `podman pull`.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.engines.asterisk.container import asked
from pbxsim.engines.asterisk.release import MAJOR, is_fit, version_in
from pbxsim.engines.engine import EngineUnreachable

if TYPE_CHECKING:
    import subprocess

CLIENTS: Final = ("podman", "docker")
"""The programs that can run an image, in the order in which they are asked for it."""

_ABSENT: Final = re.compile(r"no such image|image not known", re.IGNORECASE)
_ROOT: Final = "0:0"


class AsteriskImage(msgspec.Struct, frozen=True):
    """An image with an Asterisk: `client` is the path of the program that runs it, `name` what that calls it.

    `user` is as whom Asterisk runs there, UID:GID: so that the files it writes are ours.
    """

    client: str
    name: str
    version: str
    user: str


def of_image(name: str) -> AsteriskImage:
    """Give the Asterisk of an image that is on this machine. Raises EngineUnreachable."""
    clients = [path for each in CLIENTS if (path := shutil.which(each)) is not None]
    if not clients:
        raise EngineUnreachable(f"the image {name} is run by podman or docker, and neither is on this machine")
    refusals = []
    for client in clients:
        refusal = _refusal(client, name)
        if not refusal:
            return AsteriskImage(client, name, _version(client, name), _user(client))
        refusals.append(refusal)
    raise EngineUnreachable("; ".join(refusals))


def _refusal(client: str, name: str) -> str:
    """Say why podman or docker cannot run an image; empty where it has it."""
    done = asked(client, "image", "inspect", "--format", "{{.Id}}", name)
    program = Path(client).name
    if done.returncode == 0:
        return ""
    if _ABSENT.search(done.stderr):
        return f"{program} has no image {name}: `{program} pull {name}` fetches it"
    return f"{program} does not work: {_said(done)}"


def _version(client: str, name: str) -> str:
    """Ask the Asterisk of an image for its version. Raises EngineUnreachable."""
    done = asked(client, "run", "--rm", "--pull", "never", "--network", "none", "--entrypoint", "asterisk", name, "-V")
    version = version_in(done.stdout)
    if not version:
        raise EngineUnreachable(f"no Asterisk can be started of the image {name}: {_said(done)}")
    if not is_fit(version):
        raise EngineUnreachable(f"the image {name} has Asterisk {version}, and pbxsim works with {MAJOR}")
    return version


def _user(client: str) -> str:
    """Say who is we in a container: root under podman, and where docker's daemon is not root; else ourselves."""
    if Path(client).name == "podman" or "rootless" in asked(client, "info", "--format", "{{.SecurityOptions}}").stdout:
        return _ROOT
    return f"{os.getuid()}:{os.getgid()}"


def _said(done: subprocess.CompletedProcess[str]) -> str:
    """Give the last line of a complaint."""
    lines = [line.strip() for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
    return lines[-1] if lines else f"it ends with {done.returncode}"
