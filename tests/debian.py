"""Debian's packages for tests that need real components: installed once, where this is Debian's root.

with suppress(NotInstalled):
    install("chromium")
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class NotInstalled(Exception):
    """A package cannot be had here; says why."""


def install(*packages: str) -> None:
    """Install packages, one process after the other; a server among them is not started. Raises NotInstalled."""
    if os.getuid() or not Path("/etc/debian_version").exists() or shutil.which("apt-get") is None:
        names = " and ".join(packages)
        raise NotInstalled(f"its programs are not here; install {names} (only Debian's root can do that from here)")
    with alone("apt"):
        # RUNLEVEL=1: what is installed does not start a server of its own
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            done = subprocess.run(
                ["apt-get", "--quiet", *arguments], capture_output=True, text=True, check=False, env=environment
            )
            if done.returncode:
                raise NotInstalled(f"apt-get {arguments[0]}: {done.stderr.strip()[-300:]}")


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Wait until no other process of ours does this; pytest-xdist's workers come here all at once."""
    with Path(tempfile.gettempdir(), f"pbxsim-{what}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
