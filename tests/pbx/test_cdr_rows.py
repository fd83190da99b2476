"""The rows of a call as Asterisk 16 with chan_sip wrote them: each scenario was played there, and these are its rows.

A row here is disposition, duration, billsec, channel, dstchannel and lastapp, the channels by their lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx.call import CallerId
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.cdr import RecordRules, RecordStyle
from pbxsim.pbx.ring_group import RingGroup, Row
from pbxsim.testing.office import Office, extension
from tests.pbx.call_centre import CallCentre, queue

if TYPE_CHECKING:
    from pbxsim.pbx.cdr import Cdr

Told: TypeAlias = tuple[str, int, int, str, str, str]

NEVER = Behaviour(outcome=Outcome.NO_ANSWER)
WITH_AFTER_DIAL = RecordRules(after_dial=True)


def _told(cdr: Cdr) -> Told:
    return (cdr.disposition, cdr.duration, cdr.billsec, cdr.first_peer, cdr.second_peer, cdr.last_app)


def rows(office: Office) -> list[Told]:
    return [_told(cdr) for cdr in office.cdrs()]


@pytest.fixture
def office() -> CallCentre:
    """Anna, Ben and Cyril, each answering after two seconds, Cyril for four; nobody is registered as 900."""
    office = _centre(queue("anna"))
    office.handset.unregister(office.phones["900"].line)
    office.answers("anna", after=2)
    office.answers("ben", after=2)
    office.answers("cyril", after=2, talks=4)
    return office


def _centre(*queues: object, records: RecordRules = WITH_AFTER_DIAL, **wishes: object) -> CallCentre:
    centre = CallCentre(*queues, **wishes)  # type: ignore[arg-type]
    centre.pbx.calls.records = records
    return centre


# -- one party, then the other ----------------------------------------------------------------------------------------


def test_an_answered_call_counts_from_when_its_first_party_is_up(office: CallCentre) -> None:
    office.answers("ben", after=2, talks=4)
    office.call("100", "101")
    office.finish()
    assert rows(office) == [("ANSWERED", 8, 6, "anna", "ben", "Dial")]
    assert office.cdrs()[0].talked == 4


def test_a_second_party_that_does_not_answer_leaves_seconds_to_bill_and_a_row_for_the_hang_up(
    office: CallCentre,
) -> None:
    office.will("ben", NEVER)
    office.call("100", "101", second_timeout=6 * SECOND)
    office.finish()
    assert rows(office) == [("NO ANSWER", 8, 6, "anna", "ben", "Dial"), ("ANSWERED", 0, 0, "anna", "", "Hangup")]
    assert office.cdrs()[0].last_data == "SIP/ben,6,"


@pytest.mark.parametrize(
    ("does", "disposition"),
    [("busy", "BUSY"), ("rejects", "BUSY"), (1, "NO ANSWER"), (34, "FAILED"), (3, "FAILED"), (20, "FAILED")]
    + [(cause, "NO ANSWER") for cause in (18, 22, 28, 29, 31, 41, 88, 127)]
    + [(cause, "FAILED") for cause in (27, 38, 102)],
)
def test_what_a_telephone_says_is_a_disposition_by_dial_c_and_chan_sip(
    office: CallCentre, does: str | int, disposition: str
) -> None:
    outcome = {"busy": Outcome.BUSY, "rejects": Outcome.REJECT}.get(str(does), Outcome.FAIL)
    cause = HangupCause(does) if isinstance(does, int) else None
    office.will("ben", Behaviour(outcome=outcome, ring=fixed(1), cause=cause))
    office.call("100", "101")
    office.finish()
    assert rows(office) == [(disposition, 3, 1, "anna", "ben", "Dial"), ("ANSWERED", 0, 0, "anna", "", "Hangup")]


def test_behind_a_way_out_by_a_trunk_nothing_follows(office: CallCentre) -> None:
    office.call("100", "990401000")
    office.finish()
    assert rows(office) == [("NO ANSWER", 3, 1, "anna", "upc", "Dial")]
    assert office.cdrs()[0].last_data == "SIP/upc/990401000,30,"


def test_a_second_party_that_cannot_be_dialled_leaves_the_first_one_answered(office: CallCentre) -> None:
    office.call("100", "900")
    office.finish()
    assert rows(office) == [("ANSWERED", 2, 0, "anna", "", "Dial")]


@pytest.mark.parametrize("number", ["7", "nowhere"])
def test_a_second_number_that_nothing_fits_is_a_failure_for_asterisk_takes_no_such_order(
    office: CallCentre, number: str
) -> None:
    office.call("100", number)
    office.finish()
    assert rows(office) == [("FAILED", 2, 0, "anna", "", "Dial")]


def test_a_telephone_that_has_no_room_was_never_dialled(office: CallCentre) -> None:
    office.will("ben", NEVER)
    for _ in range(2):
        office.incoming("605000111", "101")
    office.call("100", "101")
    office.advance(3)
    assert rows(office) == [("ANSWERED", 2, 0, "anna", "", "Dial")]


@pytest.mark.parametrize(
    ("does", "said"), [("never", ("NO ANSWER", 6)), ("busy", ("BUSY", 0)), (1, ("NO ANSWER", 0)), (34, ("FAILED", 0))]
)
def test_a_first_party_that_is_not_reached_is_originates_own_row_without_a_number(
    office: CallCentre, does: str | int, said: tuple[str, int]
) -> None:
    outcome = {"never": Outcome.NO_ANSWER, "busy": Outcome.BUSY}.get(str(does), Outcome.FAIL)
    office.will(
        "anna", Behaviour(outcome=outcome, ring=fixed(0), cause=HangupCause(does) if isinstance(does, int) else None)
    )
    office.call("100", "101", first_timeout=6 * SECOND)
    office.finish()
    assert rows(office) == [(*said, 0, "anna", "", "AppDial2")]
    assert (office.cdrs()[0].dst, office.cdrs()[0].called) == ("", "101")


def test_a_first_party_without_a_telephone_leaves_no_row_at_all(office: CallCentre) -> None:
    office.call("900", "101")
    assert rows(office) == []
    office.call("100", "101")
    office.advance(4)
    office.phones["ben"].hangs_up()
    assert office.cdrs()[0].id == 1


def test_a_caller_that_gives_up_leaves_nothing_behind_the_dial(office: CallCentre) -> None:
    office.will("ben", NEVER)
    office.call("100", "101")
    office.advance(5)
    office.phones["anna"].hangs_up()
    assert rows(office) == [("NO ANSWER", 5, 3, "anna", "ben", "Dial")]


def test_the_limit_of_the_talk_is_dials_option(office: CallCentre) -> None:
    office.call("100", "101", talk_limit=4 * SECOND)
    office.finish()
    assert rows(office) == [("ANSWERED", 8, 6, "anna", "ben", "Dial")]
    assert office.cdrs()[0].last_data == "SIP/ben,30,L(4000)"


@pytest.mark.parametrize(
    ("clid", "src", "shown"),
    [
        (CallerId("000", "Dialer"), "000", '"Dialer" <000>'),
        (CallerId("888", "Crm"), "888", '"Crm" <888>'),
        (CallerId("", "Shop"), "100", '"Shop" <>'),
        (None, "100", '"" <100>'),
    ],
)
def test_the_caller_id_of_the_order_is_the_rows(
    office: CallCentre, clid: CallerId | None, src: str, shown: str
) -> None:
    office.answers("ben", talks=1)
    office.pbx.calls.originate(msgspec.structs.replace(office.order("100", "101"), clid=clid))
    office.finish()
    (cdr,) = office.cdrs()
    assert (cdr.src, cdr.clid, cdr.caller) == (src, shown, "100")


# -- somebody calls ---------------------------------------------------------------------------------------------------


def test_a_caller_is_up_only_when_somebody_answers(office: CallCentre) -> None:
    office.answers("ben", after=2, talks=4)
    office.incoming("605000111", "101")
    office.finish()
    assert rows(office) == [("ANSWERED", 6, 4, "upc", "ben", "Dial")]


@pytest.mark.parametrize(("does", "first", "behind"), [("busy", "BUSY", "BUSY"), ("rejects", "BUSY", "NO ANSWER")])
def test_a_caller_who_is_not_answered_has_no_seconds_to_bill(
    office: CallCentre, does: str, first: str, behind: str
) -> None:
    office.will("ben", Behaviour(outcome=Outcome.BUSY if does == "busy" else Outcome.REJECT, ring=fixed(1)))
    office.incoming("605000111", "101")
    office.finish()
    assert rows(office) == [(first, 1, 0, "upc", "ben", "Dial"), (behind, 0, 0, "upc", "", "Hangup")]


def test_a_caller_for_whom_no_telephone_is_there_failed(office: CallCentre) -> None:
    office.incoming("605000111", "900")
    assert rows(office) == [("FAILED", 0, 0, "upc", "", "Dial")]


def test_telephones_that_ring_together_have_a_row_each() -> None:
    centre = _centre(groups=[RingGroup(name="team", context="main", rows=(Row(("100", "101"), 6 * SECOND),))])
    centre.answers("ben", after=3, talks=4)
    centre.calls("team")
    centre.finish()
    assert rows(centre) == [("NO ANSWER", 3, 0, "upc", "anna", "Dial"), ("ANSWERED", 7, 4, "upc", "ben", "Dial")]
    assert {cdr.last_data for cdr in centre.cdrs()} == {"SIP/anna&SIP/ben,6,"}


def test_a_playback_is_its_callers_row() -> None:
    centre = _centre(queue("anna"))
    centre.calls("voicemail")
    centre.finish()
    assert rows(centre) == [("ANSWERED", 20, 20, "upc", "", "Playback")]


# -- queues -----------------------------------------------------------------------------------------------------------


def test_a_queue_that_was_answered_before_counts_the_wait() -> None:
    centre = _centre(queue("anna"))
    centre.answers("anna", after=2, talks=5)
    centre.calls()
    centre.finish()
    assert rows(centre) == [("ANSWERED", 7, 7, "upc", "anna", "Queue")]
    assert (centre.cdrs()[0].last_data, centre.cdrs()[0].talked) == ("sales,,,,", 5)


def test_each_pass_of_a_queue_has_its_rows() -> None:
    centre = _centre(queue("anna", "ben", strategy="rrmemory", member_timeout=4, retry=2))
    centre.answers("ben", after=2, talks=4)
    centre.calls()
    centre.finish()
    assert rows(centre) == [("NO ANSWER", 4, 4, "upc", "anna", "Queue"), ("ANSWERED", 6, 6, "upc", "ben", "Queue")]


def test_members_that_ring_together_have_a_row_each() -> None:
    centre = _centre(queue("anna", "ben", "cyril", strategy="ringall"))
    centre.answers("cyril", after=3, talks=4)
    centre.calls()
    centre.finish()
    assert rows(centre) == [
        ("NO ANSWER", 3, 3, "upc", "anna", "Queue"),
        ("NO ANSWER", 3, 3, "upc", "ben", "Queue"),
        ("ANSWERED", 7, 7, "upc", "cyril", "Queue"),
    ]


def test_an_abandoned_queue_is_answered_where_nobody_rang_and_no_answer_where_somebody_did() -> None:
    centre = _centre(queue(join_empty=frozenset({"paused"}), name="empty"), queue(name="nobody"), queue("anna"))
    call = centre.calls("nobody")
    centre.advance(6)
    centre.engine.hang_up(call.legs[0], HangupCause.NORMAL_CLEARING)
    centre.pbx.calls.hang_up_channel(call.legs[0])
    waiting = centre.calls("sales")
    centre.advance(4)
    centre.pbx.calls.hang_up_channel(waiting.legs[0])
    assert rows(centre) == [("ANSWERED", 6, 6, "upc", "", "Queue"), ("NO ANSWER", 4, 4, "upc", "anna", "Queue")]


def test_a_queue_that_sends_a_caller_away_is_followed_by_the_hang_up() -> None:
    centre = _centre(queue("anna", max_wait=7), queue(name="nobody", max_wait=6))
    centre.calls("nobody")
    centre.advance(6)
    centre.calls()
    centre.advance(7)
    assert rows(centre) == [
        ("ANSWERED", 6, 6, "upc", "", "Hangup"),
        ("NO ANSWER", 7, 7, "upc", "anna", "Queue"),
        ("ANSWERED", 0, 0, "upc", "", "Hangup"),
    ]


def test_a_queue_that_nobody_may_join_was_answered_all_the_same() -> None:
    centre = _centre(queue("anna", join_empty=frozenset({"paused"})))
    centre.pbx.agents.pause(centre.agent("anna"))
    centre.calls()
    assert rows(centre) == [("ANSWERED", 0, 0, "upc", "", "Hangup")]


def test_a_queue_that_is_not_answered_before_leaves_the_caller_ringing() -> None:
    asks = queue("anna")
    asks.rules = msgspec.structs.replace(asks.rules, answers=False)
    centre = _centre(asks)
    centre.answers("anna", after=3, talks=5)
    call = centre.calls()
    assert call.legs[0].state.label == "Ring"
    centre.finish()
    assert rows(centre) == [("ANSWERED", 8, 5, "upc", "anna", "Queue")]


def test_a_caller_who_was_tried_for_hours_has_a_row_for_each_try() -> None:
    centre = _centre(queue("anna", member_timeout=1, retry=1))
    call = centre.calls()
    centre.advance(199.5)
    centre.pbx.calls.hang_up_channel(call.legs[0])
    told = rows(centre)
    assert len(told) == 100
    assert set(told) == {("NO ANSWER", 1, 1, "upc", "anna", "Queue")}


# -- transfers --------------------------------------------------------------------------------------------------------


def test_a_blind_transfer_by_the_second_party_begins_a_row_with_the_target(office: CallCentre) -> None:
    office.call("100", "101")
    office.advance(7)
    office.handset.transfer(office.phones["ben"].line, "102")
    office.finish()
    assert rows(office) == [("ANSWERED", 7, 5, "anna", "ben", "Dial"), ("ANSWERED", 6, 6, "anna", "cyril", "Dial")]
    assert [cdr.dst for cdr in office.cdrs()] == ["102", "102"]


def test_a_blind_transfer_by_the_first_party_makes_the_second_one_the_caller(office: CallCentre) -> None:
    office.call("100", "101")
    office.advance(7)
    office.handset.transfer(office.phones["anna"].line, "102")
    office.finish()
    assert rows(office) == [("ANSWERED", 7, 5, "anna", "ben", "Dial"), ("ANSWERED", 6, 6, "ben", "cyril", "Dial")]
    first, then = office.cdrs()
    assert [(cdr.src, cdr.dst) for cdr in (first, then)] == [("100", "101"), ("101", "102")]
    assert then.linked_id == first.unique_id != then.unique_id


def test_a_transfer_to_who_refuses_in_the_same_moment_has_its_rows_in_order(office: CallCentre) -> None:
    office.will("cyril", Behaviour(outcome=Outcome.BUSY, ring=fixed(0)))
    office.call("100", "101")
    office.advance(7)
    office.handset.transfer(office.phones["anna"].line, "102")
    office.finish()
    assert [(cdr.first_peer, cdr.second_peer, cdr.disposition, int(cdr.cause)) for cdr in office.cdrs()][:2] == [
        ("anna", "ben", "ANSWERED", 16),
        ("ben", "cyril", "BUSY", 17),
    ]


def test_an_attended_transfer_has_three_rows(office: CallCentre) -> None:
    office.call("100", "101")
    office.advance(4)
    telephone = office.phones["ben"].line
    office.handset.hold(telephone)
    office.handset.consult(telephone, "102")
    office.advance(4)
    office.handset.complete(telephone)
    office.advance(2)
    office.phones["cyril"].hangs_up()
    assert rows(office) == [
        ("ANSWERED", 4, 2, "ben", "cyril", "Dial"),
        ("ANSWERED", 8, 6, "anna", "ben", "Dial"),
        ("ANSWERED", 2, 2, "anna", "cyril", "Dial"),
    ]
    assert [cdr.dst for cdr in office.cdrs()] == ["102", "101", "101"]


# -- rules ------------------------------------------------------------------------------------------------------------


def test_without_unanswered_what_dialled_nobody_and_was_not_answered_leaves_nothing(office: CallCentre) -> None:
    office.pbx.calls.records = RecordRules(unanswered=False)
    office.will("anna", NEVER)
    office.call("100", "101", first_timeout=6 * SECOND)
    office.finish()
    office.incoming("605000111", "900")
    assert rows(office) == []


def test_one_record_a_call_is_of_both_parties_from_when_they_talk(office: CallCentre) -> None:
    office.pbx.calls.records = RecordRules(style=RecordStyle.CALL)
    office.call("100", "101")
    office.advance(7)
    office.handset.transfer(office.phones["ben"].line, "102")
    office.finish()
    assert rows(office) == [("ANSWERED", 13, 9, "anna", "ben", "Dial")]
    assert (office.cdrs()[0].src, office.cdrs()[0].dst) == ("100", "101")


@pytest.mark.parametrize("style", RecordStyle)
def test_the_ids_go_on_whether_or_not_anybody_keeps_the_records(style: RecordStyle) -> None:
    heard, unheard = (Office(extension("100"), extension("101"), records=RecordRules(style=style)) for _ in "ab")
    for kind in list(unheard.pbx.events.wanted):
        for listener in unheard.pbx.events.listeners(kind):
            unheard.pbx.events.unsubscribe(kind, listener)  # type: ignore[arg-type]
    for office in (heard, unheard):
        office.phones["101"].is_busy()
        office.call("100", "101")
        office.call("100", "7")
        office.finish()
    assert heard.pbx.calls.next_cdr == unheard.pbx.calls.next_cdr == 3
