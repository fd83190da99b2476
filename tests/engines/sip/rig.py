"""The engine at work on an office, with a real telephone for each line, as the contract wants them."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

from pbxsim.clock.driver import ClockDriver
from pbxsim.clock.instant import SECOND
from pbxsim.engines.line_settings import LineEntry
from pbxsim.engines.simulated.phones_settings import PhonesEntry
from pbxsim.engines.sip import declaration
from pbxsim.engines.sip.sip_settings import SipEntry
from pbxsim.hosting.engine_session import EngineSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.instant import Duration
    from pbxsim.testing.office import Office
    from tests.engines.asterisk.telephones import Telephone, Telephones

PASSWORD = "chosen-for-tests"


def free_port() -> int:
    """Find a port of the loopback that is free over UDP and TCP now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


class SipRig:
    """An office whose telephones are real, but for those that are `simulated`; these do as `phones` says."""

    def __init__(
        self,
        office: Office,
        simulated: tuple[str, ...] = (),
        phones: PhonesEntry = PhonesEntry(),  # noqa: B008 - it never changes
        *,
        has_telephones: bool = True,
        **entry: Any,  # noqa: ANN401 - whatever SipEntry takes
    ) -> None:
        self.office = office
        lines = tuple(
            LineEntry(line=user, secret=PASSWORD, simulated=user in simulated) for user in office.directory.lines
        )
        self.entry = SipEntry(**{"port": free_port(), "lines": lines, **entry})
        self.server = f"127.0.0.1:{self.entry.port}"
        self.driver = ClockDriver(office.clock, rate=1, is_real_time=True)
        self.telephones: Telephones | None = None
        self.by_user: dict[str, Telephone] = {}
        self.opened: Any = declaration.open({"sip": self.entry, "phones": phones, "traffic": ()}, office.pbx)
        office.use_engine(self.opened.engine, self.opened.handset)
        self.session = EngineSession(declaration, self.opened, self.driver, lambda: None)
        self._simulated = simulated
        self._has_telephones = has_telephones

    async def start(self) -> SipRig:
        """Start all of it, and register the telephones."""
        self.driver.start()
        await self.session.start()
        if self._has_telephones:
            await self._register([user for user in self.office.directory.lines if user not in self._simulated])
        self.office.heard.clear()
        return self

    async def _register(self, users: list[str]) -> None:
        from tests.engines.asterisk.telephones import Telephones  # skips the test where there are none

        self.telephones = Telephones(self.server)
        await self.telephones.start()
        for user in users:
            self.by_user[user] = await self.telephones.registered(user, PASSWORD)
        real = self.opened.registrations.real
        await self.until(lambda: all(user in real for user in users))

    @property
    def sessions(self) -> int:
        """Count the SIP sessions that there are."""
        return int(self.opened.engine.exchange.agent.sessions)

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
        from tests.engines.asterisk.telephones import quietly

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
        if self.telephones is not None:
            await self.telephones.close()
        await self.session.close()
        self.driver.close()
