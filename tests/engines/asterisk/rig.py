"""The engine at a real Asterisk, with a real telephone for each line of an office, as the contract wants them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec.structs import replace

from pbxsim.engines.asterisk import through
from pbxsim.engines.simulated.phones_settings import PhonesEntry
from tests.engines.asterisk.exchange import Exchange
from tests.engines.real_rig import RealRig

if TYPE_CHECKING:
    from pbxsim.engines.asterisk.asterisk_settings import ProviderEntry
    from pbxsim.engines.asterisk.installation import AsteriskInstallation
    from pbxsim.engines.asterisk.live import LiveCalls
    from pbxsim.testing.office import Office


class AsteriskRig(RealRig):
    """An office whose telephones are real, but for those that are `simulated`; these do as `phones` says.

    Without `has_telephones` whoever uses it brings some; those of `pyvoip` lines come by themselves. `sound`: the first
    and last port for it. `ami_port`: where Asterisk is gone to, if by a proxy. `providers` are those of trunks, `live`
    says who is.
    """

    def __init__(
        self,
        installation: AsteriskInstallation,
        office: Office,
        simulated: tuple[str, ...] = (),
        phones: PhonesEntry = PhonesEntry(),  # noqa: B008 - it never changes
        *,
        has_telephones: bool = True,
        pyvoip: tuple[str, ...] = (),
        sound: tuple[int, int] | None = None,
        ami_port: int | None = None,
        providers: tuple[ProviderEntry, ...] = (),
        live: LiveCalls | None = None,
        max_contacts: int = 1,
    ) -> None:
        self.exchange = Exchange(
            installation, office.directory, office.pbx.name, simulated, sound, providers, max_contacts, pyvoip
        )
        login = self.exchange.login
        engine = through(login if ami_port is None else replace(login, port=ami_port), live)
        settings = {"asterisk": self.exchange.entry, "phones": phones}
        super().__init__(office, engine, settings, self.exchange.server, self.exchange.secrets.line)
        self._simulated = simulated
        self._has_telephones = has_telephones

    async def start(self) -> AsteriskRig:
        """Start all of it, and register the telephones."""
        self.exchange.process.start()
        self.driver.start()
        await self.session.start()
        real = [user for user in self.office.directory.lines if user not in self._simulated]
        if real and self._has_telephones:
            await self.have_telephones(real)
        self.office.heard.clear()
        return self

    async def channels(self) -> list[str]:
        """Ask Asterisk which channels it has."""
        return [event["channel"] for event in await self.opened.link.listed("CoreShowChannels") if "channel" in event]

    async def is_idle(self) -> bool:
        return await self.channels() == []

    def complaints(self) -> list[str]:
        return self.exchange.complaints()

    async def close(self) -> None:
        await self.session.close()
        self.driver.close()
        if self.telephones is not None:
            await self.telephones.close()
        await asyncio.to_thread(self.exchange.close)
