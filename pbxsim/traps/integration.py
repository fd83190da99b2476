"""The integration that is tried: a command of the user's, or an address of the user's server."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


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
        """Run it. One that takes too long is ended, which is a no. Raises NotThere."""
        environment = {**os.environ, **{f"PBXSIM_{name.upper()}": value for name, value in told.items()}}
        try:
            process = await asyncio.create_subprocess_exec(
                *self.words, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
            )
        except OSError as error:
            raise NotThere(f"{self.words[0]}: {error.strerror or error}") from None
        try:
            output, _ = await asyncio.wait_for(process.communicate(), self.timeout)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            return Said(yes=False, how=f"it was not done after {self.timeout:g} s, and was ended")
        return Said(yes=process.returncode == 0, how=f"exit {process.returncode}{_last_line(output)}")


class Address(msgspec.Struct, frozen=True):
    """An address of a server: it is sent a JSON object by POST, and a status 2xx is a yes."""

    url: str
    timeout: float

    async def ask(self, told: Mapping[str, str]) -> Said:
        """Post. A reply that does not come in time is a no. Raises NotThere."""
        import aiohttp

        limit = aiohttp.ClientTimeout(total=self.timeout)
        try:
            async with aiohttp.ClientSession(timeout=limit) as session, session.post(self.url, json=told) as reply:
                return Said(yes=reply.ok, how=f"status {reply.status}{_last_line(await reply.read())}")
        except TimeoutError:
            return Said(yes=False, how=f"no reply in {self.timeout:g} s")
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError, aiohttp.ClientOSError) as error:
            if isinstance(error, aiohttp.ClientConnectorError):
                raise NotThere(f"{self.url}: {error}") from None
            return Said(yes=False, how=f"it broke off: {error}")
        except (aiohttp.ClientError, ValueError) as error:
            raise NotThere(f"{self.url}: {error}") from None


def _last_line(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f": {last[:200]}" if last else ""
