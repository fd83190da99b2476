"""The Asterisk of a server that was killed is waited for, and nobody else's is touched."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from pbxsim.engines.asterisk.former import see_that_former_one_is_gone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FAKE: Final = (
    "import signal, sys, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('is', flush=True)\ntime.sleep(60)"
)


@contextmanager
def former(folder: Path, *, owner: bool = True, ignores: bool = True) -> Iterator[subprocess.Popen[str]]:
    """Have a process live in a folder as the Asterisk of a server that was killed; it may ignore that it is to end."""
    (folder / "run").mkdir(parents=True)
    program = FAKE if ignores else FAKE.replace("SIG_IGN", "SIG_DFL")
    command = [sys.executable, "-c", program, "-C", str(folder / "etc/asterisk.conf")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "is\n"
            (folder / "run/asterisk.pid").write_text(f"{process.pid}\n", "ascii")
            if owner:
                (folder / "owner").touch()
            yield process
        finally:
            process.kill()


LINUX: Final = pytest.mark.skipif(sys.platform != "linux", reason="processes are watched: the system is not Linux")


@LINUX
@pytest.mark.slow
async def test_the_asterisk_of_a_server_that_was_killed_is_waited_for(tmp_path: Path) -> None:
    with former(tmp_path / "a", ignores=False) as process:
        waiting = asyncio.create_task(see_that_former_one_is_gone(tmp_path / "a", 60))
        done, _ = await asyncio.wait([waiting], timeout=0.2)
        assert not done
        process.terminate()
        await asyncio.wait_for(waiting, 10)
        assert process.wait() == -signal.SIGTERM


@LINUX
@pytest.mark.slow
async def test_one_that_takes_too_long_is_ended_by_force(tmp_path: Path) -> None:
    with former(tmp_path / "a") as process:
        process.terminate()
        await asyncio.wait_for(see_that_former_one_is_gone(tmp_path / "a", 0.05), 10)
        assert process.wait() == -signal.SIGKILL


@LINUX
@pytest.mark.slow
async def test_where_a_process_cannot_be_watched_nobody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_pid: int) -> int:
        raise OSError(errno.ENOSYS, "a kernel before 5.3, or a container that does not allow it")

    monkeypatch.setattr(os, "pidfd_open", refused)
    with former(tmp_path / "a") as process:
        await see_that_former_one_is_gone(tmp_path / "a", 0)
        assert process.poll() is None


@pytest.mark.slow
async def test_one_that_stays_or_whose_server_lives_and_a_process_that_is_none_are_left_alone(tmp_path: Path) -> None:
    await see_that_former_one_is_gone(tmp_path / "nowhere", 0)
    with former(tmp_path / "stays", owner=False) as process:
        await see_that_former_one_is_gone(tmp_path / "stays", 0)
        assert process.poll() is None
    with former(tmp_path / "lives") as process, (tmp_path / "lives/owner").open("r+b") as owner:
        fcntl.flock(owner, fcntl.LOCK_EX)
        await see_that_former_one_is_gone(tmp_path / "lives", 0)
        assert process.poll() is None
    with former(tmp_path / "other") as process:
        (tmp_path / "other/run/asterisk.pid").write_text(str(os.getpid()), "ascii")
        await see_that_former_one_is_gone(tmp_path / "other", 0)
        assert process.poll() is None
