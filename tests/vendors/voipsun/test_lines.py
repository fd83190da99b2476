"""How a request names a line: four ways, in a numbering plan, and what can be wrong with each."""

from __future__ import annotations

import pytest

from tests.vendors.voipsun.client import SUCCESS, Client, documented_error

AGENT = {"agentNumber": "1000", "agentPin": "1234"}


def _users_rung(client: Client, **source: str) -> list[str]:
    reply = client.ask("originate", dstNum="800123456", **source)
    assert reply.body == SUCCESS
    return [leg.peer for leg in client.call(reply).legs]


@pytest.mark.cites("S3")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("srcExtenPublicNum", "299299000"),
        ("srcExtenInternalNum", "100"),
        ("srcExtenId", "5"),
        ("srcSipUsername", "sip100"),
    ],
)
def test_each_of_the_four_ways_finds_the_line(client: Client, name: str, value: str) -> None:
    assert client.place(**{name: value}).legs[0].peer == "sip100"


@pytest.mark.cites("R8")
def test_all_accounts_of_a_line_ring_unless_one_is_named(client: Client) -> None:
    client.office.phones["sip103a"].never_answers()
    client.office.phones["sip103b"].never_answers()

    assert _users_rung(client, srcExtenInternalNum="103") == ["sip103a", "sip103b"]
    assert _users_rung(client, srcSipUsername="sip103b") == ["sip103b"]


@pytest.mark.cites("R8")
def test_the_first_account_to_answer_has_the_call(client: Client) -> None:
    client.office.phones["sip103a"].answers(after=5)
    client.office.phones["sip103b"].answers(after=2)
    call = client.place(srcExtenInternalNum="103")

    client.office.advance(6)

    assert call.first is not None
    assert call.first.peer == "sip103b"


@pytest.mark.cites("S4")
def test_the_numbering_plan_tells_apart_two_lines_of_one_number(client: Client) -> None:
    client.office.phones["sip200"].never_answers()
    client.office.phones["sip200b"].never_answers()

    assert _users_rung(client, srcExtenInternalNum="200", dialplanName="firma") == ["sip200"]
    assert _users_rung(client, srcExtenInternalNum="200", dialplanName="pobocka") == ["sip200b"]


@pytest.mark.cites("S4", "S38")
def test_a_number_that_two_plans_have_needs_a_plan(client: Client) -> None:
    assert client.body("originate", srcExtenInternalNum="200", dstNum="1") == documented_error(201)


@pytest.mark.cites("S23", "S40")
def test_spying_asks_for_the_plan_of_either_party(client: Client) -> None:
    both = {"srcExtenInternalNum": "200", "dstExtenInternalNum": "200"}

    assert client.body("spying", **both) == documented_error(302)
    assert client.body("spying", **both, srcDialplanName="firma") == documented_error(310)
    assert client.body("spying", **both, srcDialplanName="firma", dstDialplanName="pobocka") == SUCCESS


@pytest.mark.cites("S4", "S42")
def test_logging_in_at_a_number_that_two_plans_have_needs_a_plan(client: Client) -> None:
    assert client.body("agentlogin", **AGENT, srcExtenInternalNum="200") == documented_error(502)
    assert client.body("agentlogin", **AGENT, srcExtenInternalNum="200", dialplanName="pobocka") == SUCCESS
    assert client.line("sip200b") is next(agent.line for agent in client.office.pbx.agents)


@pytest.mark.cites("S38", "S40", "S42", "R11")
@pytest.mark.parametrize(
    ("suffix", "value"),
    [("ExtenPublicNum", "299299111"), ("ExtenInternalNum", "999"), ("ExtenId", "999"), ("SipUsername", "sip999")]
    + [("ExtenId", value) for value in ("abc", "5x", "-5", "5.0", " 5", "99999999999999999999")],
)
def test_a_line_that_is_not_there_is_not_found(client: Client, suffix: str, value: str) -> None:
    source, target = {f"src{suffix}": value}, {f"dst{suffix}": value}

    assert client.body("originate", dstNum="1", **source) == documented_error(202)
    assert client.body("spying", dstExtenId="5", **source) == documented_error(303)
    assert client.body("spying", srcExtenId="5", **target) == documented_error(311)
    assert client.body("agentlogin", **AGENT, **source) == documented_error(503)


@pytest.mark.cites("S38", "S40", "S42")
def test_a_plan_that_lacks_the_number_has_no_such_line(client: Client) -> None:
    assert client.body("originate", dstNum="1", srcExtenInternalNum="100", dialplanName="pobocka") == documented_error(
        202
    )


@pytest.mark.cites("S38", "S40", "S42", "R10")
@pytest.mark.parametrize(
    ("suffix", "value"), [("ExtenInternalNum", "100"), ("ExtenPublicNum", "299299000"), ("ExtenId", "x")]
)
def test_a_plan_that_does_not_exist_is_an_error_however_the_line_is_named(
    client: Client, suffix: str, value: str
) -> None:
    source, target = {f"src{suffix}": value}, {f"dst{suffix}": value}

    assert client.body("originate", dstNum="1", dialplanName="Firma", **source) == documented_error(203)
    assert client.body("spying", dstExtenId="5", srcDialplanName="Firma", **source) == documented_error(304)
    assert client.body("spying", srcExtenId="5", dstDialplanName="Firma", **target) == documented_error(312)
    assert client.body("agentlogin", **AGENT, dialplanName="Firma", **source) == documented_error(504)


@pytest.mark.cites("R10")
def test_another_plan_than_the_lines_own_matters_only_beside_an_internal_number(client: Client) -> None:
    assert _users_rung(client, srcExtenPublicNum="299299000", dialplanName="pobocka") == ["sip100"]


@pytest.mark.cites("S15", "S36", "S42")
def test_two_ways_at_once_are_too_many(client: Client) -> None:
    source = {"srcExtenId": "5", "srcSipUsername": "sip100"}

    assert client.body("originate", dstNum="1", **source) == documented_error(200)
    assert client.body("spying", dstExtenId="7", **source) == documented_error(300)
    assert client.body("spying", srcExtenId="5", dstSipUsername="a", dstChannelName="b") == documented_error(301)
    assert client.body("agentlogin", **AGENT, **source) == documented_error(501)
    assert not client.office.pbx.calls.live


@pytest.mark.cites("R9", "S37")
def test_none_of_the_ways_is_too_few(client: Client) -> None:
    assert client.body("originate", dstNum="1") == documented_error(120)
    assert client.body("spying", dstExtenId="7") == documented_error(120)
    assert client.body("spying", srcExtenId="7") == documented_error(120)
    assert client.body("agentlogin", **AGENT) == documented_error(120)


@pytest.mark.cites("R9")
def test_a_way_without_a_value_is_not_given(client: Client) -> None:
    assert _users_rung(client, srcExtenPublicNum="", srcExtenId="", srcExtenInternalNum="100") == ["sip100"]
    assert client.body("originate", dstNum="1", srcExtenId="") == documented_error(120)


@pytest.mark.cites("R3")
def test_errors_come_in_the_documented_order(client: Client) -> None:
    everything_wrong = {"srcExtenId": "x", "srcDialplanName": "x", "dstExtenId": "x", "dstDialplanName": "x"}

    assert client.body("spying", **everything_wrong, srcSipUsername="x", dstSipUsername="x") == documented_error(300)
    assert client.body("spying", **everything_wrong, dstSipUsername="x") == documented_error(301)
    assert client.body("spying", **everything_wrong) == documented_error(304)
    assert client.body("spying", **everything_wrong | {"srcDialplanName": ""}) == documented_error(303)
    found = {"srcExtenId": "5", "srcDialplanName": ""}
    assert client.body("spying", **everything_wrong | found) == documented_error(312)
    assert client.body("spying", **everything_wrong | found | {"dstDialplanName": ""}) == documented_error(311)
    wrong_pin = {"agentNumber": "1000", "agentPin": "0"}
    assert client.body("agentlogin", **wrong_pin, srcExtenId="x", srcSipUsername="x") == documented_error(500)
    assert client.body("agentlogin", **AGENT, srcExtenId="x", srcSipUsername="x", dialplanName="x") == documented_error(
        501
    )
