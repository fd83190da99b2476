"""What is asked, a command or an address: it hangs, dies, prints without end, or leaves something running."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from pbxsim.testing import Receiver
from pbxsim.traps.integration import Address, CommandLine, NotThere

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # each begins processes

BEGINS_ANOTHER = """
import os, signal, subprocess, sys
print("begun", flush=True)
fifo = open(sys.argv[1], "w")
os.set_inheritable(fifo.fileno(), True)  # its end comes when both are gone
other = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], close_fds=False)
print(other.pid, file=fifo, flush=True)
{then}
"""


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    """Give what a command says that it began, and which ends with both."""
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


def command(code: str, *arguments: object, timeout: float = 20) -> CommandLine:
    """Give a command that does that."""
    return CommandLine([sys.executable, "-c", code, *map(str, arguments)], timeout)


async def test_one_that_hangs_is_ended_in_time_with_all_that_it_began(fifo: Path) -> None:
    hangs = command(BEGINS_ANOTHER.format(then="signal.pause()"), fifo, timeout=3)
    asking = asyncio.create_task(hangs.ask({}))
    assert await asyncio.wait_for(asyncio.to_thread(fifo.read_text), 20)
    said = await asking
    assert (said.yes, said.how) == (False, "it was not done after 3 s, and was ended")


async def test_one_that_is_given_up_leaves_nothing_running(fifo: Path) -> None:
    asking = asyncio.create_task(command(BEGINS_ANOTHER.format(then="signal.pause()"), fifo).ask({}))
    with await asyncio.to_thread(fifo.open) as told:
        assert await asyncio.to_thread(told.readline)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert await asyncio.wait_for(asyncio.to_thread(told.read), 20) == ""


async def test_one_that_is_done_is_done_whatever_it_leaves_running(fifo: Path) -> None:
    asking = asyncio.create_task(command(BEGINS_ANOTHER.format(then=""), fifo).ask({}))
    with await asyncio.to_thread(fifo.open) as told:
        other = int(await asyncio.to_thread(told.readline))
        said = await asyncio.wait_for(asking, 15)
    os.kill(other, signal.SIGKILL)
    assert (said.yes, said.how) == (True, "exit 0: begun")


async def test_of_one_that_prints_without_end_the_end_alone_is_kept() -> None:
    said = await command("print('x' * 50_000_000); print('the last line')").ask({})
    assert (said.yes, said.how) == (True, "exit 0: the last line")


async def test_nobody_types_for_a_command_and_a_signal_has_its_name() -> None:
    assert (await command("import sys; sys.exit(len(sys.stdin.read()))").ask({})).how == "exit 0"
    killed = await command("import os; os.kill(os.getpid(), 9)").ask({})
    assert (killed.yes, killed.how) == (False, "ended by SIGKILL")


@pytest.mark.parametrize(("status", "is_yes"), [(200, True), (204, True), (302, False), (304, False), (404, False)])
async def test_a_status_2xx_alone_is_a_yes(status: int, *, is_yes: bool) -> None:
    with Receiver() as receiver:
        receiver.handler = lambda _request: status
        said = await Address(f"{receiver.url}/dial", 10).ask({"number": "1"})
        assert (said.yes, said.how) == (is_yes, f"status {status}")
        assert [each.method for each in receiver.received] == ["POST"]


@pytest.mark.parametrize("url", ["http://", "http://[::1", "http://127.0.0.1:99999/"])
async def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(NotThere, match="is no address of a server"):
        await Address(url, 1).ask({})
