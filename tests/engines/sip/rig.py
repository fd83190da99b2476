"""The engine at work on an office, with a real telephone for each line, as the contract wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pbxsim.engines.line_settings import LineEntry
from pbxsim.engines.simulated.phones_settings import PhonesEntry
from pbxsim.engines.sip import declaration
from pbxsim.engines.sip.sip_settings import SipEntry
from tests.engines.real_rig import RealRig
from tests.ports import own_port

if TYPE_CHECKING:
    from pbxsim.testing.office import Office

PASSWORD = "chosen-for-tests"


class SipRig(RealRig):
    """An office whose telephones are real, but for those that are `simulated`; these do as `phones` says.

    Without `has_telephones` whoever uses it brings some.
    """

    def __init__(
        self,
        office: Office,
        simulated: tuple[str, ...] = (),
        phones: PhonesEntry = PhonesEntry(),  # noqa: B008 - it never changes
        *,
        has_telephones: bool = True,
        **entry: Any,  # noqa: ANN401 - whatever SipEntry takes
    ) -> None:
        lines = tuple(
            LineEntry(line=user, secret=PASSWORD, simulated=user in simulated) for user in office.directory.lines
        )
        self.entry = SipEntry(**{"port": own_port(), "lines": lines, **entry})
        settings = {"sip": self.entry, "phones": phones, "traffic": ()}
        super().__init__(office, declaration, settings, f"127.0.0.1:{self.entry.port}", lambda _: PASSWORD)
        self._simulated = simulated
        self._has_telephones = has_telephones

    async def start(self) -> SipRig:
        """Start all of it, and register the telephones."""
        self.driver.start()
        await self.session.start()
        if self._has_telephones:
            real = [user for user in self.office.directory.lines if user not in self._simulated]
            await self.have_telephones(real)
            await self.until(lambda: self.opened.registrations.real == set(real))
        self.office.heard.clear()
        return self

    async def is_idle(self) -> bool:
        """Look for sessions, and for sound, that nobody needs any more."""
        exchange = self.opened.engine.exchange
        await self.until(lambda: exchange.agent.sessions == len(exchange.media) == 0, 2)
        return True

    def complaints(self) -> list[str]:
        """Tell what it could not take: nothing should be."""
        return ["messages were dropped"] * self.opened.server.incoming.dropped

    async def close(self) -> None:
        if self.telephones is not None:
            await self.telephones.close()
        await self.session.close()
        self.driver.close()
