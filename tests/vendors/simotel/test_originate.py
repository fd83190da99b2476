"""Which parameters a call needs and may have.

Both legs: where each party is, how long it rings, what it is shown, what the record says in the end.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallerId, CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Direction
from pbxsim.vendors.simotel.originate import caller_id_shown
from pbxsim.vendors.simotel.settings import PublicCaller, Settings
from tests.vendors.simotel.client import ACCOUNT, FIELDS, Client, accepted, failure

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr

pytestmark = pytest.mark.engines

FAILED = failure("Requested operation failed")
ID = accepted("orig.call.1700000000.000000")


def ended(client: Client, call: Call) -> Cdr:
    """Let everything happen that is going to, and give the call's record."""
    client.office.finish()
    return client.office.cdr(call)


def peers(call: Call) -> list[tuple[str, str]]:
    """Tell for each leg by what it was rung and under which number."""
    return [(leg.peer, leg.number) for leg in call.legs]


@pytest.mark.cites("S5", "S16", "R8")
@pytest.mark.parametrize("name", ["caller", "callee", "context", "caller_id"])
@pytest.mark.parametrize("value", ["absent", None, ""])
def test_a_required_parameter_that_is_missing_is_named(name: str, value: str | None) -> None:
    client = Client()
    reply = client.ask_without(name) if value == "absent" else client.ask(**{name: value})
    assert (reply.status, reply.body) == (200, failure(f"Field '{name}':value is missing"))
    assert reply.call is None


@pytest.mark.cites("R8")
def test_of_several_missing_the_first_of_the_vendors_table_is_named() -> None:
    client = Client()
    in_turn = []
    given_so_far: dict[str, object] = {"timeout": "junk"}
    for name in ("caller", "callee", "context", "caller_id"):
        in_turn.append(client.send(json.dumps(given_so_far).encode()).body)
        given_so_far[name] = FIELDS[name]
    assert in_turn == [failure(f"Field '{n}':value is missing") for n in ("caller", "callee", "context", "caller_id")]


@pytest.mark.not_at_asterisk("the id has microseconds in it, and its clock does not stand")
@pytest.mark.cites("S5", "S8")
@pytest.mark.parametrize("value", ["", None])
def test_the_other_parameters_may_be_absent_or_empty(value: str | None) -> None:
    assert Client().ask(trunk_name=value, timeout=value, call_limit=value).body == ID


@pytest.mark.cites("S3", "S8", "R9")
@pytest.mark.parametrize("value", [45, 45.0, "45", "045"])
def test_seconds_may_be_a_number_or_digits(value: object) -> None:
    order = Client().call(timeout=value, call_limit=value).order
    assert (order.first_timeout, order.second_timeout, order.talk_limit) == (45 * SECOND,) * 3


@pytest.mark.cites("S3")
@pytest.mark.parametrize("fields", [{}, {"timeout": ""}, {"timeout": None}])
def test_without_a_timeout_it_is_thirty_seconds(fields: dict[str, object]) -> None:
    order = Client().call(**fields).order
    assert (order.first_timeout, order.second_timeout) == (30 * SECOND, 30 * SECOND)


@pytest.mark.cites("R9")
@pytest.mark.parametrize("name", ["timeout", "call_limit"])
@pytest.mark.parametrize(
    "value",
    [-1, "-1", 86_401, "86401", 10**30, 1e30, 30.5, "30.5", " 30", "30s", "soon", "٣٠", "0x1e", "1" * 10, True, [], {}],
)
def test_seconds_that_are_none_fail_the_operation(name: str, value: object) -> None:
    reply = Client().ask(**{name: value})
    assert (reply.status, reply.body, reply.call) == (200, FAILED, None)
    assert reply.hints[0].startswith(f"parameter {name!r} cannot be used: whole seconds from ")


@pytest.mark.cites("R9")
def test_a_limit_of_no_seconds_is_none_but_a_timeout_of_none_is_refused() -> None:
    client = Client()
    assert client.ask(timeout=0).body == FAILED
    assert client.ask(timeout="0").body == FAILED
    assert client.call(call_limit=0).order.talk_limit == 0
    assert client.call(call_limit="0").order.talk_limit == 0


@pytest.mark.cites("S1", "S18", "R10")
@pytest.mark.parametrize(
    ("caller", "callee", "trunk_name", "legs", "direction"),
    [
        ("557", "552", "cisco", [("sip557", "557"), ("sip552", "552")], Direction.LOCAL),
        ("557", "09151412541", "", [("sip557", "557"), ("mci", "09151412541")], Direction.OUTGOING),
        ("09151412541", "552", "cisco", [("cisco", "09151412541"), ("sip552", "552")], Direction.OUTGOING),
        ("09151412541", "09155326344", "cisco", [("cisco", "09151412541"), ("mci", "09155326344")], Direction.OUTGOING),
    ],
)
def test_either_party_may_be_an_extension_or_a_public_number(
    caller: str, callee: str, trunk_name: str, legs: list[tuple[str, str]], direction: Direction
) -> None:
    client = Client()
    call = client.answered_call(caller=caller, callee=callee, trunk_name=trunk_name)
    assert call.state is CallState.TALKING
    client.office.advance(10)
    client.office.pbx.calls.hang_up(call)
    record = ended(client, call)
    assert peers(call) == legs
    assert (record.src, record.dst, record.context) == (caller, callee, "main_routing")
    assert (record.disposition, record.billsec, record.direction) == (Disposition.ANSWERED, 10, direction)


@pytest.mark.not_at_asterisk("it looks a tenth of a second before something happens")
@pytest.mark.cites("S1")
def test_the_second_party_is_dialled_only_after_the_first_answers() -> None:
    client = Client()
    client.office.phones["557"].answers(after=5)
    call = client.call()
    client.office.advance(4.9)
    assert peers(call) == [("sip557", "557")]
    client.office.advance(0.1)
    assert peers(call) == [("sip557", "557"), ("sip552", "552")]


@pytest.mark.not_at_asterisk("it takes 12 s of real time")
@pytest.mark.cites("S4", "R13")
def test_a_first_party_that_does_not_answer_ends_the_call_at_the_timeout() -> None:
    client = Client()
    client.office.phones["557"].never_answers()
    record = ended(client, call := client.call(timeout="12"))
    assert (record.disposition, record.duration, record.billsec) == (Disposition.NO_ANSWER, 12, 0)
    assert peers(call) == [("sip557", "557")]


@pytest.mark.not_at_asterisk("it takes a minute of real time")
@pytest.mark.cites("R13", "S3")
def test_the_timeout_holds_for_the_second_leg_anew() -> None:
    client = Client()
    client.office.phones["557"].answers(after=25)
    client.office.phones["552"].never_answers()
    record = ended(client, client.call())
    assert (record.disposition, record.duration, record.billsec) == (Disposition.NO_ANSWER, 55, 0)


@pytest.mark.not_at_asterisk("it takes 20 s of real time")
@pytest.mark.cites("S10")
@pytest.mark.parametrize("call_limit", [20, "20"])
def test_the_call_is_cut_when_its_limit_of_talk_is_reached(call_limit: object) -> None:
    client = Client()
    client.office.phones["552"].answers(after=7)
    record = ended(client, client.call(call_limit=call_limit))
    assert (record.duration, record.billsec, record.disposition) == (27, 20, Disposition.ANSWERED)


@pytest.mark.cites("S10")
def test_a_talk_shorter_than_the_limit_is_not_prolonged() -> None:
    client = Client()
    client.office.phones["552"].answers(talks=8)
    assert ended(client, client.call(call_limit=20)).billsec == 8


def test_a_busy_second_party_makes_the_call_busy() -> None:
    client = Client()
    client.office.phones["552"].is_busy()
    assert ended(client, client.call()).disposition is Disposition.BUSY


@pytest.mark.cites("R10")
def test_an_own_public_number_rings_inside_and_needs_no_trunk() -> None:
    client = Client()
    call = client.answered_call(caller="02112345678", callee="552")
    assert peers(call) == [("sip557", "557"), ("sip552", "552")]


@pytest.mark.cites("R10")
def test_an_extension_of_another_numbering_plan_is_no_extension_of_this_interface() -> None:
    assert peers(Client().call(caller="100", trunk_name="cisco"))[0] == ("cisco", "100")


@pytest.mark.cites("R10")
def test_without_a_numbering_plan_in_the_settings_any_plan_will_do() -> None:
    client = Client(Settings(accounts=(ACCOUNT,)))
    assert peers(client.call(caller="100"))[0] == ("sip100", "100")


@pytest.mark.cites("S2", "R11")
def test_a_public_first_party_without_a_trunk_is_refused() -> None:
    client = Client()
    for absent in ("", None):
        reply = client.ask(caller="09151412541", trunk_name=absent)
        assert (reply.status, reply.body, reply.call) == (200, FAILED, None)
        assert reply.hints[0] == "'09151412541' is no extension here: a public first party needs trunk_name"
    assert client.office.cdrs() == []


@pytest.mark.cites("R11")
def test_the_pbx_file_may_have_a_public_first_party_without_a_trunk_accepted_to_fail() -> None:
    client = Client(Settings(accounts=(ACCOUNT,), public_caller_without_trunk=PublicCaller.ACCEPT))
    record = ended(client, client.call(caller="09151412541"))
    assert (record.disposition, record.cause) == (Disposition.FAILED, HangupCause.UNALLOCATED)


@pytest.mark.not_at_asterisk("the id has microseconds in it, and its clock does not stand")
@pytest.mark.cites("R12")
@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"context": "no_routing"}, HangupCause.NO_ROUTE_DESTINATION),
        ({"caller": "09151412541", "trunk_name": "Cisco"}, HangupCause.NO_ROUTE_DESTINATION),
        ({"caller": "558"}, HangupCause.UNALLOCATED),
        ({"callee": "558"}, HangupCause.UNALLOCATED),
        ({"caller": "570"}, HangupCause.SUBSCRIBER_ABSENT),
        ({"callee": "570"}, HangupCause.SUBSCRIBER_ABSENT),
    ],
)
def test_an_unknown_context_trunk_or_extension_is_accepted_and_the_call_fails(
    fields: dict[str, object], cause: HangupCause
) -> None:
    client = Client()
    reply = client.ask(**fields)
    assert reply.body == ID
    assert reply.call is not None
    client.office.finish()
    (record,) = client.office.cdrs()
    assert (record.disposition, record.cause, record.billsec) == (Disposition.FAILED, cause, 0)


@pytest.mark.not_at_asterisk("the id has microseconds in it, and its clock does not stand")
@pytest.mark.cites("R12")
def test_up_to_six_digits_are_an_extension_and_seven_are_a_public_number() -> None:
    assert Client().ask(caller="123456").body == ID
    assert Client().ask(caller="1234567").body == FAILED
    assert Client(Settings(accounts=(ACCOUNT,), longest_extension=7)).ask(caller="1234567").body == ID


@pytest.mark.cites("S19", "R16")
@pytest.mark.parametrize("number", ["00989151412541", "+989151412541"])
def test_a_barred_prefix_is_not_dialled_for_either_party(number: str) -> None:
    client = Client()
    first = client.call(caller=number, trunk_name="cisco")
    second = client.call(callee=number)
    client.office.finish()
    assert peers(first) == []
    assert peers(second) == [("sip557", "557")]
    for record in client.office.cdrs():
        assert (record.disposition, record.cause) == (Disposition.FAILED, HangupCause.OUTGOING_CALL_BARRED)


@pytest.mark.cites("R16")
def test_the_pbx_file_may_bar_other_prefixes_or_none() -> None:
    client = Client(Settings(accounts=(ACCOUNT,), barred_prefixes=()))
    assert peers(client.answered_call(callee="+989151412541"))[1] == ("mci", "+989151412541")


@pytest.mark.cites("R16")
def test_a_number_that_no_trunk_can_be_given_fails() -> None:
    client = Client()
    client.call(caller="sip:09151412541@host", trunk_name="cisco")
    client.call(callee="sip:x")
    client.office.finish()
    assert [record.cause for record in client.office.cdrs()] == [HangupCause.INVALID_NUMBER_FORMAT] * 2


@pytest.mark.cites("S17", "R15")
@pytest.mark.parametrize(
    ("text", "number", "name"),
    [
        ("557", "557", ""),
        ("+98 (21) 1234-5678", "+98 (21) 1234-5678", ""),
        ("masking", "", "masking"),
        ("آقای رضایی", "", "آقای رضایی"),
        ("Support <02112345678>", "02112345678", "Support"),
        ('"Support Line" <557>', "557", "Support Line"),
        ("<557>", "557", ""),
        ("5 apples", "", "5 apples"),
        ("a < b", "", "a < b"),
    ],
)
def test_a_caller_id_is_a_number_a_name_or_both(text: str, number: str, name: str) -> None:
    assert caller_id_shown(text) == CallerId(number=number, name=name)


@pytest.mark.cites("R15")
def test_both_parties_are_shown_the_caller_id() -> None:
    client = Client()
    call = client.answered_call(caller="09151412541", trunk_name="cisco", caller_id="masking")
    assert [(leg.shown_number, leg.shown_name) for leg in call.legs] == [("", "masking")] * 2
    call = client.answered_call(caller_id="02112345678")
    assert [(leg.shown_number, leg.shown_name) for leg in call.legs] == [("02112345678", "")] * 2


@pytest.mark.not_at_asterisk("it takes four hours of real time")
def test_nobody_outlives_the_longest_talk_even_without_a_limit() -> None:
    client = Client()
    record = ended(client, client.call())
    assert record.billsec * SECOND == client.office.pbx.calls.longest_talk
