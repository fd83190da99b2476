"""The link or Asterisk itself fails amid a hundred calls: each leaves its record, none rings or lives on."""

from __future__ import annotations

import os
import signal
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.phones_settings import PhonesEntry, TurnEntry
from pbxsim.pbx.call import CallState
from pbxsim.pbx.routes import Trunk
from pbxsim.testing.office import Office, extension, line
from tests.engines.asterisk.proxy import AmiProxy
from tests.engines.asterisk.rig import AsteriskRig
from tests.engines.refusing import RefusingTelephone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from pbxsim.engines.asterisk.installation import AsteriskInstallation
    from pbxsim.pbx.call import Call

pytestmark = [pytest.mark.slow, pytest.mark.asterisk]

LIMIT = 10
"""Seconds of talk that each call may have, and of ringing."""

LATE = 3
"""Seconds by which a call may end later than its limit says, on a machine that others use."""

PATIENT = PhonesEntry(default=TurnEntry(ring=0, talk="never"))


class Trial:
    """A hundred calls of acted parties at an Asterisk behind a proxy, and a real telephone that never answers."""

    def __init__(self, rig: AsteriskRig, proxy: AmiProxy, telephone: RefusingTelephone) -> None:
        self.rig = rig
        self.proxy = proxy
        self.telephone = telephone
        self.calls: list[Call] = []

    def place(self, first: str, second: str) -> Call:
        """Have two called."""
        most, office = LIMIT * SECOND, self.rig.office
        call: Call = self.rig.do(
            lambda: office.call(first, second, talk_limit=most, first_timeout=most, second_timeout=most)
        )
        self.calls.append(call)
        return call

    async def begin(self) -> None:
        """Have eighty talk, ten wait for somebody who does not answer, and ten ring the real telephone."""
        for turn in range(10):
            for _ in range(8):
                self.place("100", "101")
            self.place("100", "990301000")
            self.place("102", "101")
            await self.rig.until(lambda turn=turn: self._count(CallState.TALKING) == 8 * (turn + 1))  # type: ignore[misc]
        await self.rig.until(lambda: self.telephone.ringing == 10)
        assert len(self.calls) == 100

    def wanted(self) -> int:
        """Tell in how many calls the real telephone is to ring now."""
        return sum(leg.peer == "sip102" for call in self.calls for leg in call.live_legs())

    def _count(self, state: CallState) -> int:
        return sum(call.state is state for call in self.calls)

    async def is_down(self) -> None:
        """Wait until the outage is noticed, and have calls asked for meanwhile, which fail at once."""
        await self.rig.until(lambda: not self.rig.opened.link.is_up, 6)
        for _ in range(10):
            late = self.place("102", "101")
            assert (late.is_over, self.rig.office.cdr(late).cause) == (True, 38)

    async def is_back(self) -> None:
        """Wait for the link."""
        await self.rig.until(lambda: self.rig.opened.link.is_up, 12)


async def killed(trial: Trial) -> None:
    """Asterisk is killed, and started again two seconds later."""
    trial.rig.exchange.process.kill()
    await trial.is_down()
    await trial.rig.elapse(2 * SECOND)
    trial.rig.exchange.process.start()
    await trial.is_back()


async def frozen(trial: Trial) -> None:
    """Asterisk is stopped, and goes on when that has been noticed; orders were on their way."""
    process = trial.rig.exchange.process.pid
    os.kill(process, signal.SIGSTOP)
    try:
        for _ in range(5):
            trial.place("102", "101")
        await trial.is_down()
    finally:
        os.kill(process, signal.SIGCONT)
    await trial.is_back()


async def cut(trial: Trial) -> None:
    """The connection breaks, and nobody is let in for two seconds."""
    trial.proxy.refuses = True
    trial.proxy.cut()
    await trial.is_down()
    await trial.rig.elapse(2 * SECOND)
    trial.proxy.refuses = False
    await trial.is_back()


async def half_open(trial: Trial) -> None:
    """All that is sent is swallowed, and no end is told, until two seconds after that was noticed."""
    trial.proxy.swallows = True
    for _ in range(5):
        trial.place("102", "101")
    await trial.is_down()
    await trial.rig.elapse(2 * SECOND)
    trial.proxy.swallows = False
    await trial.is_back()


async def slow(trial: Trial) -> None:
    """Everything is half a second late, both ways; calls are placed and given up meanwhile."""
    trial.proxy.delay = 0.5
    for turn in range(10):
        call = trial.place("102", "101")
        await trial.rig.elapse(turn * SECOND // 20)
        trial.rig.do(partial(trial.rig.office.pbx.calls.hang_up, call))
    await trial.rig.elapse(2 * SECOND)
    assert trial.rig.opened.link.is_up
    trial.proxy.delay = 0.0


@asynccontextmanager
async def begun(asterisk: AsteriskInstallation) -> AsyncIterator[Trial]:
    """Have the calls."""
    people = [
        extension(number, line(f"sip{number}", line_id=int(number), max_calls=500)) for number in ("100", "101", "102")
    ]
    proxy = AmiProxy()
    rig = AsteriskRig(
        asterisk,
        Office(*people, trunks=[Trunk(id=1, name="upc")]),
        simulated=("sip100", "sip101"),
        phones=PATIENT,
        has_telephones=False,
        ami_port=proxy.port,
    )
    await proxy.start(rig.exchange.login.port)
    telephone = RefusingTelephone("sip102", "486 Busy Here", after=3_600, rings=True, noted=lambda _what, _who: None)
    try:
        await rig.start()
        await telephone.register(rig.exchange.server, rig.exchange.secrets.line("sip102"))
        await rig.until(lambda: rig.office.directory.line("sip102").is_registered)
        trial = Trial(rig, proxy, telephone)
        await trial.begin()
        yield trial
    finally:
        telephone.close()
        await rig.close()
        await proxy.close()


@pytest.mark.parametrize("outage", [killed, frozen, cut, half_open, slow])
async def test_no_record_is_lost_nobody_rings_on_and_each_call_ends_in_time(
    asterisk: AsteriskInstallation, outage: Callable[[Trial], Awaitable[None]]
) -> None:
    async with begun(asterisk) as trial:
        rig = trial.rig
        await outage(trial)
        await rig.elapse(3 * SECOND // 2)
        assert trial.telephone.ringing == trial.wanted() or outage is killed, "a telephone rings for nobody"
        await rig.until(lambda: all(call.is_over for call in trial.calls), LIMIT + LATE)
        for call in trial.calls:
            assert call.ended_at - call.started_at <= (2 * LIMIT + LATE) * SECOND
        told = {cdr.call for cdr in rig.office.cdrs()}
        assert told == {call.number for call in trial.calls}
        await rig.elapse(SECOND // 2)
        assert await rig.channels() == []
        assert trial.telephone.ringing == 0 or outage is killed  # the dead tell no telephone: it gives up by itself
        assert not list(rig.opened.engine._legs), "legs are kept that nobody has"  # noqa: SLF001
        again = trial.place("100", "101")
        await rig.until(lambda: again.state is CallState.TALKING)


@pytest.mark.sip
async def test_what_telephones_did_while_the_link_was_down_is_read_when_it_is_back(
    asterisk: AsteriskInstallation,
) -> None:
    numbers = ("100", "101", "102", "103", "104")
    people = [extension(number, line(f"sip{number}", line_id=int(number))) for number in numbers]
    proxy = AmiProxy()
    rig = AsteriskRig(asterisk, Office(*people), ami_port=proxy.port)
    await proxy.start(rig.exchange.login.port)
    try:
        await rig.start()
        first, second, third, fourth, fifth = (rig.by_user[f"sip{number}"] for number in numbers)
        first.answers()
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        other: Call = rig.do(lambda: rig.office.call("103", "104"))
        await rig.until(lambda: second.calls and fourth.calls)
        proxy.refuses = True
        proxy.cut()
        await rig.until(lambda: not rig.opened.link.is_up)
        await second.calls[0].answer()
        await fourth.calls[0].answer()
        await third.dial("100")
        await rig.elapse(SECOND // 2)
        assert call.state is CallState.DIALING_SECOND
        proxy.refuses = False
        await rig.until(lambda: call.state is CallState.TALKING)
        await rig.until(third.is_quiet)  # nobody heard whom it dialled
        await rig.until(lambda: fifth.calls)
        assert list(rig.office.pbx.calls.live.values()) == [call, other]
        for each in (call, other):
            rig.do(partial(rig.office.pbx.calls.hang_up, each))
        await rig.until(rig.is_quiet)
    finally:
        await rig.close()
        await proxy.close()
