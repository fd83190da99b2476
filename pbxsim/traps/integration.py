"""The integration that is tried: a command of the user's, or an address of the user's server."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Mapping, Sequence

_KEPT: Final = 8_192  # bytes of what a command prints, of which one line is told
_AFTERWARDS: Final = 0.5  # seconds that a command's last words may take once it is done


class NotThere(Exception):
    """A command cannot be begun, or nobody answers at an address; says why."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What an integration said: `yes`, and how, in one line."""

    yes: bool
    how: str


class Integration(Protocol):
    """Can be asked: to have a call placed, or whether all is as it should be."""

    async def ask(self, told: Mapping[str, str]) -> Said:
        """Ask, telling it what it has to know. Raises NotThere."""
        ...


class CommandLine(msgspec.Struct, frozen=True):
    """A command: exit 0 is a yes. What it is told is in its environment, as `PBXSIM_URL`."""

    words: Sequence[str]
    timeout: float

    async def ask(self, told: Mapping[str, str]) -> Said:
        """Run it. One that takes too long is ended with all that it began, which is a no. Raises NotThere."""
        environment = {**os.environ, **{f"PBXSIM_{name.upper()}": value for name, value in told.items()}}
        output = _Output()
        ours, theirs = os.pipe()
        pipe, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: output, os.fdopen(ours, "rb", 0))
        try:
            process = await self._begun(environment, theirs)
        except OSError as error:
            pipe.close()
            raise NotThere(f"{self.words[0]}: {error.strerror or error}") from None
        finally:
            os.close(theirs)
        try:
            await asyncio.wait_for(process.wait(), self.timeout)
            await output.come()
        except TimeoutError:
            return Said(yes=False, how=f"it was not done after {self.timeout:g} s, and was ended")
        finally:
            await _ended(process)
            pipe.close()
        return Said(yes=process.returncode == 0, how=f"{_exit(process.returncode)}{_last_line(output.kept)}")

    async def _begun(self, environment: Mapping[str, str], output: int) -> Process:
        """Begin it, in a session of its own, so that all that it begins can be ended. Nobody types for it."""
        return await asyncio.create_subprocess_exec(
            *self.words,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )


class _Output(asyncio.Protocol):
    """Keeps the end of what a command prints, however much that is."""

    def __init__(self) -> None:
        self.kept = b""
        self._closed = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        """Take down what was printed."""
        self.kept = (self.kept + data)[-_KEPT:]

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nobody can print any more."""
        self._closed.set()

    async def come(self) -> None:
        """Wait for the last of it; not for long, as what the command left running may print for ever."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed.wait(), _AFTERWARDS)


async def _ended(process: Process) -> None:
    """End a command that is not done, and all that it began; what one that is done left running goes on."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _exit(code: int | None) -> str:
    if code is not None and code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return f"exit {code}"


class Address(msgspec.Struct, frozen=True):
    """An address of a server: it is sent a JSON object by POST, and a status 2xx is a yes."""

    url: str
    timeout: float

    async def ask(self, told: Mapping[str, str]) -> Said:
        """Post. A reply that does not come in time is a no. Raises NotThere."""
        import aiohttp

        limit = aiohttp.ClientTimeout(total=self.timeout)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.post(self.url, json=told, allow_redirects=False) as reply,
            ):
                is_yes = 200 <= reply.status < 300
                return Said(yes=is_yes, how=f"status {reply.status}{_last_line(await reply.read())}")
        except TimeoutError:
            return Said(yes=False, how=f"no reply in {self.timeout:g} s")
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError, aiohttp.ClientOSError) as error:
            if isinstance(error, aiohttp.ClientConnectorError):
                raise NotThere(f"{self.url}: {error}") from None
            return Said(yes=False, how=f"it broke off: {error}")
        except aiohttp.InvalidURL:
            raise NotThere(f"{self.url!r} is no address of a server") from None
        except (aiohttp.ClientError, ValueError) as error:
            raise NotThere(f"{self.url}: {error}") from None


def _last_line(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f": {last[:200]}" if last else ""
