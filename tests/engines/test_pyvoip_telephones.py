"""Telephones of pyVoIP, in processes of their own: they do what rules say, at our registrar or Asterisk's."""

from __future__ import annotations

import os
import signal
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.line_settings import LineEntry
from pbxsim.engines.pyvoip_telephones import PATIENCE
from pbxsim.engines.simulated.phones_settings import PhonesEntry, RuleEntry, TurnEntry
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.testing.office import Office, extension, line
from tests.engines.asterisk.rig import AsteriskRig
from tests.engines.sip.rig import PASSWORD, SipRig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from typing import TypeAlias

    from pbxsim.engines.asterisk.installation import AsteriskInstallation
    from pbxsim.pbx.call import Call
    from tests.engines.real_rig import RealRig

    Has: TypeAlias = "Callable[..., AbstractAsyncContextManager[RealRig]]"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sip,
    pytest.mark.skipif(find_spec("pyVoIP") is None, reason="no telephones of pyVoIP: pip install 'pbxsim[sip]'"),
]

ONLY_SIP = pytest.mark.parametrize("office_of", ["sip"], indirect=True)
"""For what has to be looked at within the engine."""

RULES = PhonesEntry(
    default=TurnEntry(ring=1, talk="never"),
    rules=(
        RuleEntry(number="102", does=TurnEntry(ring=1, talk=2)),
        RuleEntry(number="103", does=TurnEntry(outcome="busy", ring=1)),
        RuleEntry(number="104", does=TurnEntry(outcome="reject", ring=1)),
        RuleEntry(number="105", does=TurnEntry(outcome="no answer")),
    ),
)


@pytest.fixture(params=[pytest.param("asterisk", marks=pytest.mark.asterisk), "sip"])
def office_of(request: pytest.FixtureRequest) -> Has:
    """Give what has an office at each engine, whose telephones are pyVoIP's."""
    here = request.getfixturevalue("asterisk") if request.param == "asterisk" else None

    @asynccontextmanager
    async def has(*numbers: str) -> AsyncIterator[RealRig]:
        office = Office(*(extension(number, line(f"sip{number}", registered=False)) for number in numbers))
        rig = await (_at_sip(office).start() if here is None else _at_asterisk(here, office).start())
        try:
            await rig.until(lambda: all(each.is_registered for each in office.directory.lines.values()))
            yield rig
        finally:
            await rig.close()

    return has


def _at_sip(office: Office) -> SipRig:
    lines = tuple(LineEntry(line=user, secret=PASSWORD, telephone="pyvoip") for user in office.directory.lines)
    return SipRig(office, phones=RULES, has_telephones=False, lines=lines)


def _at_asterisk(here: AsteriskInstallation, office: Office) -> AsteriskRig:
    return AsteriskRig(here, office, phones=RULES, has_telephones=False, pyvoip=tuple(office.directory.lines))


async def ended(rig: RealRig, call: Call) -> HangupCause:
    """Wait for the end of a call, and tell why it came."""
    await rig.until(lambda: call.is_over)
    return rig.office.cdr(call).cause


async def idle(rig: RealRig) -> None:
    """Wait until nothing is left of any call, for as long as a telephone may take."""
    for _ in range(int(PATIENCE * 20)):
        if await rig.is_idle():
            return
        await rig.elapse(SECOND // 20)
    raise AssertionError("something is left of a call")


async def test_a_call_is_answered_and_hung_up_as_its_rule_says(office_of: Has) -> None:
    async with office_of("100", "102") as rig:
        call = rig.do(lambda: rig.office.call("100", "102"))
        await rig.until(lambda: call.state is CallState.TALKING)
        assert await ended(rig, call) is HangupCause.NORMAL_CLEARING
        assert rig.office.cdr(call).billsec in (2, 3, 4)
        await idle(rig)


@pytest.mark.parametrize(("number", "cause"), [("103", HangupCause.USER_BUSY), ("104", HangupCause.CALL_REJECTED)])
async def test_a_refusal_says_why(office_of: Has, number: str, cause: HangupCause) -> None:
    async with office_of("100", number) as rig:
        call = rig.do(lambda: rig.office.call("100", number))
        assert await ended(rig, call) is cause


async def test_who_gives_up_is_answered_by_nobody_and_the_telephone_takes_the_next_call(office_of: Has) -> None:
    async with office_of("100", "105") as rig:
        first = rig.do(lambda: rig.office.call("105", "100"))
        await rig.until(lambda: first.legs[0].ringing_at)
        processes = rig.opened.voip.processes
        rig.do(lambda: rig.office.pbx.calls.hang_up(first))
        await idle(rig)
        second = rig.do(lambda: rig.office.call("100", "100"))
        await rig.until(lambda: second.legs[0].is_up)
        assert rig.opened.voip.processes == processes


@ONLY_SIP
async def test_both_say_something(office_of: Has) -> None:
    async with office_of("100", "101") as rig:
        call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: call.state is CallState.TALKING)
        loud: dict[str, int] = {}
        for channel in (call.first, call.second):
            party = channel.engine_data.party
            party.said.append(
                lambda samples, user=channel.line.user: loud.update({user: loud.get(user, 0) + any(samples)})
            )
            party.listened()
        await rig.until(lambda: min(loud.get("sip100", 0), loud.get("sip101", 0)) > 20)


@ONLY_SIP
async def test_a_process_that_ends_is_begun_anew_and_its_telephones_register_again(office_of: Has) -> None:
    async with office_of("100", "102") as rig:
        (before,) = rig.opened.voip.processes
        os.kill(before, signal.SIGKILL)
        registrar = rig.opened.registrations.registrar  # which knows those of before until their time is over
        await rig.until(lambda: all(len(registrar.contacts(user)) == 2 for user in ("sip100", "sip102")))
        call = rig.do(lambda: rig.office.call("100", "102"))
        await rig.until(lambda: call.state is CallState.TALKING)
        assert before not in rig.opened.voip.processes


async def test_a_telephone_that_does_not_let_go_of_its_call_has_its_process_begun_anew(office_of: Has) -> None:
    async with office_of("100", "101") as rig:
        call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: call.state is CallState.TALKING)
        (before,) = rig.opened.voip.processes
        os.kill(before, signal.SIGSTOP)
        rig.do(lambda: rig.office.pbx.calls.hang_up(call))
        await rig.until(lambda: rig.opened.voip.processes not in ([], [before]), 10)


async def test_the_end_of_one_call_at_a_telephone_leaves_its_other_one_alone(office_of: Has) -> None:
    async with office_of("100", "101", "103") as rig:
        first = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: first.state is CallState.TALKING)
        second = rig.do(lambda: rig.office.call("100", "103"))
        assert await ended(rig, second) is HangupCause.USER_BUSY
        await rig.elapse(3 * SECOND)  # longer than a telephone has to let go
        assert first.state is CallState.TALKING
