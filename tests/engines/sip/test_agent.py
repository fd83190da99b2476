"""What is answered to whom before any call: abilities, refusals, strangers, floods."""

from __future__ import annotations

import pytest

from pbxsim.engines.sip import agent as agent_module
from pbxsim.engines.sip import transactions
from tests.engines.sip.wire import HERE, SDP, Wire, asks, first_line, request

TO = "sip:102@192.0.2.1"
WRONG = 'Authorization: Digest username="sip100", realm="pbxsim", nonce="n", uri="sip:h", response="00"'


def said(wire: Wire, text: str, body: bytes = b"") -> list[str]:
    """Give the first lines of what is answered at once."""
    return [first_line(message) for message in wire.says(text, body)]


def test_anybody_is_told_what_we_can() -> None:
    (answer,) = Wire().says(request("OPTIONS", "sip:192.0.2.1"))
    assert (first_line(answer), answer.first("allow").split(", ")[0]) == ("SIP/2.0 200 OK", "INVITE")
    assert answer.first("via").endswith(";received=192.0.2.10;rport=5062")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (request("MESSAGE", TO), "SIP/2.0 405 Method Not Allowed"),
        (request("SUBSCRIBE", TO), "SIP/2.0 489 Bad Event"),
        (request("BYE", TO), "SIP/2.0 481 Call/Transaction Does Not Exist"),
        (request("BYE", TO, to_tag="x"), "SIP/2.0 481 Call/Transaction Does Not Exist"),
        (request("CANCEL", TO), "SIP/2.0 481 Call/Transaction Does Not Exist"),
        (request("INVITE", TO).replace("Max-Forwards: 70", "Max-Forwards: 0"), "SIP/2.0 483 Too Many Hops"),
        (request("INVITE", TO, more=("Require: precondition",)), "SIP/2.0 420 Bad Extension"),
        (request("INVITE", TO, more=("Content-Encoding: gzip",)), "SIP/2.0 415 Unsupported Media Type"),
        (request("INVITE", TO, more=("nonsense",)), "SIP/2.0 400 Malformed Header Field"),
        (request("INVITE", TO), "SIP/2.0 401 Unauthorized"),
    ],
)
def test_what_cannot_be_done_is_refused(text: str, line: str) -> None:
    wire = Wire()
    assert said(wire, text) == [line]
    assert (wire.heard.told, wire.agent.sessions) == ([], 0)


def test_an_acknowledgement_of_nothing_and_an_answer_to_nothing_are_passed_over() -> None:
    wire = Wire()
    assert said(wire, request("ACK", TO)) == []
    wire.agent.receive(b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\n\r\n", HERE)
    assert wire.sent() == []


def test_a_repeated_call_is_one_call() -> None:
    wire = Wire()
    asks(wire, "INVITE", TO, body=SDP)
    texts: list[str] = []

    def noted(text: str) -> str:
        texts.append(text)
        return text

    asks(wire, "INVITE", TO, body=SDP, call_id="call-2", with_=noted)
    assert said(wire, texts[0], SDP) == ["SIP/2.0 100 Trying"]
    assert len(wire.heard.sessions) == 2


def test_who_calls_when_there_are_too_many_calls_is_told_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_module, "MOST_SESSIONS", 1)
    wire = Wire()
    asks(wire, "INVITE", TO, body=SDP)
    (refused,) = asks(wire, "INVITE", TO, body=SDP, call_id="call-2")
    assert (first_line(refused), refused.first("retry-after")) == ("SIP/2.0 503 Service Unavailable", "5")


@pytest.mark.slow
def test_a_thousand_strangers_leave_nothing_behind_and_get_one_answer_each() -> None:
    wire = Wire()
    for turn in range(1_000):
        assert said(wire, request("INVITE", TO, call_id=f"c{turn}")) == ["SIP/2.0 401 Unauthorized"]
    assert len(wire.agent._transactions) == 0  # noqa: SLF001 - nobody else counts them
    assert len(wire.agent._transactions._deadlines) < 500  # noqa: SLF001 - each holds on to a request
    assert wire.elapse(40) == []
    assert wire.agent.sessions == 0


@pytest.mark.parametrize(
    "text",
    [
        request("OPTIONS", TO),
        request("SUBSCRIBE", TO),
        request("MESSAGE", TO),
        request("BYE", TO, to_tag="x"),
        request("CANCEL", TO),
        f"{request('REGISTER', TO)}\n{WRONG}",
    ],
)
def test_as_many_questions_as_there_may_be_transactions_leave_room_for_whoever_registers(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "MOST", 3)
    wire = Wire()
    for turn in range(3):
        assert len(said(wire, text.replace("branch=", f"branch=z9hG4bKflood{turn}"))) == 1
    wire.registered()


def test_who_calls_and_wants_signs_of_life_too_often_is_told_how_often_they_may_be_before_anybody_rings() -> None:
    wire = Wire()
    often = ("Supported: timer", "Session-Expires: 30")
    (refused,) = asks(wire, "INVITE", TO, body=SDP, more=often)
    assert (first_line(refused), refused.first("min-se")) == ("SIP/2.0 422 Session Interval Too Small", "90")
    assert (wire.heard.told, wire.agent.sessions) == ([], 0)
