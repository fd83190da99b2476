"""A real HAProxy for tests, with a configuration that pbxsim wrote; installed once where this is Debian's root.

with running_haproxy(folder / "haproxy.cfg"):
    ...
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.debian import NotInstalled, install

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE: Final = 30.0  # seconds until it serves, or has ended


class NoHaproxy(Exception):
    """It cannot be had here; says why."""


def program() -> str:
    """Find it. Raises NoHaproxy."""
    with suppress(NotInstalled):
        if _found() is None:
            install("haproxy")
    found = _found()
    if found is None:
        raise NoHaproxy("no haproxy here (Debian, Ubuntu: apt install haproxy)")
    return found


def _found() -> str | None:
    return shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def running_haproxy(configuration: Path) -> Iterator[None]:
    """Start it, wait until it says that it serves (sd_notify(3)), and end it. Raises NoHaproxy."""
    with (
        TemporaryDirectory(prefix="pbxsim-haproxy-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told,
    ):
        place = str(Path(folder, "told"))
        told.bind(place)
        told.settimeout(_PATIENCE)
        process = subprocess.Popen(
            [program(), "-Ws", "-f", str(configuration)],
            env={**os.environ, "NOTIFY_SOCKET": place},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            while b"READY=1" not in told.recv(4096):
                pass
            yield
        except TimeoutError:
            process.terminate()
            raise NoHaproxy(process.communicate(timeout=_PATIENCE)[1]) from None
        finally:
            process.terminate()
            process.communicate(timeout=_PATIENCE)
