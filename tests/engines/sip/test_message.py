"""SIP messages, read from whatever came and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.engines.sip.message import LARGEST, MOST_HEADERS, Request, Response, read, response

HEAD = (
    b"INVITE sip:102@pc33 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.7;branch=z9hG4bK+a%b;rport\r\nFrom: <sip:a@h>;tag=1\r\n"
    b"To: <sip:102@pc33>\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\n"
)


def sound(data: bytes) -> Request:
    """Read a request in which nothing is wrong."""
    message = read(data)
    assert isinstance(message, Request)
    assert message.fault == ""
    return message


def test_a_request_is_read_and_its_host_may_end_with_a_digit() -> None:
    message = sound(HEAD + b"Content-Length: 4\r\n\r\nbodyand more")
    assert (message.method, message.target, message.sequence, message.call_id) == ("INVITE", "sip:102@pc33", 7, "c")
    assert message.body == b"body"
    assert message.via is not None
    assert (message.via.host, message.via.port, message.via.branch) == ("10.0.0.7", 0, "z9hG4bK+a%b")


def test_short_names_folded_lines_and_white_space_mean_the_same() -> None:
    folded = (
        b"\r\n\r\nINVITE sip:102@h SIP/2.0\r\n"
        b"v:  SIP / 2.0 / UDP 10.0.0.7 ;\r\n branch=z9hG4bK1\r\nf : <sip:a@h>\r\n\t;tag=1\r\n"
        b"t: sip:102@h\r\ni: c\r\nCSEQ: 0007   INVITE\r\nl: 0\r\n\r\n"
    )
    message = sound(folded)
    assert message.sender is not None
    assert message.via is not None
    assert (message.sender.tag, message.via.branch, message.sequence) == ("1", "z9hG4bK1", 7)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ((b"CSeq: 7 INVITE", b"CSeq: 7 BYE"), "CSeq of Another Method"),
        ((b"CSeq: 7 INVITE", b"CSeq: 2147483648 INVITE"), "Malformed Call-ID or CSeq"),
        ((b"Call-ID: c\r\n", b""), "Malformed Call-ID or CSeq"),
        ((b"To: <sip:102@pc33>", b"To: http://h"), "Malformed From or To"),
        ((b"Call-ID: c", b"Call-ID: c\r\nCall-ID: d"), "More Than One Call-ID"),
        ((b"Call-ID: c", b"Call-ID: c\r\nnothing"), "Malformed Header Field"),
        ((b"Call-ID: c", b"Call-ID: c\x00"), "Malformed Header Field"),
        ((b"Call-ID: c", b"Call-ID: c\r\nContent-Length: 9"), "Wrong Content-Length"),
        ((b"Call-ID: c", b"Call-ID: c\r\nContent-Length: -1"), "Wrong Content-Length"),
        ((b"sip:102@pc33 SIP/2.0", b"<sip:102@pc33> SIP/2.0"), "Malformed Request-URI"),
        ((b"sip:102@pc33 SIP/2.0", b"sip:102@pc33 SIP/7.0"), "Version Not Supported"),
    ],
)
def test_a_request_in_which_something_is_wrong_says_what(change: tuple[bytes, bytes], fault: str) -> None:
    message = read(HEAD.replace(*change) + b"\r\n")
    assert isinstance(message, Request)
    assert message.fault == fault


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        b"hello",
        HEAD,
        HEAD.replace(b"Via: SIP/2.0/UDP 10.0.0.7;", b"Via: ;") + b"\r\n",
        b"SIP/2.0 700 Beyond\r\nVia: SIP/2.0/UDP h\r\n\r\n",
        HEAD.replace(b"Call-ID: c", b"X: " + b"x" * LARGEST) + b"\r\n",
    ],
)
def test_what_is_no_message_or_cannot_even_be_refused_is_none(data: bytes) -> None:
    assert read(data) is None


def test_more_headers_than_there_may_be_are_refused() -> None:
    message = read(HEAD + b"X: y\r\n" * MOST_HEADERS + b"\r\n")
    assert isinstance(message, Request)
    assert message.fault == "Too Many Header Fields"


def test_an_answer_echoes_what_came_letter_by_letter_and_says_where_it_came_from() -> None:
    request = sound(HEAD + b"Record-Route: <sip:p>\r\n\r\n")
    answer = response(request, 180, "Ringing", tag="mine", received=("192.0.2.10", 5062))
    assert bytes(answer) == (
        b"SIP/2.0 180 Ringing\r\n"
        b"Via: SIP/2.0/UDP 10.0.0.7;branch=z9hG4bK+a%b;received=192.0.2.10;rport=5062\r\n"
        b"From: <sip:a@h>;tag=1\r\nTo: <sip:102@pc33>;tag=mine\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\n"
        b"Content-Length: 0\r\n\r\n"
    )
    again = read(bytes(answer))
    assert isinstance(again, Response)
    assert (again.code, again.phrase) == (180, "Ringing")


def test_a_port_is_told_only_to_who_asks_for_it() -> None:
    request = sound(HEAD.replace(b";rport", b"") + b"\r\n")
    via = response(request, 200, "OK", received=("192.0.2.10", 5062)).first("via")
    assert via == "SIP/2.0/UDP 10.0.0.7;branch=z9hG4bK+a%b;received=192.0.2.10"


@given(st.binary(max_size=300), st.integers(0, len(HEAD)), st.integers(0, len(HEAD)))
def test_whatever_comes_is_read_without_an_error_and_a_request_that_is_read_can_be_answered(
    noise: bytes, first: int, second: int
) -> None:
    start, end = sorted((first, second))
    message = read(HEAD[:start] + noise + HEAD[end:] + b"\r\n")
    if isinstance(message, Request):
        answer = response(message, 400, message.fault or "Bad Request", tag="t", received=("192.0.2.10", 5062))
        assert bytes(answer).startswith(b"SIP/2.0 400 ")
