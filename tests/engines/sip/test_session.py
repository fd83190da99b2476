"""One telephone in one call: called, calling, given up, held, handed on, put down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.sip.flow import Flow
from pbxsim.engines.sip.message import Request, Response, response
from pbxsim.engines.sip.phase import Phase
from pbxsim.pbx.cause import HangupCause
from tests.engines.sip.wire import HERE, SDP, Wire, asks, first_line, request

if TYPE_CHECKING:
    from pbxsim.engines.sip.session import Session

NORMAL = HangupCause.NORMAL_CLEARING
TO = "sip:102@192.0.2.1"


def called(wire: Wire) -> tuple[Session, Request]:
    """Call a telephone that has registered; give the session and the INVITE."""
    wire.registered()
    (binding,) = wire.registrar.contacts("sip100")
    session = wire.agent.call(binding, "sip100", number="299", name='"Jan"')
    session.call(SDP)
    (invite,) = wire.sent()
    assert isinstance(invite, Request)
    return session, invite


def reply(wire: Wire, asked: Request, code: int, *more: str, body: bytes = b"", tag: str = "phone") -> list[str]:
    """Have the telephone answer; give the first lines of what is sent then."""
    answer = response(asked, code, "So", tag=tag)
    answer.headers += [("contact", "<sip:sip100@10.0.0.7:5062;now>"), *(_header(each) for each in more)]
    answer.body = body
    wire.agent.receive(bytes(answer), HERE)
    return [first_line(message) for message in wire.sent()]


def _header(text: str) -> tuple[str, str]:
    name, _, value = text.partition(": ")
    return name.lower(), value


def up(wire: Wire, *more: str) -> tuple[Session, Request]:
    """Call a telephone, and have it picked up."""
    session, invite = called(wire)
    reply(wire, invite, 200, *more, body=SDP)
    return session, invite


def within(method: str, session: Session, sequence: int = 1, *more: str) -> str:
    """Write a request of the telephone's within a session in which it was called."""
    text = request(
        method, "sip:x@h", sequence=sequence, call_id=session.dialog.call_id, to_tag=session.tag, more=tuple(more)
    )
    return text.replace("sip:x@h SIP", "sip:pbxsim@192.0.2.1:5060 SIP")


# -- we call -----------------------------------------------------------------------------------------------------------


def test_a_telephone_is_called_at_its_contact_and_sees_who_calls() -> None:
    _, invite = called(Wire())
    assert first_line(invite) == "INVITE sip:sip100@10.0.0.7:5062 SIP/2.0"
    assert invite.first("from").startswith('"Jan" <sip:299@192.0.2.1:5060>;tag=')
    assert invite.first("to") == "<sip:sip100@192.0.2.1:5060>"
    assert invite.first("contact") == "<sip:pbxsim@192.0.2.1:5060>"
    assert (invite.first("content-type"), invite.body) == ("application/sdp", SDP)


def test_it_rings_is_picked_up_talks_and_is_hung_up() -> None:
    wire = Wire()
    session, invite = called(wire)
    assert reply(wire, invite, 100) == reply(wire, invite, 180) == reply(wire, invite, 183) == []
    assert reply(wire, invite, 200, body=SDP) == ["ACK sip:sip100@10.0.0.7:5062;now SIP/2.0"]
    assert wire.heard.told == [("rings", "sip100"), ("answered", "sip100", SDP)]
    assert reply(wire, invite, 200, body=SDP) == ["ACK sip:sip100@10.0.0.7:5062;now SIP/2.0"], "a lost ACK"
    session.hang_up(NORMAL)
    (bye,) = wire.sent()
    assert isinstance(bye, Request)
    assert (first_line(bye), bye.first("reason")) == (
        "BYE sip:sip100@10.0.0.7:5062;now SIP/2.0",
        'Q.850;cause=16;text="Normal Clearing"',
    )
    assert wire.agent.sessions == 1
    reply(wire, bye, 200)
    assert (wire.agent.sessions, len(wire.heard.told)) == (0, 2)


@pytest.mark.parametrize(("code", "cause"), [(486, 17), (603, 21), (404, 1), (480, 19), (503, 34), (488, 58)])
def test_a_telephone_that_refuses_says_why(code: int, cause: int) -> None:
    wire = Wire()
    _, invite = called(wire)
    assert reply(wire, invite, code) == ["ACK sip:sip100@10.0.0.7:5062 SIP/2.0"]
    assert wire.heard.told == [("failed", "sip100", cause)]
    assert wire.agent.sessions == 0


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        ("<sip:102;phone-context=x@192.0.2.1>;q=0.5", ("sent on", "sip100", "102", 127)),
        ("<tel:+420299299299>", ("sent on", "sip100", "+420299299299", 127)),
        ("<sip:192.0.2.9>", ("failed", "sip100", 127)),
        ("nonsense", ("failed", "sip100", 127)),
    ],
)
def test_a_telephone_that_sends_its_caller_on_says_whereto(contact: str, told: tuple[object, ...]) -> None:
    wire = Wire()
    _, invite = called(wire)
    moved = response(invite, 302, "Moved Temporarily", tag="phone")
    moved.headers.append(("contact", contact))
    wire.agent.receive(bytes(moved), HERE)
    assert [first_line(each) for each in wire.sent()] == ["ACK sip:sip100@10.0.0.7:5062 SIP/2.0"]
    assert (wire.heard.told, wire.agent.sessions) == ([told], 0)


def test_a_telephone_of_which_nothing_is_heard_has_failed() -> None:
    wire = Wire()
    session, _ = called(wire)
    wire.elapse(33)
    assert wire.heard.told == [("unheard", "sip100"), ("failed", "sip100", 18)]
    assert session.contact == wire.registrar.contacts("sip100")[0]
    assert wire.agent.sessions == 0


def test_a_telephone_of_which_nothing_was_heard_when_its_call_was_given_up_is_told_of_too() -> None:
    wire = Wire()
    session, _ = called(wire)
    wire.elapse(10)
    session.hang_up(NORMAL)
    wire.elapse(23)
    assert (wire.heard.told, wire.agent.sessions) == ([("unheard", "sip100")], 0)


def test_a_call_that_is_given_up_is_cancelled_once_something_was_heard_of_it() -> None:
    wire = Wire()
    session, invite = called(wire)
    session.hang_up(NORMAL)
    assert wire.sent() == [], "a CANCEL may overtake its INVITE"
    assert reply(wire, invite, 180) == ["CANCEL sip:sip100@10.0.0.7:5062 SIP/2.0"]
    assert reply(wire, invite, 180) == []
    assert reply(wire, invite, 487) == ["ACK sip:sip100@10.0.0.7:5062 SIP/2.0"]
    assert (wire.heard.told, wire.agent.sessions) == ([], 0)


def test_an_answer_that_crosses_its_cancel_is_acknowledged_and_hung_up() -> None:
    wire = Wire()
    session, invite = called(wire)
    reply(wire, invite, 180)
    session.hang_up(NORMAL)
    (cancel,) = wire.sent()
    assert isinstance(cancel, Request)
    assert (cancel.via, cancel.first("cseq")) == (invite.via, "1 CANCEL")
    contact = "sip:sip100@10.0.0.7:5062;now"
    assert reply(wire, invite, 200, body=SDP) == [f"ACK {contact} SIP/2.0", f"BYE {contact} SIP/2.0"]
    assert wire.heard.told == [("rings", "sip100")]
    wire.elapse(40)
    assert wire.agent.sessions == 0


def test_a_telephone_that_rings_and_vanishes_does_not_keep_a_call_that_was_given_up() -> None:
    wire = Wire()
    session, invite = called(wire)
    reply(wire, invite, 180)
    session.hang_up(NORMAL)
    wire.elapse(33)
    assert (wire.agent.sessions, wire.heard.told) == (0, [("rings", "sip100")])


def test_a_second_telephone_behind_a_proxy_that_answers_too_is_hung_up() -> None:
    wire = Wire()
    _, invite = up(wire)
    assert [line.split()[0] for line in reply(wire, invite, 200, body=SDP, tag="other")] == ["ACK", "BYE"]
    assert wire.heard.told == [("answered", "sip100", SDP)]


# -- within it ---------------------------------------------------------------------------------------------------------


def test_a_telephone_that_is_put_down_has_ended_with_the_cause_that_it_says() -> None:
    for more, cause in (((), 16), (("Reason: Q.850;cause=17",), 17), (("Reason: SIP;cause=600",), 16)):
        wire = Wire()
        session, _ = up(wire)
        (answer,) = wire.says(within("BYE", session, 1, *more))
        assert first_line(answer) == "SIP/2.0 200 OK"
        assert wire.heard.told[-1] == ("ended", "sip100", cause)
        assert wire.agent.sessions == 0


def test_what_comes_out_of_its_order_or_for_another_tag_changes_nothing() -> None:
    wire = Wire()
    session, _ = up(wire)
    wire.says(within("INFO", session, 5))
    (late,) = wire.says(within("BYE", session, 4))
    (foreign,) = wire.says(within("BYE", session, 6).replace(";tag=phone", ";tag=foreign"))
    assert [first_line(late), first_line(foreign)] == [
        "SIP/2.0 500 Server Internal Error",
        "SIP/2.0 481 Call/Transaction Does Not Exist",
    ]
    assert session.phase is Phase.UP


@pytest.mark.parametrize(
    ("kind", "body", "digits"),
    [
        ("application/dtmf-relay", b"Signal=5\r\nDuration=160\r\n", ["5"]),
        ("application/dtmf-relay", b"Signal= #\r\n", ["#"]),
        ("application/dtmf", b"*", ["*"]),
        ("application/dtmf", b"hello", []),
    ],
)
def test_digits_come_by_info(kind: str, body: bytes, digits: list[str]) -> None:
    wire = Wire()
    session, _ = up(wire)
    (answer,) = wire.says(within("INFO", session, 1, f"Content-Type: {kind}"), body)
    assert first_line(answer) == "SIP/2.0 200 OK"
    assert [told[2] for told in wire.heard.told if told[0] == "pressed"] == digits


def test_a_call_is_handed_on_and_the_telephone_is_told_how_that_went_before_it_is_let_go() -> None:
    wire = Wire()
    session, _ = up(wire)
    taken = wire.heard.referred

    def handed_on(of: Session, to: str) -> tuple[int, str]:
        of.hang_up(NORMAL)  # as the switch does from within
        return taken(of, to)

    wire.heard.referred = handed_on  # type: ignore[method-assign, assignment]
    answers = wire.says(within("REFER", session, 1, "Refer-To: <sip:103@192.0.2.1>"))
    assert [first_line(each).split()[0:2] for each in answers] == [
        ["SIP/2.0", "202"],
        ["NOTIFY", "sip:sip100@10.0.0.7:5062;now"],
        ["BYE", "sip:sip100@10.0.0.7:5062;now"],
    ]
    assert (answers[1].first("event"), answers[1].body) == ("refer", b"SIP/2.0 200 OK\r\n")
    assert wire.heard.told[-1] == ("referred", "sip100", "<sip:103@192.0.2.1>")


def test_a_call_that_cannot_be_handed_on_is_refused_and_goes_on() -> None:
    wire = Wire()
    wire.heard.handed_on = (404, "Not Found")
    session, _ = up(wire)
    (answer,) = wire.says(within("REFER", session, 1, "Refer-To: <sip:77@192.0.2.1>"))
    assert first_line(answer) == "SIP/2.0 404 Not Found"
    assert session.phase is Phase.UP


def test_a_session_is_found_by_what_a_header_replaces_says() -> None:
    wire = Wire()
    session, _ = up(wire)
    assert wire.agent.find(session.dialog.call_id, session.tag, "phone") is session
    assert wire.agent.find(session.dialog.call_id, session.tag, "other") is None


# -- we are called -----------------------------------------------------------------------------------------------------


def calling(wire: Wire, body: bytes = SDP, **more: object) -> tuple[Session, list[str]]:
    """Have a telephone call; give its session, and what it heard at once."""
    heard = asks(wire, "INVITE", TO, body=body, **more)  # type: ignore[arg-type]
    return wire.heard.sessions[-1], [first_line(each) for each in heard]


def ack(session: Session) -> str:
    """Write the ACK of a telephone that has called."""
    return request("ACK", TO, sequence=2, to_tag=session.tag)


def test_who_calls_proves_who_it_is_hears_it_ring_and_is_answered() -> None:
    wire = Wire()
    session, heard = calling(wire)
    assert heard == ["SIP/2.0 100 Trying"]
    assert wire.heard.told == [("called", "sip100", "102")]
    session.ring()
    session.ring()
    (ringing,) = wire.sent()
    assert session.answer()
    (answer,) = wire.sent()
    assert isinstance(answer, Response)
    assert [first_line(ringing), first_line(answer), answer.body] == ["SIP/2.0 180 Ringing", "SIP/2.0 200 OK", SDP]
    assert ringing.first("to") == answer.first("to") == f"<{TO}>;tag={session.tag}"
    wire.says(ack(session))
    assert wire.elapse(30) == []
    (bye,) = wire.says(request("BYE", TO, sequence=3, to_tag=session.tag))
    assert first_line(bye) == "SIP/2.0 200 OK"
    assert wire.heard.told[-1] == ("ended", "sip100", 16)


@pytest.mark.parametrize(
    ("cause", "line"),
    [
        (HangupCause.UNALLOCATED, "SIP/2.0 404 Not Found"),
        (HangupCause.USER_BUSY, "SIP/2.0 486 Busy Here"),
        (HangupCause.CALL_REJECTED, "SIP/2.0 403 Forbidden"),
        (HangupCause.NO_ANSWER, "SIP/2.0 480 Temporarily Unavailable"),
        (HangupCause.NORMAL_CIRCUIT_CONGESTION, "SIP/2.0 503 Service Unavailable"),
        (HangupCause.RECOVERY_ON_TIMER_EXPIRE, "SIP/2.0 504 Server Time-out"),
    ],
)
def test_who_calls_in_vain_is_told_why(cause: HangupCause, line: str) -> None:
    wire = Wire()
    session, _ = calling(wire)
    session.hang_up(cause)
    (refused,) = wire.sent()
    assert first_line(refused) == line
    assert bool(refused.first("retry-after")) == (refused.first("reason").startswith("Q.850;cause=34"))
    assert wire.agent.sessions == 0


def test_who_gives_up_is_told_so_twice_and_whoever_it_called_hears_of_it() -> None:
    wire = Wire()
    branch = "z9hG4bKgivesup"
    calling(wire, with_=lambda text: text.replace(text.split("branch=")[1].split(";")[0], branch))
    answers = wire.says(request("CANCEL", TO, sequence=2, branch=branch))
    assert [first_line(each) for each in answers] == ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]
    assert wire.heard.told[-1] == ("ended", "sip100", 16)
    assert wire.agent.sessions == 0


def test_an_answer_that_is_never_acknowledged_is_hung_up() -> None:
    wire = Wire()
    session, _ = calling(wire)
    session.answer()
    said = wire.elapse(32)
    assert said[-1] == (32.0, "BYE sip:sip100@10.0.0.7:5062 SIP/2.0")
    assert wire.heard.told[-1] == ("ended", "sip100", 41)


def test_who_is_answered_and_hung_up_in_one_moment_is_hung_up_when_the_answer_has_arrived() -> None:
    wire = Wire()
    session, _ = calling(wire)
    session.answer()
    session.hang_up(NORMAL)
    assert [first_line(each) for each in wire.sent()] == ["SIP/2.0 200 OK"]
    assert [first_line(each).split()[0] for each in wire.says(ack(session))] == ["BYE"]


# -- by way of a proxy -------------------------------------------------------------------------------------------------


def test_what_goes_to_a_telephone_behind_proxies_names_them_in_their_order() -> None:
    wire = Wire()
    session, invite = called(wire)
    reply(wire, invite, 200, "Record-Route: <sip:far;lr>", "Record-Route: <sip:near;lr>", body=SDP)
    session.hang_up(NORMAL)
    (bye,) = wire.sent()
    assert bye.all("route") == ["<sip:near;lr>", "<sip:far;lr>"]


def test_what_goes_to_a_telephone_that_called_by_proxies_names_them_the_other_way_round() -> None:
    wire = Wire()
    session, _ = calling(wire, more=("Record-Route: <sip:near;lr>, <sip:far;lr>",))
    session.answer()
    (answer,) = wire.sent()
    assert answer.listed("record-route") == ["<sip:near;lr>", "<sip:far;lr>"]
    wire.says(ack(session))
    session.hang_up(NORMAL)
    (bye,) = wire.sent()
    assert bye.all("route") == ["<sip:near;lr>", "<sip:far;lr>"]
    assert first_line(bye) == "BYE sip:sip100@10.0.0.7:5062 SIP/2.0"


def test_what_comes_from_elsewhere_within_a_call_is_where_the_telephone_is_now() -> None:
    wire, elsewhere = Wire(), Flow("UDP", "192.0.2.10", 40_000)
    session, _ = up(wire)
    wire.says(within("INFO", session, 1, "Content-Type: application/dtmf"), b"1", elsewhere)
    session.hang_up(NORMAL)
    assert [flow for _, flow in wire.agent.outgoing] == [elsewhere]
