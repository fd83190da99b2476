"""Simulated parties inside a real Asterisk: each outcome, many at once, and calls that are given up at once."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.asterisk.acted import variables
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed, plan, spelt
from pbxsim.engines.simulated.phones_settings import PhonesEntry, RuleEntry, TurnEntry
from pbxsim.pbx.call import CallState
from pbxsim.pbx.routes import Trunk
from pbxsim.testing.office import Office, extension, line
from tests.engines.asterisk.rig import AsteriskRig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pbxsim.engines.asterisk.installation import AsteriskInstallation
    from pbxsim.pbx.call import Call

PATIENT = PhonesEntry(default=TurnEntry(ring=0, talk="never"))
NUMBERS = ("990101002", "990201000", "990301000", "990401000", "990501000", "990601000", "990700002")


def busy_office() -> Office:
    """Make an office of two telephones that take any number of calls."""
    people = [extension(number, line(f"sip{number}", line_id=int(number), max_calls=500)) for number in ("100", "101")]
    return Office(*people, trunks=[Trunk(id=1, name="upc")])


@asynccontextmanager
async def at_work(asterisk: AsteriskInstallation) -> AsyncIterator[AsteriskRig]:
    """Have an office whose telephones are all acted: they answer at once, and never hang up."""
    office = busy_office()
    rig = await AsteriskRig(asterisk, office, simulated=("sip100", "sip101"), phones=PATIENT).start()
    try:
        yield rig
    finally:
        await rig.close()


def called(rig: AsteriskRig, second: str, ring: float = 30) -> Call:
    """Have the PBX call the first telephone, then a number."""
    call: Call = rig.do(lambda: rig.office.call("100", second, second_timeout=round(ring * SECOND)))
    return call


async def hung_up_when_it_talks(rig: AsteriskRig) -> None:
    """Have somebody outside call in, and be hung up as soon as the two are connected."""
    call: Call = rig.do(lambda: rig.office.incoming("777123456", "101"))
    await rig.until(lambda: call.state is CallState.TALKING)
    rig.do(lambda: rig.office.pbx.calls.hang_up(call))


def told(office: Office, call: Call) -> tuple[str, int, int]:
    """Give what a call's record says: disposition, cause, seconds of talk."""
    cdr = office.cdr(call)
    return str(cdr.disposition), int(cdr.cause), cdr.billsec


def test_a_fate_is_spelt_as_the_dialplan_reads_it() -> None:
    answers = plan(Behaviour(dialing=fixed(0.5), ring=fixed(2)))
    assert variables(answers) == ("PBXSIM_SILENT=0.500", "PBXSIM_RINGS=1", "PBXSIM_SETTLES=2.000", "PBXSIM_CAUSE=0")
    busy = spelt("990202000")
    assert busy is not None
    assert variables(plan(busy)) == (
        "PBXSIM_SILENT=0.000", "PBXSIM_RINGS=0", "PBXSIM_SETTLES=2.000", "PBXSIM_CAUSE=17",
    )  # fmt: skip
    silent = plan(Behaviour(outcome=Outcome.NO_ANSWER))
    assert variables(silent)[2:] == ("PBXSIM_SETTLES=86400.000", "PBXSIM_CAUSE=0")


@pytest.mark.slow
@pytest.mark.asterisk
async def test_each_outcome_leaves_the_record_that_it_leaves_where_all_is_simulated(
    asterisk: AsteriskInstallation,
) -> None:
    simulated = busy_office()
    wanted = [simulated.call("100", number, second_timeout=4 * SECOND) for number in NUMBERS]
    simulated.finish()
    async with at_work(asterisk) as rig:
        calls = [called(rig, number, ring=4) for number in NUMBERS]
        await rig.until(lambda: all(call.is_over for call in calls), 15)
        found = [told(rig.office, call) for call in calls]
        assert found == [told(simulated, call) for call in wanted]
        assert {cause for _, cause, _ in found} == {16, 17, 19, 1, 34, 21, 38}
        await rig.until(lambda: not rig.office.pbx.calls.live)
        await rig.elapse(SECOND // 5)
        assert await rig.channels() == []


@pytest.mark.slow
@pytest.mark.asterisk
async def test_a_hundred_calls_at_once_are_all_connected_and_all_end(asterisk: AsteriskInstallation) -> None:
    async with at_work(asterisk) as rig:
        calls = [called(rig, "101") for _ in range(100)]
        await rig.until(lambda: all(call.state is CallState.TALKING for call in calls), 20)
        for call in calls:
            rig.do(partial(rig.office.pbx.calls.hang_up, call))
        await rig.elapse(SECOND)
        assert await rig.channels() == []
        assert len(rig.office.cdrs()) == 100


@pytest.mark.slow
@pytest.mark.asterisk
async def test_somebody_outside_calls_in_and_talks_as_long_as_where_all_is_simulated(
    asterisk: AsteriskInstallation,
) -> None:
    simulated = busy_office()
    wanted = simulated.incoming("990101002", "101")
    assert wanted is not None
    simulated.finish()
    async with at_work(asterisk) as rig:
        call: Call = rig.do(lambda: rig.office.incoming("990101002", "101"))
        await rig.until(lambda: call.state is CallState.TALKING)
        await rig.elapse(SECOND // 2)
        assert len(await rig.channels()) == 4, "two simulated parties, of two halves each"
        await rig.until(lambda: call.is_over, 10)
        assert told(rig.office, call) == told(simulated, wanted) == ("ANSWERED", 16, 2)
        await rig.elapse(SECOND // 5)
        assert await rig.channels() == []


@pytest.mark.slow
@pytest.mark.asterisk
async def test_whoever_calls_in_and_is_hung_up_at_once_leaves_nothing(asterisk: AsteriskInstallation) -> None:
    async with at_work(asterisk) as rig:
        for _ in range(50):
            await hung_up_when_it_talks(rig)
        await rig.elapse(SECOND)
        assert await rig.channels() == []
        assert {told(rig.office, each)[0] for each in rig.office.pbx.calls.recent} == {"ANSWERED"}


@pytest.mark.slow
@pytest.mark.asterisk
async def test_calls_that_are_given_up_within_five_milliseconds_leave_nothing_ringing(
    asterisk: AsteriskInstallation,
) -> None:
    async with at_work(asterisk) as rig:
        for turn in range(100):
            call = called(rig, "101")
            if turn % 2:
                await rig.elapse(turn % 5 * SECOND // 1_000)
            rig.do(partial(rig.office.pbx.calls.hang_up, call))
        await rig.elapse(SECOND)
        assert await rig.channels() == []


@pytest.mark.slow
@pytest.mark.asterisk
async def test_somebody_outside_calls_talks_as_long_as_drawn_and_has_the_patience_that_is_drawn(
    asterisk: AsteriskInstallation,
) -> None:
    office = busy_office()
    rules = (
        RuleEntry(number="605000001", does=TurnEntry(talk=1)),
        RuleEntry(number="605000002", does=TurnEntry(patience=1)),
        RuleEntry(number="sip101", does=TurnEntry(outcome="no answer")),
    )
    phones = PhonesEntry(default=TurnEntry(ring=0, talk="never"), rules=rules)
    rig = await AsteriskRig(asterisk, office, simulated=("sip100", "sip101"), phones=phones).start()
    try:
        talks = rig.do(lambda: office.incoming("605000001", "100"))
        waits = rig.do(lambda: office.incoming("605000002", "101"))
        await rig.until(lambda: talks.is_over and waits.is_over)
        assert told(office, talks) == ("ANSWERED", 16, 1)
        assert told(office, waits)[0] == "NO ANSWER"
        assert office.cdr(waits).duration == 1
        await rig.elapse(SECOND // 2)
        assert await rig.channels() == []
        await rig.opened.link.close()
        late = rig.do(lambda: office.incoming("605000001", "100"))
        await rig.until(lambda: late.is_over)
        assert office.cdr(late).cause == 38
    finally:
        await rig.close()
