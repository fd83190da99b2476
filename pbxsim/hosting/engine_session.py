"""The engine of one hosted PBX, from its start to its close, and the one before it until then.

Most engines' work is theirs alone; one that works with something outside (a server, telephones on a network) is started
and closed in tasks here, for a PBX begins anew at once, and does not wait for anybody.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from pbxsim.engines.engine import EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pbxsim.clock.driver import ClockDriver
    from pbxsim.engines.engine import Engine, Measure, Opened, Signal, SipAccount
    from pbxsim.pbx.call import Call

_log: Final = logging.getLogger("pbxsim")


class EngineSession:
    """What `engine` opened on a PBX. `acted` is called after each thing that the engine does of itself."""

    def __init__(self, engine: Engine, opened: Opened, driver: ClockDriver, acted: Callable[[], None]) -> None:
        self._engine = engine
        self._opened = opened
        self._driver = driver
        self._acted = acted
        self._has_begun = False
        self._is_at_work = engine.start is None
        self._taking_over: asyncio.Task[None] | None = None
        self._failure: EngineUnreachable | None = None

    @property
    def engine(self) -> Engine:
        """Give the engine's declaration."""
        return self._engine

    def account_of(self, user: str) -> SipAccount | None:
        """Tell how a real telephone registers as the line of that SIP user; None: nobody can, it is acted."""
        tell = self._opened.account_of
        return None if tell is None else tell(user)

    def signals_of(self, call: Call) -> Sequence[Signal]:
        """Give the messages between the engine and the telephones of a call; none where it has no real ones."""
        tell = self._opened.signals_of
        return () if tell is None else tell(call)

    def measures(self) -> Sequence[Measure]:
        """Give what is to be told to Prometheus of the engine."""
        tell = self._opened.measures
        return () if tell is None else tell()

    @property
    def trouble(self) -> str:
        """Say why the engine's work is out of reach now; empty: it is not."""
        if self._failure is not None:
            return str(self._failure)
        if not self._is_at_work:
            return f"the engine {self._engine.name} has not begun yet"
        return "" if self._engine.trouble is None else self._engine.trouble(self._opened)

    def act(self, act: Callable[[], object]) -> None:
        """Implement `Present` for the engine."""
        self._driver.catch_up()
        try:
            act()
        finally:
            self._driver.rearm()
            self._acted()

    async def start(self) -> None:
        """Have the engine begin its work. Raises EngineUnreachable."""
        self._has_begun = True
        if self._engine.start is not None:
            await self._engine.start(self._opened, self.act)
        self._is_at_work = True

    async def close(self) -> None:
        """End what the engine has begun, or has tried to."""
        if self._taking_over is not None:
            await asyncio.wait([self._taking_over])
        if self._has_begun and self._engine.close is not None:
            await self._engine.close(self._opened)

    def take_over(self, before: EngineSession) -> None:
        """Close the engine that the PBX had before it began anew, then start this one, in the running event loop."""
        if before.has_work or self._engine.start is not None:
            self._taking_over = asyncio.get_running_loop().create_task(self._take_over(before))
        else:
            self._has_begun = True

    @property
    def has_work(self) -> bool:
        """Tell whether closing it takes anything."""
        return self._engine.close is not None or self._taking_over is not None

    async def ready(self) -> None:
        """Wait until it has taken over. Raises EngineUnreachable where it could not."""
        if self._taking_over is not None:
            await asyncio.wait([self._taking_over])
        if self._failure is not None:
            raise self._failure

    async def _take_over(self, before: EngineSession) -> None:
        await before.close()
        try:
            await self.start()
        except EngineUnreachable as error:
            _log.error("the engine %s cannot begin anew: %s", self._engine.name, error)
            self._failure = error
