"""The engine at a real Asterisk, with a real telephone for each line of an office, as the contract wants them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from pbxsim.clock.driver import ClockDriver
from pbxsim.clock.instant import SECOND
from pbxsim.engines.asterisk import through
from pbxsim.engines.simulated.phones_settings import PhonesEntry
from pbxsim.hosting.engine_session import EngineSession
from tests.engines.asterisk.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.instant import Duration
    from pbxsim.engines.asterisk.asterisk_settings import ProviderEntry
    from pbxsim.engines.asterisk.installation import AsteriskInstallation
    from pbxsim.engines.asterisk.live import LiveCalls
    from pbxsim.testing.office import Office
    from tests.engines.asterisk.telephones import Telephone, Telephones


class AsteriskRig:
    """An office whose telephones are real, but for those that are `simulated`; these do as `phones` says.

    Without `has_telephones` whoever uses it brings some. `sound`: the first and last port for it.
    `ami_port`: where Asterisk is gone to, if by a proxy. `providers` are those of trunks, `live` says who is.
    """

    def __init__(
        self,
        installation: AsteriskInstallation,
        office: Office,
        simulated: tuple[str, ...] = (),
        phones: PhonesEntry = PhonesEntry(),  # noqa: B008 - it never changes
        *,
        has_telephones: bool = True,
        sound: tuple[int, int] | None = None,
        ami_port: int | None = None,
        providers: tuple[ProviderEntry, ...] = (),
        live: LiveCalls | None = None,
        max_contacts: int = 1,
    ) -> None:
        self.office = office
        self.exchange = Exchange(
            installation, office.directory, office.pbx.name, simulated, sound, providers, max_contacts
        )
        self.driver = ClockDriver(office.clock, rate=1, is_real_time=True)
        self.telephones: Telephones | None = None
        self.by_user: dict[str, Telephone] = {}
        door = self.exchange.door
        engine = through(door if ami_port is None else replace(door, port=ami_port), live)
        self.opened: Any = engine.open({"asterisk": self.exchange.entry, "phones": phones}, office.pbx)
        office.use_engine(self.opened.engine, self.opened.handset)
        self.session = EngineSession(engine, self.opened, self.driver, lambda: None)
        self._simulated = simulated
        self._has_telephones = has_telephones

    async def start(self) -> AsteriskRig:
        """Start all of it, and register the telephones."""
        self.exchange.process.start()
        self.driver.start()
        await self.session.start()
        real = [user for user in self.office.directory.lines if user not in self._simulated]
        if real and self._has_telephones:
            await self._register(real)
        self.office.heard.clear()
        return self

    async def _register(self, users: list[str]) -> None:
        from tests.engines.asterisk.telephones import Telephones  # skips the test where there are none

        self.telephones = Telephones(self.exchange.server)
        await self.telephones.start()
        for user in users:
            self.by_user[user] = await self.telephones.registered(user, self.exchange.secrets.line(user))
        await self.until(lambda: all(self.office.directory.line(user).is_registered for user in users))

    async def channels(self) -> list[str]:
        """Ask Asterisk which channels it has."""
        return [event["channel"] for event in await self.opened.link.listed("CoreShowChannels") if "channel" in event]

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
        await quietly(call.transfer(f"sip:{number}@{self.exchange.server}"))

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
        await self.session.close()
        self.driver.close()
        if self.telephones is not None:
            await self.telephones.close()
        await asyncio.to_thread(self.exchange.close)
