"""An Asterisk behind the offices that vendors' tests make, so that one test runs on both engines.

Such a test is no coroutine: it asks a vendor's interface, lets seconds go by, looks. At Asterisk they are real seconds:
the test runs in a greenlet, and wherever it lets time go by, the event loop has its turn. All telephones are acted
inside Asterisk, with sound, as the test says of them.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy.util.concurrency import await_only, greenlet_spawn

from pbxsim.clock.driver import ClockDriver
from pbxsim.clock.instant import seconds
from pbxsim.engines.asterisk.acted import Actors
from pbxsim.engines.asterisk.engine import AsteriskEngine
from pbxsim.engines.asterisk.handset import AsteriskHandset
from pbxsim.engines.asterisk.registrations import Registrations
from pbxsim.engines.simulated.behaviour import Behaviour, fixed
from pbxsim.testing.office import Office

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.asterisk.ami_login import AmiLogin
    from pbxsim.engines.asterisk.link import AmiLink
    from pbxsim.engines.simulated.behaviour import Rule

_SOON: Final = 0.25
"""Seconds within which Asterisk has done what takes no time elsewhere."""

_LONGEST: Final = 12.0
"""Seconds that a test may take."""


class AtAsterisk:
    """Has each office that a test makes work with the Asterisk at a login."""

    def __init__(self, login: AmiLogin, patch: pytest.MonkeyPatch) -> None:
        self._login = login
        self._links: dict[Office, AmiLink] = {}
        self._drivers: dict[Office, ClockDriver] = {}
        self._waiting: list[Office] = []
        self._is_running = False
        patch.setattr(Office, "_start_engine", self._start_engine_of())
        patch.setattr(Office, "set_rule", _set_rule)
        patch.setattr(Office, "advance", lambda office, span: self._advance(office, span))
        patch.setattr(Office, "finish", lambda office: self._finish(office))

    def run(self, test: Callable[[], None]) -> None:
        """Run a test."""
        asyncio.run(self._run(test))

    async def _run(self, test: Callable[[], None]) -> None:
        try:
            await greenlet_spawn(self._begun, test)
        finally:
            self._is_running = False
            for driver in self._drivers.values():
                driver.close()
            for link in self._links.values():
                await link.close()

    def _begun(self, test: Callable[[], None]) -> None:
        """Begin with the offices that fixtures have made, then with the test."""
        self._is_running = True
        for office in self._waiting:
            await_only(self._begin(office))
        test()

    def _start_engine_of(self) -> Callable[[Office], None]:
        def start(office: Office) -> None:
            # a name of its own: each engine hangs up what bears its PBX's name, and is not known to it
            office.pbx.name = f"office-{len(self._links)}-{len(self._waiting)}"
            acted = frozenset(office.directory.lines)
            actors = Actors(office.pbx, office._rules, Behaviour(ring=fixed(0), talk=None))  # noqa: SLF001 - as it does
            engine = AsteriskEngine(office.pbx, actors, Registrations(office.directory, acted), acted)
            handset = AsteriskHandset(office.pbx, engine, acted)
            office.use_engine(engine, handset)
            vars(office).update(engine=engine, handset=handset)
            if self._is_running:
                await_only(self._begin(office))
            elif office not in self._waiting:
                self._waiting.append(office)

        return start

    async def _begin(self, office: Office) -> None:
        from pbxsim.engines.asterisk.link import AmiLink

        engine: Any = office.engine
        if office not in self._links:
            driver = self._drivers[office] = ClockDriver(office.clock, rate=1, is_real_time=True)
            driver.start()
            link = self._links[office] = AmiLink(
                self._login,
                heard=lambda event: office.engine.heard(event),  # type: ignore[attr-defined]
                went_down=lambda: None,
                returned=_nothing,
            )
            await link.open(5)
        await engine.begin(self._links[office], self._present(office))

    def _present(self, office: Office) -> Callable[[Callable[[], object]], None]:
        driver = self._drivers[office]

        def present(act: Callable[[], object]) -> None:
            driver.catch_up()
            act()
            driver.rearm()

        return present

    def _advance(self, office: Office, span: float) -> None:
        if span > _LONGEST:
            pytest.skip(f"it lets {span:g} s go by, which are real ones at Asterisk")
        await_only(self._elapse(office, span + _SOON))

    async def _elapse(self, office: Office, span: float) -> None:
        driver = self._drivers[office]
        driver.rearm()
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=span)
        driver.catch_up()
        driver.rearm()

    def _finish(self, office: Office) -> None:
        await_only(self._finished(office))

    async def _finished(self, office: Office) -> None:
        ends = office.clock.now + seconds(_LONGEST)
        while office.pbx.calls.live:
            assert office.clock.now < ends, "a call does not end"
            await self._elapse(office, 0.02)


async def _nothing() -> None:
    return


def _set_rule(office: Office, rule: Rule) -> None:
    """Have a new engine act by one rule more: this one's are given to it when it is made."""
    office._rules.append(rule)  # noqa: SLF001 - as it does
    office._start_engine()  # noqa: SLF001
