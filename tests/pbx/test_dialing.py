"""How a party is rung: several telephones together, lines and trunks without room, and what each is shown."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Outcome
from pbxsim.pbx.call import CallerId, CallKind, CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.dialplan import ToExtension, ToTrunk
from pbxsim.pbx.events import LegRefused
from pbxsim.pbx.routes import Trunk
from pbxsim.testing.office import Office, extension, line, number

ELSEWHERE = HangupCause.ANSWERED_ELSEWHERE
NORMAL = HangupCause.NORMAL_CLEARING


def _forked() -> Office:
    return Office(extension("100"), extension("101", line("desk"), line("mobile"), line("home")))


# -- several telephones together ---------------------------------------------------------------------------------------


def test_all_lines_of_an_extension_ring_together_and_the_first_to_answer_wins() -> None:
    office = _forked()
    office.phones["desk"].answers(after=5)
    office.phones["mobile"].answers(after=3)
    office.phones["home"].never_answers()
    call = office.call("101", "990100004")
    assert [leg.state for leg in call.legs] == [ChannelState.RINGING] * 3
    office.advance(3)
    assert call.first is call.legs[1]
    assert [leg.cause for leg in call.legs[:3]] == [ELSEWHERE, None, ELSEWHERE]
    office.finish()
    assert office.cdr(call).channel == "SIP/mobile-00000002"
    assert office.cdr(call).billsec == 4


def test_of_two_that_answer_at_the_same_instant_the_one_dialled_first_wins() -> None:
    office = _forked()
    for user in ("mobile", "desk", "home"):
        office.phones[user].answers(after=3)
    call = office.call("101", "990100001")
    office.finish()
    assert call.first is call.legs[0]


def test_the_second_party_may_have_several_telephones_too() -> None:
    office = _forked()
    office.phones["desk"].is_busy()
    office.phones["mobile"].never_answers()
    office.phones["home"].answers(after=2, talks=6)
    call = office.call("100", "101")
    office.finish()
    record = office.cdr(call)
    assert (record.disposition, record.billsec) == (Disposition.ANSWERED, 6)
    assert (record.channel, record.dst_channel) == ("SIP/sip100-00000001", "SIP/home-00000004")
    assert [leg.cause for leg in call.legs] == [NORMAL, HangupCause.USER_BUSY, ELSEWHERE, NORMAL]


def test_one_telephone_that_is_busy_leaves_the_others_ringing() -> None:
    office = _forked()
    office.phones["desk"].is_busy()
    office.phones["mobile"].rejects(after=2)
    office.phones["home"].never_answers()
    call = office.call("101", "800123456", first_timeout=9 * SECOND)
    office.advance(8)
    assert not call.is_over
    office.finish()
    assert office.cdr(call).disposition is Disposition.NO_ANSWER
    assert office.cdr(call).duration == 9


@pytest.mark.parametrize(
    ("causes", "cause", "disposition"),
    [
        ((17, 21, 34), 17, Disposition.BUSY),
        ((34, 21, 1), 21, Disposition.BUSY),
        ((1, 34, 20), 34, Disposition.FAILED),
        ((1, 20, 38), 20, Disposition.FAILED),
        ((41, 38, 27), 27, Disposition.FAILED),
    ],
)
def test_when_all_telephones_fail_the_weightiest_cause_is_the_calls(
    causes: tuple[int, ...], cause: int, disposition: Disposition
) -> None:
    office = _forked()
    for after, (user, failure) in enumerate(zip(("desk", "mobile", "home"), causes, strict=True)):
        office.phones[user].fails(HangupCause(failure), after=after)
    call = office.call("101", "800123456")
    office.finish()
    assert (office.cdr(call).cause, office.cdr(call).disposition) == (cause, disposition)
    assert office.cdr(call).duration == 2


def test_what_the_first_partys_telephones_met_is_forgotten_once_one_answers() -> None:
    office = _forked()
    office.phones["desk"].is_busy()
    office.phones["mobile"].answers(after=1)
    call = office.call("101", number(Outcome.FAIL))
    office.finish()
    assert (office.cdr(call).cause, office.cdr(call).disposition) == (HangupCause.UNALLOCATED, Disposition.FAILED)


def test_one_line_of_an_extension_can_be_rung_alone() -> None:
    office = _forked()
    own = office.directory.internal("101")
    call = office.call("mobile", "990100001", first_to=ToExtension("101", own, own.lines[1]))
    assert [leg.peer for leg in call.legs] == ["mobile"]
    office.finish()


# -- the record of telephones that rang together -----------------------------------------------------------------------


def test_the_telephones_of_a_first_party_that_never_answered_are_not_taken_for_the_second_party() -> None:
    office = _forked()
    for user in ("desk", "mobile", "home"):
        office.phones[user].never_answers()
    call = office.call("101", "800123456")
    office.finish()
    assert (office.cdr(call).channel, office.cdr(call).dst_channel) == ("SIP/desk-00000001", "")


@pytest.mark.parametrize("winner", ["desk", "home"])
def test_a_telephone_that_lost_is_not_taken_for_a_second_party_that_could_not_be_tried(winner: str) -> None:
    office = _forked()
    for user in ("desk", "mobile", "home"):
        office.phones[user].never_answers()
    call = office.call("101", "7")
    office.phones[winner].picks_up()
    office.finish()
    assert office.cdr(call).channel.startswith(f"SIP/{winner}-")
    assert office.cdr(call).dst_channel == ""


def test_of_a_second_partys_telephones_that_never_answered_one_is_named() -> None:
    office = _forked()
    for user in ("desk", "mobile", "home"):
        office.phones[user].never_answers()
    call = office.call("100", "101")
    office.finish()
    assert (office.cdr(call).channel, office.cdr(call).dst_channel) == ("SIP/sip100-00000001", "SIP/home-00000004")


# -- lines without room ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "rung", "cause"),
    [
        ([("a", True, False), ("b", True, False)], ["a", "b"], None),
        ([("a", False, False), ("b", True, False)], ["b"], None),
        ([("a", True, True), ("b", True, False)], ["b"], None),
        ([("a", True, False), ("b", True, True)], ["a"], None),
        ([("a", True, True), ("b", True, True)], [], HangupCause.USER_BUSY),
        ([("a", True, True), ("b", False, False)], [], HangupCause.USER_BUSY),
        ([("a", False, False), ("b", True, True)], [], HangupCause.USER_BUSY),
        ([("a", False, False), ("b", False, True)], [], HangupCause.SUBSCRIBER_ABSENT),
    ],
)
def test_only_lines_that_are_registered_and_have_room_are_rung(
    lines: list[tuple[str, bool, bool]], rung: list[str], cause: HangupCause | None
) -> None:
    telephones = [line(user, registered=registered, max_calls=1) for user, registered, _ in lines]
    office = Office(extension("100", *telephones))
    for telephone, (user, _, full) in zip(telephones, lines, strict=True):
        office.phones[user].never_answers()
        if full:
            telephone.resting_state = ChannelState.OFF_HOOK
    call = office.call("100", "800123456")
    assert [leg.peer for leg in call.legs] == rung
    assert call.cause is cause
    assert call.is_over == (cause is not None)
    office.finish()


def test_a_line_takes_as_many_calls_as_it_may_and_then_is_busy() -> None:
    office = Office(extension("100", line("a", max_calls=2)))
    office.phones["a"].never_answers()
    calls = [office.call("100", "800123456") for _ in range(3)]
    assert [call.is_over for call in calls] == [False, False, True]
    assert office.cdr(calls[2]).disposition is Disposition.BUSY
    office.pbx.calls.hang_up(calls[0])
    assert not office.call("100", "800123456").is_over


def test_an_extension_may_call_itself_while_it_has_room() -> None:
    office = Office(extension("100"), extension("101", line("a", max_calls=1)))
    both = office.call("100", "100")
    office.advance(0)
    assert [leg.peer for leg in both.legs] == ["sip100", "sip100"]
    assert both.state is CallState.TALKING
    office.pbx.calls.hang_up(both)
    alone = office.call("101", "101")
    office.finish()
    assert (office.cdr(alone).disposition, len(alone.legs)) == (Disposition.BUSY, 1)


# -- where the second party leads --------------------------------------------------------------------------------------


def test_the_order_may_say_itself_where_the_second_party_leads() -> None:
    office = _forked()
    trunk = office.directory.trunks["upc"]
    call = office.call("100", "990100000", second_to=ToTrunk("990100007", (trunk,)))
    office.finish()
    assert (office.cdr(call).billsec, office.cdr(call).dst) == (7, "990100000")


def test_the_second_party_is_looked_up_when_its_turn_comes() -> None:
    office = _forked()
    office.phones["100"].answers(after=5)
    call = office.call("100", "101")
    for user in ("desk", "mobile", "home"):
        office.handset.unregister(office.phones[user].line)
    office.finish()
    assert office.cdr(call).cause is HangupCause.SUBSCRIBER_ABSENT
    assert LegRefused in office.kinds_heard()


# -- what is shown -----------------------------------------------------------------------------------------------------


def test_each_party_is_shown_what_was_asked_for_it() -> None:
    office = _forked()
    shown = {"first_shows": CallerId("800", "Shop"), "second_shows": CallerId("222333444", "Anna")}
    call = office.call("101", "990100001", first_shows=shown["first_shows"], second_shows=shown["second_shows"])
    office.finish()
    assert [(leg.shown_number, leg.shown_name) for leg in call.legs] == [("800", "Shop")] * 3 + [("222333444", "Anna")]
    assert (office.cdr(call).clid_number, office.cdr(call).clid_name) == ("222333444", "Anna")


def test_a_trunk_with_a_number_of_its_own_shows_that_number() -> None:
    office = Office(extension("100"), trunks=[Trunk(id=1, name="upc", caller_id="299000000")])
    call = office.call("990100001", "100", first_shows=CallerId("800", "Shop"), second_shows=CallerId("900", "Anna"))
    office.finish()
    assert [(leg.shown_number, leg.shown_name) for leg in call.legs] == [("299000000", "Shop"), ("900", "Anna")]


def test_a_kind_of_call_makes_no_difference_to_who_is_rung_first() -> None:
    for kind in (CallKind.CONNECT, CallKind.DIAL):
        office = _forked()
        call = office.call("100", "990100001", kind=kind)
        office.finish()
        assert [leg.peer for leg in call.legs] == ["sip100", "upc"]
