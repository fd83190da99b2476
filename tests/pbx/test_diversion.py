"""Diversions: whose telephone rings instead, when, and how far a call is sent round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.diversion import MOST
from pbxsim.pbx.events import CallDiverted
from pbxsim.pbx.extension import Diversion
from pbxsim.pbx.routes import Context, OutboundRoute, Step, Trunk
from pbxsim.testing.office import Office, extension, line
from tests.pbx.call_centre import CallCentre, queue

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call


@pytest.fixture
def office() -> Office:
    upc = Trunk(id=1, name="upc")
    out = OutboundRoute(id=1, name="out", patterns=("_XXXXXX.",), trunks=(upc,))
    plays = (("55", Step(play_seconds=25)),)
    return Office(
        extension("100", line("sip100", max_calls=1)),
        extension("101"),
        extension("102", line("desk"), line("mobile")),
        extension("103", line("away", registered=False)),
        trunks=[upc],
        routes=[out],
        contexts=[Context(name="main", dialplan="main", entries=plays, routes=(out,))],
    )


def _divert(office: Office, user: str, **wishes: str) -> None:
    office.phones[user].line.diversion = Diversion(**wishes, after=10 * SECOND)


def _called(office: Office, number: str = "100") -> Call:
    call = office.incoming("605000111", number, context="main")
    assert call is not None
    return call


def _rung(call: Call) -> list[str]:
    return [leg.peer for leg in call.legs[1:]]


def _reasons(office: Office) -> list[tuple[str, str, str]]:
    return [(event.line.user, event.to, event.why) for event in office.heard if isinstance(event, CallDiverted)]


def test_with_always_only_the_other_telephone_rings_and_sees_who_calls(office: Office) -> None:
    _divert(office, "100", always="101")
    call = _called(office)
    assert (_rung(call), call.legs[1].shown_number) == (["sip101"], "")
    assert _reasons(office) == [("sip100", "101", "always")]
    office.advance(0)
    assert call.state is CallState.TALKING


def test_a_busy_telephone_diverts_what_it_has_no_room_for(office: Office) -> None:
    _divert(office, "100", busy="101")
    office.dials("sip100", "990100000")
    assert _rung(_called(office)) == ["sip101"]
    assert _reasons(office) == [("sip100", "101", "busy")]


@pytest.mark.parametrize("how", ["is_busy", "rejects"])
def test_a_call_that_is_refused_goes_on_elsewhere(office: Office, how: str) -> None:
    _divert(office, "100", busy="101")
    getattr(office.phones["100"], how)(after=4)
    call = _called(office)
    office.advance(3)
    assert _rung(call) == ["sip100"]
    office.advance(1)
    assert (_rung(call), call.state) == (["sip100", "sip101"], CallState.TALKING)
    office.pbx.calls.hang_up(call)
    assert office.cdr(call).disposition is Disposition.ANSWERED
    office.finish()


def test_a_telephone_that_must_not_be_disturbed_diverts_as_busy(office: Office) -> None:
    _divert(office, "100", busy="101")
    office.handset.do_not_disturb(office.phones["100"].line, on=True)
    assert _rung(_called(office)) == ["sip101"]


def test_a_telephone_that_is_not_answered_in_its_time_diverts(office: Office) -> None:
    _divert(office, "100", no_answer="101")
    office.phones["100"].never_answers()
    call = _called(office)
    office.advance(9)
    assert _rung(call) == ["sip100"]
    office.advance(1)
    assert (_rung(call), call.legs[1].cause) == (["sip100", "sip101"], HangupCause.NO_ANSWER)
    assert _reasons(office) == [("sip100", "101", "no answer")]
    office.advance(0)
    assert call.state is CallState.TALKING


def test_one_that_is_answered_before_that_does_not(office: Office) -> None:
    _divert(office, "100", no_answer="101")
    office.phones["100"].answers(after=9)
    call = _called(office)
    office.advance(60)
    assert (_rung(call), _reasons(office)) == (["sip100"], [])
    office.pbx.calls.hang_up(call)
    office.finish()


def test_a_telephone_that_is_not_there_diverts_as_not_answered(office: Office) -> None:
    _divert(office, "away", no_answer="101")
    assert _rung(_called(office, "103")) == ["sip101"]


def test_a_telephone_that_drops_off_while_it_rings_diverts(office: Office) -> None:
    _divert(office, "100", no_answer="101")
    office.phones["100"].never_answers()
    call = _called(office)
    office.handset.unregister(office.phones["100"].line)
    assert _rung(call) == ["sip100", "sip101"]


def test_the_whole_ringing_lasts_no_longer_than_the_caller_was_given(office: Office) -> None:
    _divert(office, "100", no_answer="101")
    for internal in ("100", "101"):
        office.phones[internal].never_answers()
    call = _called(office)
    office.advance(29)
    assert not call.is_over
    office.advance(1)
    assert office.cdr(call).disposition is Disposition.NO_ANSWER
    office.finish()


def test_one_of_several_telephones_that_diverts_leaves_the_others_ringing(office: Office) -> None:
    _divert(office, "desk", busy="101", no_answer="55")
    office.phones["mobile"].never_answers()
    office.phones["desk"].rejects(after=2)
    office.phones["101"].never_answers()
    call = _called(office, "102")
    office.advance(2)
    assert _rung(call) == ["desk", "mobile", "sip101"]
    assert [leg.peer for leg in call.ringing_legs()] == ["mobile", "sip101"]
    office.phones["101"].picks_up()
    assert [leg.peer for leg in call.live_legs()] == ["upc", "sip101"]
    office.pbx.calls.hang_up(call)
    office.finish()


def test_where_others_ring_nothing_is_played(office: Office) -> None:
    _divert(office, "desk", no_answer="55")
    for user in ("desk", "mobile"):
        office.phones[user].never_answers()
    call = _called(office, "102")
    office.advance(10)
    assert [leg.peer for leg in call.ringing_legs()] == ["mobile"]


@pytest.mark.parametrize("wish", ["always", "no_answer"])
def test_a_call_can_be_diverted_to_something_that_the_pbx_plays(office: Office, wish: str) -> None:
    _divert(office, "100", **{wish: "55"})
    office.phones["100"].never_answers()
    call = _called(office)
    office.finish()
    assert office.cdr(call).billsec == 25


def test_a_call_can_be_diverted_out_of_the_house(office: Office) -> None:
    _divert(office, "100", always="990100005")
    call = _called(office)
    office.finish()
    assert (_rung(call), office.cdr(call).billsec) == (["upc"], 5)


def test_telephones_that_divert_to_each_other_give_up_after_so_many_rounds(office: Office) -> None:
    _divert(office, "100", always="101")
    _divert(office, "101", always="100")
    call = _called(office)
    assert (call.is_over, call.cause) == (True, HangupCause.NORMAL_CIRCUIT_CONGESTION)
    assert len(_reasons(office)) == MOST


def test_forked_telephones_that_divert_to_their_own_extension_give_up_too(office: Office) -> None:
    for user in ("desk", "mobile"):
        _divert(office, user, always="102")
    call = _called(office, "102")
    assert call.is_over
    assert len(_reasons(office)) == MOST


def test_a_diversion_that_leads_nowhere_is_a_call_that_failed(office: Office) -> None:
    _divert(office, "100", always="77")
    call = _called(office)
    assert (call.is_over, call.cause) == (True, HangupCause.UNALLOCATED)


def test_the_first_party_of_an_order_is_diverted_too(office: Office) -> None:
    _divert(office, "100", busy="101")
    office.phones["100"].is_busy()
    call = office.call("100", "990100005")
    office.finish()
    assert [leg.peer for leg in call.legs] == ["sip100", "sip101", "upc"]
    assert office.cdr(call).billsec == 5


def test_a_queue_rings_its_members_where_they_are() -> None:
    centre = CallCentre(queue("anna"))
    centre.phones["anna"].line.diversion = Diversion(always="900", no_answer="900", after=SECOND)
    centre.calls()
    centre.advance(3)
    assert centre.ringing() == ["anna"]


@pytest.mark.parametrize("number", ["800123 456", "800123۴۵۶", "800123-45", "800123+4", "9" * 21])
@pytest.mark.parametrize("when", ["always", "busy", "no_answer"])
def test_a_diversion_to_a_number_that_cannot_be_dialled_connects_nobody(office: Office, when: str, number: str) -> None:
    office.phones["101"].never_answers() if when == "no_answer" else office.phones["101"].is_busy()
    _divert(office, "101", **{when: number})
    call = _called(office, "101")
    office.finish()
    assert (call.bridged_at, [leg.trunk for leg in call.legs[1:] if leg.trunk]) == (0, [])


def _sends_on(office: Office, call: Call, leg: int, to: str, cause: HangupCause = HangupCause.INTERWORKING) -> None:
    """Have a telephone that rings say that another number is to be rung instead, as SIP's 302 does."""
    call.legs[leg].sent_on_to = to
    office.pbx.calls.on_leg(call.legs[leg], Report.FAILED, cause)


def test_where_a_telephone_itself_sends_its_caller_that_telephone_rings_and_has_its_own_wishes(office: Office) -> None:
    office.phones["100"].never_answers()
    office.phones["101"].never_answers()
    _divert(office, "101", always="102")
    call = _called(office)
    _sends_on(office, call, 1, "101")
    assert _rung(call) == ["sip100", "desk", "mobile"]
    assert _reasons(office) == [("sip100", "101", "telephone"), ("sip101", "102", "always")]


def test_where_a_telephone_sends_its_caller_to_nobody_the_call_has_failed(office: Office) -> None:
    office.phones["100"].never_answers()
    call = _called(office)
    _sends_on(office, call, 1, "77")
    office.finish()
    assert (call.bridged_at, _rung(call)) == (0, ["sip100"])
    assert office.cdr(call).disposition is Disposition.FAILED


@pytest.mark.parametrize("cause", [HangupCause.INTERWORKING, HangupCause.USER_BUSY])
def test_a_member_of_a_queue_that_sends_its_caller_on_has_refused(cause: HangupCause) -> None:
    centre = CallCentre(queue("anna", "ben"))
    for user in ("anna", "ben"):
        _divert(centre, user, busy="900")
    call = centre.calls()
    centre.advance(1)
    rung = centre.ringing()
    leg = next(place for place, leg in enumerate(call.legs) if leg.peer in rung)
    _sends_on(centre, call, leg, "900", cause)
    assert [event for event in centre.heard if isinstance(event, CallDiverted)] == []
