"""Offers are answered; whoever calls without one is made one in the answer, and says in the ACK what it takes.

RFC 3261, 13.2.1.
"""

from __future__ import annotations

from pbxsim.engines.sip.phase import Phase
from tests.engines.sip.test_session import NORMAL, TO, ack, calling, up, within
from tests.engines.sip.wire import SDP, Wire, first_line, request

TAKES = SDP.replace(b"4000", b"4002")


def test_a_new_offer_is_answered_and_one_that_cannot_be_had_is_refused_and_nothing_changes() -> None:
    wire = Wire()
    session, _ = up(wire)
    (answer,) = wire.says(within("INVITE", session, 1), SDP + b"a=sendonly\r\n")
    assert (first_line(answer), answer.body) == ("SIP/2.0 200 OK", SDP)
    assert wire.heard.told[-1] == ("offered", "sip100", SDP + b"a=sendonly\r\n")
    wire.says(within("ACK", session, 1))
    wire.heard.description = b""
    (refused,) = wire.says(within("UPDATE", session, 2), SDP)
    assert first_line(refused) == "SIP/2.0 488 Not Acceptable Here"
    assert session.phase is Phase.UP


def test_an_offer_is_given_to_who_asks_for_one_and_its_answer_comes_with_the_ack() -> None:
    wire = Wire()
    session, _ = up(wire)
    (answer,) = wire.says(within("INVITE", session, 1))
    assert answer.body == SDP
    wire.says(within("ACK", session, 1), b"what it takes")
    assert wire.heard.told[-1] == ("accepted", "sip100", b"what it takes")
    assert wire.elapse(30) == []


def test_who_calls_with_nothing_that_we_understand_is_refused() -> None:
    wire = Wire()
    session, _ = calling(wire)
    wire.heard.description = b""
    assert not session.answer()
    assert [first_line(each) for each in wire.sent()] == ["SIP/2.0 488 Not Acceptable Here"]
    assert wire.agent.sessions == 0


def test_who_calls_without_an_offer_gets_ours_with_the_answer_and_takes_of_it_what_its_ack_says() -> None:
    wire = Wire()
    session, _ = calling(wire, body=b"")
    assert session.answer()
    (answer,) = wire.sent()
    assert (first_line(answer), answer.first("content-type"), answer.body) == (
        "SIP/2.0 200 OK",
        "application/sdp",
        SDP,
    )
    assert wire.says(ack(session), TAKES) == []
    assert wire.heard.told == [("called", "sip100", "102"), ("accepted", "sip100", TAKES)]
    assert wire.says(ack(session), TAKES) == [], "an ACK that comes twice says it once"
    assert len(wire.heard.told) == 2
    assert wire.elapse(40) == []


def test_who_never_says_what_it_takes_of_our_offer_is_hung_up_for_nobody_could_hear_it() -> None:
    wire = Wire()
    session, _ = calling(wire, body=b"")
    session.answer()
    wire.sent()
    (bye,) = wire.says(ack(session))
    assert (first_line(bye), bye.first("reason")) == (
        "BYE sip:sip100@10.0.0.7:5062 SIP/2.0",
        'Q.850;cause=58;text="Bearer capability not available"',
    )
    assert wire.heard.told[-1] == ("ended", "sip100", 58)


def test_who_is_hung_up_before_its_ack_came_is_hung_up_once() -> None:
    wire = Wire()
    session, _ = calling(wire, body=b"")
    session.answer()
    session.hang_up(NORMAL)
    wire.sent()
    assert [first_line(each).split()[0] for each in wire.says(ack(session))] == ["BYE"]
    assert [told[0] for told in wire.heard.told] == ["called"]


def test_who_asks_for_an_offer_in_a_call_and_then_takes_nothing_keeps_what_there_was() -> None:
    wire = Wire()
    session, _ = up(wire)
    wire.says(within("INVITE", session, 1))
    assert wire.says(within("ACK", session, 1)) == []
    assert [told[0] for told in wire.heard.told] == ["answered"]
    assert wire.elapse(40) == []


def test_who_asks_for_an_offer_where_we_have_none_is_refused_and_the_call_goes_on() -> None:
    wire = Wire()
    session, _ = up(wire)
    wire.heard.description = b""
    (refused,) = wire.says(within("INVITE", session, 1))
    assert first_line(refused) == "SIP/2.0 488 Not Acceptable Here"
    wire.says(within("ACK", session, 1))
    assert not session.is_over


def test_the_ack_of_an_earlier_invite_that_comes_again_is_no_answer_to_a_later_offer() -> None:
    wire = Wire()
    session, _ = calling(wire)
    session.answer()
    wire.says(ack(session))
    (offer,) = wire.says(request("INVITE", TO, sequence=3, to_tag=session.tag))
    assert offer.body == SDP
    wire.says(ack(session), b"late")
    assert [told[0] for told in wire.heard.told] == ["called", "offered"]
    wire.says(request("ACK", TO, sequence=3, to_tag=session.tag), TAKES)
    assert wire.heard.told[-1] == ("accepted", "sip100", TAKES)
