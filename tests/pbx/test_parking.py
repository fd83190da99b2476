"""Call parking: into a slot by a transfer, out of it by dialling, by a time-out, or by giving up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.account import Account, Rate, Tariff
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.cdr import CdrQuery, RecordRules
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.events import CallParked, CallUnparked
from pbxsim.pbx.parking import ParkingLot
from pbxsim.pbx.routes import Context
from pbxsim.testing.office import Office, extension
from pbxsim.testing.referee import Referee

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr

LOT = ParkingLot(name="default", extension="700", first=701, last=702, time_out=45 * SECOND, come_back=30 * SECOND)


class Desk(Office):
    """Three telephones, a lot of two slots, callers outside, and a referee."""

    def __init__(self, **more: object) -> None:
        super().__init__(
            *(extension(number) for number in ("100", "101", "102")),
            contexts=[Context(name="in", dialplan="main")],
            lots=[LOT],
            records=RecordRules(),
            **more,  # type: ignore[arg-type]  # whatever Office takes
        )
        self.referee = Referee(self.pbx, self.engine)

    def parked(self, caller: str = "605000001", by: str = "100") -> Call:
        """Have somebody outside call a telephone, which parks the call."""
        call = self.calls_in(caller, by)
        self.advance(5)
        self.handset.transfer(self.phones[by].line, "700")
        self.referee.check()
        return call

    def slots(self) -> dict[int, int]:
        """Tell which call is in which slot."""
        return {parked.slot: parked.call.number for parked in self.pbx.parking[0]}

    def left(self) -> list[tuple[int, str]]:
        """Tell how slots were left."""
        return [(event.slot, event.how) for event in self.heard if isinstance(event, CallUnparked)]

    def rows(self, call: Call) -> list[tuple[str, str, str, str, str, int]]:
        """Give what is written down of a call."""
        return [_row(cdr) for cdr in self.archive.find(CdrQuery(call=call.number))]


def _row(cdr: Cdr) -> tuple[str, str, str, str, str, int]:
    return cdr.first_peer, cdr.second_peer, cdr.last_app, cdr.last_data, cdr.dst, cdr.billsec


def test_who_is_handed_on_to_the_lot_waits_in_its_first_slot() -> None:
    desk = Desk()
    call = desk.parked()
    assert (call.state, desk.slots(), desk.phones["100"].line.channels) == (CallState.TRANSFERRING, {701: 1}, [])
    (event,) = [event for event in desk.heard if isinstance(event, CallParked)]
    assert (event.call, event.lot, event.slot, event.until) == (call, "default", 701, desk.clock.now + 45 * SECOND)


def test_who_dials_the_slot_is_connected_and_the_rows_are_parks_and_parkedcalls() -> None:
    desk = Desk()
    call = desk.parked()
    desk.advance(10)
    taken = desk.handset.dial(desk.phones["102"].line, "701")
    desk.referee.check()
    assert (taken.state, call.is_over, desk.slots(), desk.left()) == (
        CallState.TALKING, True, {}, [(701, "retrieved")]
    )  # fmt: skip
    assert [leg.peer for leg in (taken.first, taken.second) if leg is not None] == ["sip102", "upc"]
    desk.advance(7)
    desk.phones["102"].hangs_up()
    desk.referee.check()
    assert desk.rows(call) == [
        ("upc", "sip100", "Dial", "SIP/sip100,30,", "700", 5),
        ("upc", "", "Park", "default:701", "700", 10),
    ]
    assert desk.rows(taken) == [("sip102", "upc", "ParkedCall", "default,701", "701", 7)]
    desk.finish()


def test_slots_are_given_in_turn_and_a_full_lot_leaves_the_two_talking() -> None:
    desk = Desk()
    first, second = desk.parked("605000001"), desk.parked("605000002", "101")
    assert desk.slots() == {701: first.number, 702: second.number}
    third = desk.calls_in("605000003", "102")
    desk.advance(0)
    with pytest.raises(NothingToDo):
        desk.handset.transfer(desk.phones["102"].line, "700")
    assert third.state is CallState.TALKING
    desk.pbx.calls.hang_up(first)
    desk.handset.transfer(desk.phones["102"].line, "700")
    assert desk.slots() == {701: third.number, 702: second.number}
    desk.pbx.calls.hang_up(third)
    desk.pbx.calls.hang_up(second)
    desk.parked("605000004")
    assert list(desk.slots()) == [702]  # behind the one that was given last


def test_when_nobody_comes_the_telephone_that_parked_is_rung() -> None:
    desk = Desk()
    desk.phones["100"].answers(after=4, talks=None)
    desk.referee = Referee(desk.pbx, desk.engine)
    call = desk.calls_in("605000001", "100")
    desk.advance(9)
    desk.handset.transfer(desk.phones["100"].line, "700")
    desk.advance(45)
    desk.referee.check()
    assert desk.left() == [(701, "timeout")]
    assert [leg.peer for leg in call.ringing_legs()] == ["sip100"]
    desk.advance(10)
    assert call.state is CallState.TALKING
    desk.pbx.calls.hang_up(call)
    desk.referee.check()
    assert desk.rows(call) == [
        ("upc", "sip100", "Dial", "SIP/sip100,30,", "700", 5),
        ("upc", "", "Park", "default:701", "700", 45),
        ("upc", "sip100", "Dial", "SIP/sip100,30,", "SIP_sip100", 10),
    ]


def test_where_it_does_not_answer_the_call_is_over() -> None:
    desk = Desk()
    call = desk.parked()
    desk.handset.do_not_disturb(desk.phones["100"].line, on=True)
    desk.advance(45)
    assert (call.state, call.cause) == (CallState.ENDED, HangupCause.USER_BUSY)
    desk.referee.check()
    desk.finish()


def test_a_parked_caller_may_give_up() -> None:
    desk = Desk()
    call = desk.parked()
    desk.advance(20)
    assert call.first is not None
    desk.pbx.calls.hang_up_channel(call.first)
    desk.referee.check()
    assert (desk.slots(), desk.left()) == ({}, [(701, "gave up")])
    assert desk.rows(call)[1] == ("upc", "", "Park", "default:701", "700", 20)
    desk.finish()


def test_who_dials_the_lot_is_parked_itself_and_is_rung_when_time_is_up() -> None:
    desk = Desk()
    call = desk.handset.dial(desk.phones["100"].line, "700")
    desk.referee.check()
    assert desk.slots() == {701: call.number}
    taken = desk.handset.dial(desk.phones["101"].line, "701")
    desk.referee.check()
    assert [leg.peer for leg in (taken.first, taken.second) if leg is not None] == ["sip101", "sip100"]
    desk.phones["100"].hangs_up()
    assert desk.rows(call) == [("sip100", "", "Park", "default:701", "700", 0)]
    call = desk.handset.dial(desk.phones["100"].line, "700")
    desk.advance(45)
    desk.referee.check()
    assert [leg.peer for leg in call.ringing_legs()] == ["sip100"]


@pytest.mark.parametrize("slot", ["701", "702"])
def test_an_empty_slot_says_so_and_hangs_up(slot: str) -> None:
    desk = Desk()
    call = desk.handset.dial(desk.phones["100"].line, slot)
    assert call.state is CallState.TALKING
    desk.advance(2)
    assert (call.state, call.ended_by) == (CallState.ENDED, None)
    assert desk.rows(call) == [("sip100", "", "ParkedCall", f"default,{slot}", slot, 2)]
    desk.referee.check()


def test_a_full_lot_tells_who_dials_it_so() -> None:
    desk = Desk()
    desk.parked("605000001"), desk.parked("605000002", "101")
    call = desk.handset.dial(desk.phones["102"].line, "700")
    desk.advance(2)
    assert call.is_over
    assert desk.rows(call) == [("sip102", "", "Park", "default", "700", 2)]


def test_who_parked_may_take_the_call_back_and_park_it_again() -> None:
    desk = Desk()
    desk.parked()
    taken = desk.handset.dial(desk.phones["100"].line, "701")
    desk.advance(1)
    desk.handset.transfer(desk.phones["100"].line, "700")
    desk.referee.check()
    assert desk.slots() == {702: taken.number}
    last = desk.handset.dial(desk.phones["101"].line, "702")
    desk.advance(3)
    desk.pbx.calls.hang_up(last)
    desk.referee.check()
    assert [row[2] for row in desk.rows(taken)] == ["ParkedCall", "Park"]
    desk.finish()


def test_an_attended_transfer_to_the_lot_parks_too() -> None:
    desk = Desk()
    call = desk.calls_in("605000001", "100")
    desk.advance(0)
    desk.handset.consult(desk.phones["100"].line, "700")
    desk.handset.complete(desk.phones["100"].line)
    desk.referee.check()
    assert desk.slots() == {702: call.number}
    assert desk.phones["100"].line.channels == []


def test_somebody_outside_without_a_numbering_plan_cannot_dial_slots() -> None:
    desk = Desk(dialplans=("main", "other"))
    call = desk.call("100", "701", context="nowhere")
    assert call.cause is HangupCause.NO_ROUTE_DESTINATION


def test_a_leg_that_was_paid_for_before_it_was_parked_is_charged_once_to_its_end() -> None:
    account = Account(
        name="till",
        tariff=Tariff(name="t", rates=(Rate(prefix="", per_minute=60_000_000),)),
        credit=10**9,
        changed_at=0,
    )
    desk = Desk(accounts=[account])
    desk.call("100", "605000001", account=account)
    desk.advance(5)
    desk.handset.transfer(desk.phones["100"].line, "700")
    desk.advance(10)
    taken = desk.handset.dial(desk.phones["101"].line, "701")
    desk.advance(5)
    desk.pbx.calls.hang_up(taken)
    charges = [entry for entry in desk.pbx.ledger.of("till") if entry.call]
    assert [(entry.call, entry.seconds) for entry in charges] == [(taken.number, 20)]
    desk.referee.check()
