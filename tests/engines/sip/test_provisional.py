"""Provisional answers that arrive for certain (RFC 3262): acknowledged by us, and given to who wants no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.engines.sip.message import response
from tests.engines.sip.test_session import NORMAL, TO, ack, called, calling, reply
from tests.engines.sip.wire import HERE, SDP, Wire, first_line, request

if TYPE_CHECKING:
    from pbxsim.engines.sip.message import Request
    from pbxsim.engines.sip.session import Session

CONTACT = "sip:sip100@10.0.0.7:5062;now"
CERTAIN = ("Require: 100rel",)


def rings(wire: Wire, invite: Request, number: int, tag: str = "phone") -> list[str]:
    """Have a telephone ring that wants it acknowledged; give how it is."""
    answer = response(invite, 180, "Ringing", tag=tag)
    answer.headers += [("contact", f"<{CONTACT}>"), ("require", "100rel"), ("rseq", str(number))]
    wire.agent.receive(bytes(answer), HERE)
    sent = wire.sent()
    assert {first_line(each) for each in sent} <= {f"PRACK {CONTACT} SIP/2.0"}
    return [f"{each.first('rack')}, {each.first('cseq')}, {each.first('to').partition(';')[2]}" for each in sent]


def prack(session: Session, rack: str, sequence: int = 3) -> str:
    """Write the PRACK of a telephone that has called."""
    return request("PRACK", TO, sequence=sequence, to_tag=session.tag, more=(f"RAck: {rack}",))


def test_what_a_telephone_wants_acknowledged_is_once_and_in_its_order() -> None:
    wire = Wire()
    session, invite = called(wire)
    assert "100rel" in invite.listed("supported")
    assert rings(wire, invite, 7) == ["7 1 INVITE, 2 PRACK, tag=phone"]
    assert rings(wire, invite, 7) == [], "it has come again"
    assert rings(wire, invite, 9) == [], "the one before is missing"
    assert rings(wire, invite, 8) == ["8 1 INVITE, 3 PRACK, tag=phone"]
    assert rings(wire, invite, 1, "other") == ["1 1 INVITE, 4 PRACK, tag=other"], "a proxy rings two"
    assert [line.split()[0] for line in reply(wire, invite, 200, body=SDP)] == ["ACK"]
    assert (session.dialog.remote_tag, wire.heard.told[-1]) == ("phone", ("answered", "sip100", SDP))


def test_what_a_telephone_numbers_and_does_not_want_acknowledged_is_not() -> None:
    wire = Wire()
    _, invite = called(wire)
    answer = response(invite, 180, "Ringing", tag="phone")
    answer.headers += [("contact", f"<{CONTACT}>"), ("supported", "100rel"), ("rseq", "1")]
    wire.agent.receive(bytes(answer), HERE)
    assert wire.sent() == []
    assert wire.heard.told[-1] == ("rings", "sip100")


def test_an_ack_has_the_number_of_its_invite_though_something_was_asked_meanwhile_and_a_bye_the_next() -> None:
    wire = Wire()
    session, invite = called(wire)
    rings(wire, invite, 1)
    wire.agent.receive(bytes(response(invite, 200, "OK", tag="phone")), HERE)
    (acknowledged,) = wire.sent()
    session.hang_up(NORMAL)
    (bye,) = wire.sent()
    assert (acknowledged.first("cseq"), bye.first("cseq")) == ("1 ACK", "3 BYE")


def test_an_acknowledgement_that_nobody_answers_ends_no_call() -> None:
    wire = Wire()
    session, invite = called(wire)
    rings(wire, invite, 1)
    reply(wire, invite, 200, body=SDP)
    wire.elapse(40)
    assert not session.is_over


def test_who_calls_and_wants_to_be_told_for_certain_is_told_that_it_rings_until_it_says_so() -> None:
    wire = Wire()
    session, heard = calling(wire, more=CERTAIN)
    assert heard == ["SIP/2.0 100 Trying"]
    session.ring()
    (ringing,) = wire.sent()
    assert (first_line(ringing), ringing.first("require"), ringing.first("rseq")) == (
        "SIP/2.0 180 Ringing", "100rel", "1",
    )  # fmt: skip
    assert wire.elapse(4) == [(0.5, "SIP/2.0 180 Ringing"), (1.5, "SIP/2.0 180 Ringing"), (3.5, "SIP/2.0 180 Ringing")]
    (unknown,) = wire.says(prack(session, "2 2 INVITE"))
    (taken,) = wire.says(prack(session, "1 2 INVITE", 4))
    (again,) = wire.says(prack(session, "1 2 INVITE", 5))
    gone = "SIP/2.0 481 Call/Transaction Does Not Exist"
    assert [first_line(each) for each in (unknown, taken, again)] == [gone, "SIP/2.0 200 OK", gone]
    assert wire.elapse(40) == []
    assert session.answer()
    assert [first_line(each) for each in wire.sent()] == ["SIP/2.0 200 OK"]
    wire.says(ack(session))
    assert wire.elapse(40) == []


def test_who_wants_to_be_told_for_certain_and_never_says_that_it_was_is_refused() -> None:
    wire = Wire()
    session, _ = calling(wire, more=CERTAIN)
    session.ring()
    assert wire.elapse(32)[-1] == (32.0, "SIP/2.0 504 Server Time-out")
    assert (wire.heard.told[-1], wire.agent.sessions) == (("ended", "sip100", 102), 0)


def test_who_is_answered_before_it_has_said_so_is_told_no_more_that_it_rings_and_may_say_it_late() -> None:
    wire = Wire()
    session, _ = calling(wire, more=CERTAIN)
    session.ring()
    session.answer()
    assert [first_line(each) for each in wire.sent()] == ["SIP/2.0 180 Ringing", "SIP/2.0 200 OK"]
    (taken,) = wire.says(prack(session, "1 2 INVITE"))
    assert first_line(taken) == "SIP/2.0 200 OK"
    wire.says(ack(session))
    assert wire.elapse(40) == []


def test_who_is_refused_before_it_has_said_so_is_told_no_more_that_it_rings() -> None:
    wire = Wire()
    session, _ = calling(wire, more=CERTAIN)
    session.ring()
    session.hang_up(NORMAL)
    wire.sent()
    assert [line for _, line in wire.elapse(20) if "180" in line] == []


def test_an_offer_before_there_is_an_answer_is_refused() -> None:
    wire = Wire()
    session, _ = calling(wire, more=CERTAIN)
    session.ring()
    wire.sent()
    (refused,) = wire.says(prack(session, "1 2 INVITE"), SDP)
    assert first_line(refused) == "SIP/2.0 488 Not Acceptable Here"


def test_what_a_telephone_says_before_it_is_picked_up_of_how_it_is_heard_counts_if_its_answer_says_nothing() -> None:
    wire = Wire()
    _, invite = called(wire)
    assert reply(wire, invite, 183, body=SDP) == []
    assert [line.split()[0] for line in reply(wire, invite, 200)] == ["ACK"]
    assert wire.heard.told == [("rings", "sip100"), ("early", "sip100", SDP), ("answered", "sip100", SDP)]


def test_what_another_one_behind_a_proxy_said_before_does_not_count_for_who_answers() -> None:
    wire = Wire()
    _, invite = called(wire)
    reply(wire, invite, 183, body=SDP, tag="other")
    reply(wire, invite, 200)
    assert wire.heard.told[-1] == ("answered", "sip100", b"")


def test_who_calls_is_told_how_it_hears_what_there_is_before_an_answer_and_the_answer_says_the_same() -> None:
    wire = Wire()
    session, _ = calling(wire)
    session.ring()
    session.progress()
    session.answer()
    ringing, progress, answer = wire.sent()
    assert [first_line(each) for each in (ringing, progress)] == [
        "SIP/2.0 180 Ringing",
        "SIP/2.0 183 Session Progress",
    ]
    assert (progress.body, progress.first("content-type")) == (answer.body, "application/sdp")
    session.progress()
    assert wire.sent() == []


def test_who_offers_nothing_before_the_answer_is_told_nothing_of_sound_before_it() -> None:
    wire = Wire()
    session, _ = calling(wire, body=b"")
    session.progress()
    assert wire.sent() == []
