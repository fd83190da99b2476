"""The Asterisk of a server that was killed: it lives in its folder, and has its ports, until it has ended.

The file `owner` in the folder is locked as long as a server lives whose Asterisk ends with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Final

OWNER: Final = "owner"
_GOES: Final = 5.0  # seconds until it is ended by force


async def see_that_former_one_is_gone(folder: Path, seconds: float = _GOES) -> None:
    """Wait for the Asterisk of a server that was killed: it was told to end, but has its ports until it has done so.

    One that takes longer is ended by force. An Asterisk that stays, or whose server lives, is left alone.
    """
    pid = _orphan(folder)
    if sys.platform != "linux" or not pid or not _lives_in(folder, pid):
        return
    try:
        watched = os.pidfd_open(pid)
    except OSError:  # it has gone, or the system lets nobody watch a process: whose the ports are is told soon enough
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
        owner = os.open(folder / OWNER, os.O_RDWR)
    except OSError:
        return 0
    try:
        return int((folder / "run/asterisk.pid").read_text("ascii")) if locked(owner) else 0
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


def locked(file: int) -> bool:
    """Take the lock of an owner, which the system lets go of when the owner ends; False: one lives."""
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
