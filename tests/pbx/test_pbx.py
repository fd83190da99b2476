"""One PBX as a whole: what it is made with, and that it shares nothing with another."""

from __future__ import annotations

import gc

import pytest

from pbxsim.clock.instant import HOUR, SECOND
from pbxsim.clock.scheduler import Scheduler
from pbxsim.engines.simulated.engine import SimulatedEngine
from pbxsim.engines.simulated.handset import SimulatedHandset
from pbxsim.pbx.account import Account, Tariff
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.cdr import RecordRules, RecordStyle
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.directory import Directory
from pbxsim.pbx.events import CdrClosed
from pbxsim.pbx.pbx import LONGEST_TALK, Pbx
from pbxsim.pbx.routes import NumberingPlan
from pbxsim.sinks.cdr_memory import CdrMemory
from pbxsim.testing.office import START, NoFiles, Office, extension


def _pbx(archive: CdrMemory, *, recent_calls: int = 2) -> Pbx:
    pbx = Pbx(
        name="shop",
        clock=Scheduler(START),
        seed=7,
        directory=Directory(extensions=[extension("100")], dialplans=[NumberingPlan(id=1, name="main")]),
        cdrs=archive,
        files=NoFiles(),
        accounts=[Account(name="till", credit=1, tariff=Tariff("none"), changed_at=0)],
        longest_talk=5 * SECOND,
        first_cdr=41,
        records=RecordRules(style=RecordStyle.CALL),
        recent_calls=recent_calls,
    )
    pbx.events.subscribe(CdrClosed, archive.on_cdr)
    return pbx


def test_a_pbx_is_what_it_was_made_with() -> None:
    archive = CdrMemory()
    pbx = _pbx(archive)
    assert (pbx.name, pbx.seed, pbx.clock.now, list(pbx.accounts)) == ("shop", 7, START, ["till"])
    assert pbx.calls.longest_talk == 5 * SECOND
    assert pbx.cdrs is archive
    assert pbx.handset is None


def test_records_are_numbered_from_the_first_that_was_asked_for_and_only_the_last_calls_are_remembered() -> None:
    archive = CdrMemory()
    pbx = _pbx(archive)
    pbx.connect_engine(SimulatedEngine(pbx))
    office = Office(extension("100"))
    for _ in range(3):
        call = pbx.calls.originate(office.order("100", "", first_to=pbx.dialplan.resolve("7", "main")))
        assert call.cause is HangupCause.UNALLOCATED
    assert [archive.get(number).call for number in (41, 42, 43)] == [1, 2, 3]
    assert [pbx.calls.find(number) is None for number in (1, 2, 3)] == [True, False, False]


@pytest.mark.slow
def test_a_call_that_is_remembered_no_more_leaves_nothing_to_the_collector() -> None:
    pbx = _pbx(CdrMemory(), recent_calls=100)
    pbx.connect_engine(SimulatedEngine(pbx))
    office = Office(extension("100"))
    order = office.order("100", "", first_to=pbx.dialplan.resolve("100", "main"))
    for _ in range(2):
        gc.collect()
        gc.disable()
        try:
            for _ in range(200):
                call = pbx.calls.originate(order)
                pbx.clock.run_until(pbx.clock.now + HOUR)
                assert call.is_over
                for leg in call.legs:
                    leg.engine_data = [leg]  # as engines do that ring real telephones: what they keep knows its leg
        finally:
            gc.enable()
    assert gc.collect() == 0
    assert len(pbx.calls.recent) == 100
    assert all(call.legs for call in pbx.calls.recent)


def test_unless_told_otherwise_a_talk_ends_after_four_hours_and_records_begin_at_one() -> None:
    office = Office(extension("100"))
    call = office.call("100", "990100000")
    office.finish()
    assert LONGEST_TALK == 4 * HOUR
    assert call.ended_at - call.bridged_at == 4 * HOUR
    assert office.cdr(call).id == 1
    assert office.pbx.calls.recent.maxlen == 10_000


def test_an_engine_may_come_with_a_hand_or_without() -> None:
    pbx = _pbx(CdrMemory())
    engine = SimulatedEngine(pbx)
    handset = SimulatedHandset(pbx, engine)
    pbx.connect_engine(engine, handset)
    assert pbx.handset is handset
    pbx.connect_engine(engine)
    assert pbx.handset is None


def test_two_pbxs_in_one_process_know_nothing_of_each_other() -> None:
    one, other = Office(extension("100")), Office(extension("100"))
    one.call("100", "990100000")
    one.advance(0)
    assert (one.pbx.calls.channels_made, other.pbx.calls.channels_made) == (2, 0)
    assert other.phones["100"].line.channels == []
    call = other.call("100", "990100005")
    other.finish()
    assert (call.number, other.cdr(call).channel) == (1, "SIP/sip100-00000001")
    assert one.clock.now == START
    assert one.phones["100"].line.channels[0].state is ChannelState.UP
