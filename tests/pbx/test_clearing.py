"""The end of calls and legs: who hangs up, what that ends, and what is over by when an engine is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.simulated.engine import SimulatedEngine
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.events import LegAnswered, LegEnded
from pbxsim.testing.office import Office, extension, line

if TYPE_CHECKING:
    from pbxsim.pbx.channel import Channel

NORMAL = HangupCause.NORMAL_CLEARING


@pytest.fixture
def office() -> Office:
    return Office(extension("100"), extension("101"), extension("102", line("desk"), line("mobile")))


# -- who hangs up ------------------------------------------------------------------------------------------------------


def test_the_first_party_gives_up_while_the_second_rings(office: Office) -> None:
    call = office.call("100", "990300000")
    office.advance(6)
    office.phones["100"].hangs_up()
    record = office.cdr(call)
    assert (record.disposition, record.cause, record.duration) == (Disposition.NO_ANSWER, NORMAL, 6)
    assert [leg.cause for leg in call.legs] == [NORMAL, NORMAL]
    office.finish()


def test_the_first_party_drops_away_while_the_second_rings(office: Office) -> None:
    call = office.call("100", "990300000")
    office.advance(6)
    office.pbx.calls.on_leg(call.legs[0], Report.FAILED, HangupCause.NETWORK_OUT_OF_ORDER)
    assert office.cdr(call).disposition is Disposition.NO_ANSWER
    assert office.cdr(call).cause is HangupCause.NETWORK_OUT_OF_ORDER
    office.finish()


@pytest.mark.parametrize(
    ("after", "state", "disposition"),
    [
        (1, CallState.DIALING_FIRST, Disposition.NO_ANSWER),
        (4, CallState.DIALING_SECOND, Disposition.NO_ANSWER),
        (7, CallState.TALKING, Disposition.ANSWERED),
    ],
)
def test_a_call_can_be_hung_up_from_inside_at_any_time(
    office: Office, after: float, state: CallState, disposition: Disposition
) -> None:
    office.phones["100"].answers(after=3)
    call = office.call("100", "990103000")
    office.advance(after)
    before = call.state
    office.pbx.calls.hang_up(call, HangupCause.NORMAL_TEMPORARY_FAILURE)
    assert (before, call.state) == (state, CallState.ENDED)
    record = office.cdr(call)
    assert (record.disposition, record.cause) == (disposition, HangupCause.NORMAL_TEMPORARY_FAILURE)
    assert all(leg.cause is HangupCause.NORMAL_TEMPORARY_FAILURE for leg in call.legs)
    office.finish()


@pytest.mark.parametrize(("to", "peers"), [("990100000", ["sip100"]), ("101", ["sip100", "sip101"])])
def test_who_hears_of_an_answer_may_hang_up_at_once(office: Office, to: str, peers: list[str]) -> None:
    def hear(event: LegAnswered) -> None:
        if event.channel.peer == peers[-1]:
            office.pbx.calls.hang_up_channel(event.channel)

    office.pbx.events.subscribe(LegAnswered, hear)
    call = office.call("100", to)
    office.finish()
    assert [leg.peer for leg in call.legs] == peers
    assert (call.state, office.cdr(call).disposition) == (CallState.ENDED, Disposition.NO_ANSWER)


def test_hanging_up_what_is_over_changes_nothing(office: Office) -> None:
    call = office.call("100", "990100005")
    office.finish()
    told = len(office.heard)
    office.pbx.calls.hang_up(call, HangupCause.USER_BUSY)
    office.pbx.calls.hang_up_channel(call.legs[0], HangupCause.USER_BUSY)
    assert len(office.heard) == told
    assert call.cause is NORMAL


@pytest.mark.parametrize("leg", [0, 1])
def test_hanging_up_one_channel_of_a_conversation_ends_the_call(office: Office, leg: int) -> None:
    call = office.call("100", "990100000")
    office.advance(4)
    office.pbx.calls.hang_up_channel(call.legs[leg])
    assert call.is_over
    assert office.cdr(call).billsec == 4
    office.finish()


def test_hanging_up_the_only_channel_that_rings_ends_the_call_as_unanswered(office: Office) -> None:
    office.phones["100"].never_answers()
    call = office.call("100", "800123456")
    office.pbx.calls.hang_up_channel(call.legs[0])
    assert (office.cdr(call).disposition, office.cdr(call).cause) == (Disposition.NO_ANSWER, NORMAL)
    office.finish()


def test_hanging_up_one_of_several_channels_that_ring_leaves_the_others(office: Office) -> None:
    office.phones["desk"].never_answers()
    office.phones["mobile"].answers(after=5)
    call = office.call("102", "990100003")
    office.pbx.calls.hang_up_channel(call.legs[0])
    assert (call.is_over, call.legs[0].is_live, call.legs[1].is_live) == (False, False, True)
    office.finish()
    assert office.cdr(call).disposition is Disposition.ANSWERED


# -- what is over by when ----------------------------------------------------------------------------------------------


class Looking(SimulatedEngine):
    """Notes, of each leg that it is to hang up, what is left of its call by then."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.pbx)
        self.office = office
        self.seen: list[tuple[str, bool, int, int]] = []

    def hang_up(self, channel: Channel, cause: HangupCause) -> None:
        """Note it, and hang up."""
        call = channel.call
        self.seen.append((channel.peer, call.is_over, len(self.office.cdrs()), in_use(self.office)))
        super().hang_up(channel, cause)


def in_use(office: Office) -> int:
    (trunk,) = office.pbx.directory.trunks.values()
    return len(office.pbx.calls.live) + len(office.phones["100"].line.channels) + trunk.in_use


def test_an_engine_is_told_when_the_call_is_written_down_and_nothing_is_used_by_it_any_more(office: Office) -> None:
    engine = Looking(office)
    office.use_engine(engine)
    call = office.call("100", "990100000")
    office.advance(4)
    assert (call.state, in_use(office)) == (CallState.TALKING, 3)
    office.pbx.calls.hang_up(call)
    assert engine.seen == [("sip100", True, 1, 0), ("upc", True, 1, 0)]


@pytest.mark.parametrize(("leg", "order"), [(0, ["sip100", "upc"]), (1, ["upc", "sip100"])])
def test_the_leg_that_hung_up_ends_before_the_other(office: Office, leg: int, order: list[str]) -> None:
    call = office.call("100", "990100000")
    office.advance(4)
    office.pbx.calls.hang_up_channel(call.legs[leg])
    assert [event.channel.peer for event in office.heard if isinstance(event, LegEnded)] == order
