"""An engine with real telephones at work on an office: what the tests of all such engines share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pbxsim.clock.driver import ClockDriver
from pbxsim.clock.instant import SECOND
from pbxsim.hosting.engine_session import EngineSession

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pbxsim.clock.instant import Duration
    from pbxsim.engines.engine import Engine
    from pbxsim.testing.office import Office
    from tests.engines.telephones import Telephone, Telephones


class RealRig:
    """An office with that engine, whose telephones register at `server` with what `secret` says of a user."""

    def __init__(
        self,
        office: Office,
        engine: Engine,
        settings: Mapping[str, Any],
        server: str,
        secret: Callable[[str], str],
    ) -> None:
        self.office = office
        self.server = server
        self.secret = secret
        self.driver = ClockDriver(office.clock, rate=1, is_real_time=True)
        self.telephones: Telephones | None = None
        self.by_user: dict[str, Telephone] = {}
        self.opened: Any = engine.open(settings, office.pbx)
        office.use_engine(self.opened.engine, self.opened.handset)
        self.session = EngineSession(engine, self.opened, self.driver, lambda: None)

    async def have_telephones(self, users: list[str]) -> None:
        """Register a telephone for each of these lines."""
        from tests.engines.telephones import Telephones  # skips the test where there are none

        self.telephones = Telephones(self.server)
        await self.telephones.start()
        for user in users:
            self.by_user[user] = await self.telephones.registered(user, self.secret(user))
        await self.until(lambda: all(self.office.directory.line(user).is_registered for user in users))

    async def is_idle(self) -> bool:
        """Tell whether nothing is left of any call where the engine works."""
        raise NotImplementedError

    def complaints(self) -> list[str]:
        """Give what the engine's own works complain of."""
        raise NotImplementedError

    async def until(self, what: Callable[[], object], seconds: float = 20) -> None:
        """Wait until something has come about."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        while not what():
            assert loop.time() < ends, "it did not come about"
            await self.elapse(SECOND // 200)

    def do(self, act: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it gives
        """Do something at the PBX's present."""
        given: list[Any] = []
        self.session.act(lambda: given.append(act()))
        return given[0]

    # -- the contract's rig --------------------------------------------------------------------------------------------

    async def elapse(self, span: Duration) -> None:
        self.driver.rearm()  # the contract places calls by itself
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=span / SECOND)
        self.driver.catch_up()
        self.driver.rearm()

    async def dial(self, user: str, number: str) -> None:
        await self.by_user[user].dial(number)

    async def transfer(self, user: str, number: str) -> None:
        from tests.engines.telephones import quietly

        call = self.by_user[user].calls[0]
        await quietly(call.transfer(f"sip:{number}@{self.server}"))

    async def press(self, user: str, digit: str) -> None:
        call = self.by_user[user].calls[0]
        await call.wait_established()
        await call.send_dtmf(digit)

    async def register(self, user: str) -> None:
        await self.by_user[user].agent.register()

    async def unregister(self, user: str) -> None:
        await self.by_user[user].agent.unregister()

    def is_quiet(self) -> bool:
        return all(telephone.is_quiet() for telephone in self.by_user.values())

    async def close(self) -> None:
        """Put it all away."""
        raise NotImplementedError
