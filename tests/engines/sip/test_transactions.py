"""RFC 3261's four transactions: when they repeat, when they give up, and what they answer twice."""

from __future__ import annotations

from itertools import product
from math import isinf

import pytest

from pbxsim.engines.sip.flow import Flow
from pbxsim.engines.sip.message import Request, Response, read, response
from pbxsim.engines.sip.transactions import TRANSITIONS, Answer, Happened, Kind, State, Transaction, Transactions

UDP = Flow("UDP", "192.0.2.10", 5062)
TCP = Flow("TCP", "192.0.2.10", 5062, 1)
T1_DOUBLED = [0.5, 1.5, 3.5, 7.5, 15.5, 31.5]  # timer A
UP_TO_T2 = [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]  # timers E and G


def made(method: str, branch: str = "z9hG4bK1") -> Request:
    """Make a request."""
    data = (
        f"{method} sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch={branch}\r\nFrom: <sip:a@h>;tag=1\r\n"
        f"To: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 {'INVITE' if method == 'ACK' else method}\r\n\r\n"
    )
    message = read(data.replace("1 INVITE\r\n\r\n", "1 ACK\r\n\r\n").encode() if method == "ACK" else data.encode())
    assert isinstance(message, Request)
    return message


def answer(request: Request, code: int) -> Response:
    """Make a response."""
    return response(request, code, "So", tag="2")


def sends_when(transactions: Transactions, until: float = 100) -> tuple[list[float], list[Happened]]:
    """Wake it whenever it is due; give when it sent something, and what it told."""
    times, told = [], []
    transactions.outgoing.clear()
    while not isinf(due := transactions.due()) and due <= until:
        told += [happening.what for happening in transactions.wake(due)]
        assert transactions.due() > due, "what is due is done"
        times += [due] * len(transactions.outgoing)
        transactions.outgoing.clear()
    return times, told


@pytest.mark.parametrize(("method", "times"), [("INVITE", T1_DOUBLED), ("OPTIONS", UP_TO_T2)])
def test_a_request_that_nobody_answers_is_repeated_and_given_up_after_32_seconds(
    method: str, times: list[float]
) -> None:
    transactions = Transactions()
    transactions.ask(0, made(method), UDP)
    assert sends_when(transactions, 31.9) == (times, [])
    assert transactions.due() == 32
    assert sends_when(transactions) == ([], [Happened.TIMED_OUT])
    assert len(transactions) == 0


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS"])
def test_what_goes_by_a_connection_is_sent_once(method: str) -> None:
    transactions = Transactions()
    transactions.ask(0, made(method), TCP)
    assert sends_when(transactions) == ([], [Happened.TIMED_OUT])


def test_a_call_that_rings_waits_for_a_person_and_is_not_repeated() -> None:
    transactions, invite = Transactions(), made("INVITE")
    transactions.ask(0, invite, UDP)
    happening = transactions.receive(0.2, answer(invite, 180), UDP)
    assert happening is not None
    assert happening.what is Happened.REPLIED
    assert isinf(transactions.due())


def test_a_request_that_is_being_worked_on_is_repeated_every_four_seconds() -> None:
    transactions, asked = Transactions(), made("OPTIONS")
    transactions.ask(0, asked, UDP)
    transactions.receive(0.2, answer(asked, 100), UDP)
    assert sends_when(transactions, 13) == ([4.2, 8.2, 12.2], [])


def test_a_refused_call_is_acknowledged_each_time_that_it_is_refused() -> None:
    transactions, invite = Transactions(), made("INVITE")
    transactions.ask(0, invite, UDP)
    transactions.outgoing.clear()
    assert transactions.receive(0.1, answer(invite, 486), UDP) is not None
    assert transactions.receive(0.6, answer(invite, 486), UDP) is None
    acks = [data for data, _ in transactions.outgoing]
    assert len(acks) == 2
    assert acks[0] == acks[1]
    assert acks[0] == (
        b"ACK sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n"
        b"Call-ID: c\r\nTo: <sip:b@h>;tag=2\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n"
    )
    assert sends_when(transactions) == ([], [])
    assert len(transactions) == 0


def test_each_200_of_a_call_is_told_for_its_ack_is_not_the_transactions() -> None:
    transactions, invite = Transactions(), made("INVITE")
    transactions.ask(0, invite, UDP)
    for now in (0.1, 0.6):
        happening = transactions.receive(now, answer(invite, 200), UDP)
        assert happening is not None
        assert happening.what is Happened.REPLIED
    assert transactions.receive(0.7, answer(invite, 486), UDP) is None


def test_a_repeated_request_gets_its_answer_again_and_is_told_once() -> None:
    transactions, asked = Transactions(), made("OPTIONS")
    happening = transactions.receive(0, asked, UDP)
    assert happening is not None
    assert happening.transaction is not None
    assert transactions.receive(0.1, asked, UDP) is None
    assert not transactions.outgoing
    transactions.reply(0.2, happening.transaction, answer(asked, 200))
    assert transactions.receive(0.6, asked, UDP) is None
    first, again = (data for data, _ in transactions.outgoing)
    assert first == again
    transactions.reply(0.7, happening.transaction, answer(asked, 500))
    assert len(transactions.outgoing) == 2, "a second final answer was sent"


def test_a_refusal_of_ours_is_repeated_until_it_is_acknowledged() -> None:
    transactions, invite = Transactions(), made("INVITE")
    happening = transactions.receive(0, invite, UDP)
    assert happening is not None
    assert happening.transaction is not None
    transactions.reply(0, happening.transaction, answer(invite, 486))
    assert sends_when(transactions, 8) == ([0.5, 1.5, 3.5, 7.5], [])
    assert transactions.receive(8, made("ACK"), UDP) is None
    assert sends_when(transactions) == ([], [])


def test_an_answer_of_ours_is_repeated_by_any_way_until_its_ack_has_come_or_nobody_sends_one() -> None:
    for flow, is_acknowledged in ((UDP, False), (TCP, False), (UDP, True)):
        transactions, invite = Transactions(), made("INVITE")
        happening = transactions.receive(0, invite, flow)
        assert happening is not None
        assert happening.transaction is not None
        transactions.reply(0, happening.transaction, answer(invite, 200))
        if is_acknowledged:
            ack = transactions.receive(0.1, made("ACK", "z9hG4bK2"), flow)
            assert ack is not None
            assert ack.what is Happened.ACKNOWLEDGED
            transactions.acknowledged(0.1, happening.transaction)
            assert transactions.receive(0.3, invite, flow) is None, "a late INVITE began anew"
        wanted = ([], []) if is_acknowledged else (UP_TO_T2, [Happened.UNACKNOWLEDGED])
        assert sends_when(transactions) == wanted


def test_a_cancel_finds_its_invite() -> None:
    transactions = Transactions()
    happening = transactions.receive(0, made("INVITE"), UDP)
    assert happening is not None
    assert transactions.invite_of(made("CANCEL")) is happening.transaction
    assert transactions.invite_of(made("CANCEL", "z9hG4bK9")) is None


def test_old_telephones_without_a_unique_branch_are_told_apart_by_more() -> None:
    transactions = Transactions()
    first = transactions.receive(0, made("OPTIONS", "1"), UDP)
    other = made("OPTIONS", "1")
    other.headers = [(name, "d" if name == "call-id" else value) for name, value in other.headers]
    second = transactions.receive(0, other, UDP)
    assert first is not None
    assert second is not None
    assert first.transaction is not second.transaction


def test_no_state_that_is_over_goes_anywhere() -> None:
    for kind, answer_ in product(Kind, Answer):
        assert (kind, State.TERMINATED, answer_) not in TRANSITIONS
        assert (kind, State.CONFIRMED, answer_) not in TRANSITIONS


LONG = "x" * 4_000


def heavy(method: str, code: int, *, is_ours: bool) -> tuple[Transactions, Transaction]:
    """Have a transaction of a long request that has its final response; the owner is a name."""
    transactions, asked = Transactions(), made(method)
    asked.headers.append(("x-long", LONG))
    if is_ours:
        transaction = transactions.ask(0, asked, UDP, "owner")
        transactions.receive(0.1, answer(asked, code), UDP)
    else:
        happening = transactions.receive(0, asked, UDP)
        assert happening is not None
        assert happening.transaction is not None
        transaction = happening.transaction
        transaction.owner = "owner"
        transactions.reply(0.1, transaction, answer(asked, code))
    return transactions, transaction


@pytest.mark.parametrize("method", ["INVITE", "BYE"])
@pytest.mark.parametrize("code", [200, 486])
@pytest.mark.parametrize("is_ours", [False, True])
def test_once_there_is_a_final_response_a_request_is_not_kept_but_for_its_method_and_number(
    method: str, code: int, is_ours: bool
) -> None:
    transactions, transaction = heavy(method, code, is_ours=is_ours)
    kept = transaction.request
    assert (kept.method, kept.sequence, kept.headers) == (method, 1, [("cseq", f"1 {method}")])
    assert LONG.encode() not in transaction.last
    assert len(transactions) == 1
    is_told_more = is_ours or (method, code) == ("INVITE", 200)
    assert transaction.owner == ("owner" if is_told_more else None)
    if not is_ours:
        transactions.acknowledged(1, transaction)
        assert transaction.owner is None


@pytest.mark.parametrize("code", [100, 180])
@pytest.mark.parametrize("is_ours", [False, True])
def test_while_a_request_waits_for_its_final_response_all_of_it_is_kept(code: int, is_ours: bool) -> None:
    _, transaction = heavy("INVITE", code, is_ours=is_ours)
    assert transaction.request.first("x-long") == LONG
    assert (LONG.encode() in transaction.last, transaction.owner) == (is_ours, "owner")
