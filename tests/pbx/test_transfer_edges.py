"""Transfers at their edges: who pays, what queues and spies make of them, what late reports do to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx import transfer
from pbxsim.pbx.account import UNIT, Account, ChargeBasis, Rate, Tariff
from pbxsim.pbx.announcements import MemberRules
from pbxsim.pbx.call import CallKind, CallState
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import RecordRules, RecordStyle
from pbxsim.pbx.channel import Report
from pbxsim.pbx.routes import Did, Step, Trunk
from pbxsim.testing.referee import Referee
from pbxsim.testing.scripted_engine import SILENCE, Deed, ScriptedEngine, at_once
from tests.pbx.call_centre import CallCentre, queue
from tests.pbx.talks import BOSS, EVER, blind, office_of, talking

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.testing.office import Office


@pytest.fixture
def office() -> Office:
    return office_of()


# -- money -------------------------------------------------------------------------------------------------------------

_PRICES = Tariff("prices", (Rate(per_minute=UNIT, step_seconds=1),))


@pytest.mark.parametrize(("basis", "seconds"), [(ChargeBasis.LEG, 30), (ChargeBasis.CONVERSATION, 30)])
def test_a_leg_that_a_transfer_dialled_is_charged_for_its_own_time(basis: ChargeBasis, seconds: int) -> None:
    account = Account(name="shop", credit=UNIT, tariff=_PRICES, changed_at=0)
    office = office_of(accounts=[account])
    call = office.call("101", "100", account=account, charge_basis=basis)
    office.advance(10)
    assert call.second is not None
    blind(office, call.second, EVER)
    office.advance(30)
    office.pbx.calls.hang_up(call)
    assert [(charge.number, charge.seconds) for charge in office.pbx.ledger.charges("shop")] == [(EVER, seconds)]


@pytest.mark.parametrize(("basis", "expected"), [(ChargeBasis.LEG, 25), (ChargeBasis.CONVERSATION, 25)])
def test_a_leg_brought_by_an_attended_transfer_is_charged_once_to_whoever_had_it_dialled(
    basis: ChargeBasis, expected: int
) -> None:
    shop, bank = (Account(name=name, credit=UNIT, tariff=_PRICES, changed_at=0) for name in ("shop", "bank"))
    office = office_of(accounts=[shop, bank])
    first = office.call("100", EVER, account=shop, charge_basis=basis)
    office.advance(10)
    second = office.call("100", BOSS, account=bank, charge_basis=basis)
    office.advance(5)
    assert first.first is not None
    assert second.first is not None
    assert transfer.attended(office.pbx.calls, first.first, second.first)
    assert [*office.pbx.ledger.charges("shop"), *office.pbx.ledger.charges("bank")] == []
    office.advance(20)
    office.pbx.calls.hang_up(first)
    assert [(charge.number, charge.seconds, charge.call) for charge in office.pbx.ledger.charges("bank")] == [
        (BOSS, expected, 1)
    ]
    assert [(charge.number, charge.seconds) for charge in office.pbx.ledger.charges("shop")] == [(EVER, 35)]


# -- queues and spies --------------------------------------------------------------------------------------------------


def test_a_queue_counts_a_caller_whom_its_agent_transfers_as_completed_then() -> None:
    centre = CallCentre(queue("anna"))
    centre.answers("anna")
    call = centre.calls()
    centre.advance(12)
    assert call.second is not None
    assert blind(centre, call.second, "900")
    figures = centre.pbx.queues.named("sales").figures
    assert (figures.completed, figures.talk_time, call.hunt) == (1, 12, None)
    centre.advance(60)
    centre.pbx.calls.hang_up(call)
    assert (figures.completed, figures.abandoned) == (1, 0)
    centre.finish()


def test_a_caller_can_be_transferred_from_one_queue_into_another() -> None:
    did = Did(number="299555", context="in", step=Step(queue="support"))
    centre = CallCentre(queue("anna"), queue("ben", name="support"), dids=[did])
    centre.answers("anna")
    call = centre.calls()
    centre.advance(40)
    assert call.second is not None
    assert blind(centre, call.second, "299555")
    (waiter,) = centre.pbx.queues.named("support").waiters
    assert (waiter.caller_number, call.state) == ("605000001", CallState.TRANSFERRING)
    centre.advance(8)
    centre.phones["ben"].picks_up()
    centre.advance(20)
    centre.pbx.calls.hang_up(call)
    sales, support = (centre.pbx.queues.named(name).figures for name in ("sales", "support"))
    assert (sales.completed, sales.talk_time) == (1, 40)
    assert (support.completed, support.hold_time, support.talk_time) == (1, 8, 20)
    assert centre.cdr(call).billsec == 68
    centre.finish()


def test_a_caller_who_hangs_up_while_waiting_in_the_second_queue_is_abandoned_there() -> None:
    did = Did(number="299555", context="in", step=Step(queue="support"))
    centre = CallCentre(queue("anna"), queue(name="support"), dids=[did])
    centre.answers("anna")
    call = centre.calls()
    centre.advance(1)
    assert call.second is not None
    blind(centre, call.second, "299555")
    centre.pbx.calls.hang_up(call)
    figures = centre.pbx.queues.named("support").figures
    assert (figures.abandoned, figures.completed) == (1, 0)
    assert centre.cdr(call).disposition is Disposition.ANSWERED
    centre.finish()


def test_a_member_who_had_to_hear_something_talks_since_then_though_the_caller_had_talked_before() -> None:
    did = Did(number="299555", context="in", step=Step(queue="support"))
    hears = MemberRules(delay=3 * SECOND)
    queues = queue("anna", "cyril"), queue("ben", name="support", member_hears=hears)
    centre = CallCentre(*queues, dids=[did])
    centre.pbx.calls.records = RecordRules(style=RecordStyle.ASTERISK)
    referee = Referee(centre.pbx)
    for name in ("anna", "cyril", "ben"):
        centre.answers(name)
    call, handed_on = centre.calls(), centre.calls(caller="605000002")
    centre.advance(10)
    assert handed_on.second is not None
    assert blind(centre, handed_on.second, "299555")
    centre.advance(5)
    assert call.first is not None
    assert handed_on.first is not None
    assert transfer.attended(centre.pbx.calls, call.first, handed_on.first)
    before, with_ben = [cdr for cdr in centre.cdrs() if cdr.call == handed_on.number]
    assert (before.end - before.talk, with_ben.end - with_ben.talk) == (10 * SECOND, 2 * SECOND)
    referee.check()


def test_a_spy_on_the_leg_that_leaves_stops_and_one_on_the_leg_that_stays_goes_on(office: Office) -> None:
    call, own, outside = talking(office)
    left = office.call("101", kind=CallKind.SPY, spied_channel=own)
    stayed = office.call("102", kind=CallKind.SPY, spied_channel=outside)
    office.advance(0)
    blind(office, own, "990300000")
    assert (left.is_over, stayed.is_over) == (True, False)
    office.pbx.calls.hang_up(call)
    assert stayed.is_over


# -- engines that speak late, twice, out of order ----------------------------------------------------------------------


def _scripted(part: Deed = SILENCE) -> tuple[Office, ScriptedEngine, Referee, Call]:
    office = office_of(trunks=[Trunk(id=1, name="upc", capacity=4)])
    engine = ScriptedEngine(office.pbx, part=[part])
    office.use_engine(engine)
    referee = Referee(office.pbx)
    call = office.call("100", "800123456")
    engine.say(0, Report.ANSWERED)
    engine.say(1, Report.ANSWERED)
    return office, engine, referee, call


@pytest.mark.parametrize("report", list(Report))
def test_what_is_said_of_the_leg_that_left_changes_nothing(report: Report) -> None:
    office, engine, referee, call = _scripted()
    assert blind(office, call.legs[0], "101")
    assert engine.parted == [call]
    assert engine.hung_up[-1][0] is call.legs[0]
    engine.say(0, report)
    referee.check()
    states = [call.state]
    engine.say(2, Report.ANSWERED)
    engine.say(0, report)
    engine.say(2, Report.ANSWERED)
    assert [*states, call.state] == [CallState.TRANSFERRING, CallState.TALKING]
    engine.say(1, Report.HUNG_UP)
    office.finish()
    referee.check()
    assert len(office.cdrs()) == 1


def test_an_engine_that_ends_the_call_while_it_parts_it_is_believed() -> None:
    office, _, referee, call = _scripted(at_once(Report.HUNG_UP))
    assert blind(office, call.legs[0], "101")
    assert call.is_over
    assert len(call.legs) == 2
    referee.check()


def test_an_engine_that_ends_the_held_party_while_calls_are_joined_is_believed() -> None:
    office, engine, referee, call = _scripted(at_once(Report.HUNG_UP))
    engine.say(0, Report.HELD)
    consultation = office.dials("sip100", "102")
    assert consultation is not None
    engine.say(3, Report.ANSWERED)
    assert transfer.attended(office.pbx.calls, call.legs[0], consultation.legs[0])
    assert (call.is_over, consultation.is_over) == (True, True)
    assert len(office.cdrs()) == 2
    office.finish()
    referee.check()
