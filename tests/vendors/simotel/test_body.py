"""What a body may hold: JSON of every kind, parameters of every type."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from tests.vendors.simotel.client import FIELDS, Client, accepted, failure

FAILED = failure("Requested operation failed")
FIRST_ID = "orig.call.1700000000.000000"


@pytest.mark.cites("R7")
@pytest.mark.parametrize("body", [b"", b"  \r\n", b"{}", b"[]", b" [ ] "])
def test_no_body_and_phps_empty_array_are_an_empty_object(body: bytes) -> None:
    reply = Client().send(body)
    assert (reply.status, reply.body) == (200, failure("Field 'caller':value is missing"))


@pytest.mark.cites("R7", "S15")
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"null",
        b"557",
        b'"557"',
        b"true",
        b'[{"caller":"557"}]',
        b"caller=557&callee=552",
        b"{'caller':'557'}",
        b'{"caller":557,}',
        b'{"timeout":NaN}',
        b'{"timeout":030}',
        b'{"caller":"\xff"}',
        b'\xef\xbb\xbf{"caller":"557"}',
        '{"caller":"557"}'.encode("utf-16"),
        b'{"caller":"\\ud800"}',
        b'{"caller":"a\x01b"}',
        b'{"timeout":1e999}',
        b'{"timeout":' + b"9" * 10_000 + b"}",
        b"[" * 1_000_000,
        b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
    ],
)
def test_what_is_no_json_object_cannot_be_parsed(body: bytes) -> None:
    reply = Client().send(body)
    assert (reply.status, reply.body, reply.call) == (400, failure("Unable to parse content"), None)
    assert reply.hints


@pytest.mark.cites("R7")
def test_of_a_key_that_comes_twice_the_last_counts() -> None:
    body = b'{"caller":"","callee":"552","context":"main_routing","caller_id":"557","caller":"557"}'
    assert Client().send(body).body == accepted(FIRST_ID)


@pytest.mark.cites("R9")
def test_a_whole_number_counts_as_its_digits() -> None:
    client = Client()
    call = client.call(caller=557, callee=552, caller_id=557)
    assert (call.order.src, call.order.dst, call.order.first_shows.number) == ("557", "552", "557")


@pytest.mark.cites("R9")
@pytest.mark.parametrize("name", ["caller", "callee", "context", "caller_id", "trunk_name"])
@pytest.mark.parametrize("value", [True, False, 557.5, [], ["557"], {}, {"number": "557"}, "5\n57", "557\x00", "\x7f"])
def test_a_value_that_cannot_be_that_parameter_fails_the_operation(name: str, value: object) -> None:
    reply = Client().ask(**{name: value})
    assert (reply.status, reply.body, reply.call) == (200, FAILED, None)
    assert reply.hints[0].startswith(f"parameter {name!r} cannot be used: ")


@pytest.mark.cites("R9")
def test_a_text_may_have_255_characters_and_no_more() -> None:
    client = Client()
    assert client.ask(caller_id="x" * 255).body == accepted(FIRST_ID)
    assert client.ask(caller_id="x" * 256).body == FAILED


@pytest.mark.cites("R9")
def test_a_parameter_of_another_name_is_ignored_and_the_journal_says_what_was_meant() -> None:
    client = Client()
    reply = client.ask(timeOut="5", trunkname="cisco", wxyz="red")
    assert reply.call is not None
    call = client.office.pbx.calls.find(reply.call)
    assert call is not None
    assert call.order.first_timeout == 30 * SECOND
    assert reply.hints == (
        "parameter 'timeOut' is written 'timeout': case counts",
        "parameter 'trunkname' is written 'trunk_name'",
        "parameter 'wxyz' is not documented; there are: caller, callee, context, caller_id, trunk_name, timeout,"
        " call_limit",
    )


@pytest.mark.cites("R9")
def test_a_required_parameter_in_the_wrong_case_is_missing_and_the_journal_says_why() -> None:
    reply = Client().ask_without("caller", Caller="557")
    assert reply.body == failure("Field 'caller':value is missing")
    assert reply.hints == ("parameter 'Caller' is written 'caller': case counts",)


def test_a_flood_of_unknown_parameters_leaves_ten_hints_of_bounded_length() -> None:
    reply = Client().ask(**{f"{number}" * 1000: "x" for number in range(10, 1000)})
    assert len(reply.hints) == 10
    assert all(len(hint) < 200 for hint in reply.hints)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@settings(deadline=None)
@given(
    fields=st.dictionaries(
        st.sampled_from(["caller", "callee", "context", "caller_id", "trunk_name", "timeout", "call_limit"])
        | st.text(),
        JSON_VALUES,
    )
)
def test_whatever_json_comes_is_answered_in_the_vendors_envelope(fields: dict[str, object]) -> None:
    reply = Client().send(json.dumps(FIELDS | fields).encode())
    envelope = json.loads(reply.body)
    assert list(envelope) == ["success", "message", "data"]
    assert (envelope["success"] == 1) == (reply.call is not None) == (reply.code == "")


@pytest.mark.slow
@settings(deadline=None)
@given(body=st.binary())
def test_whatever_bytes_come_are_answered_in_the_vendors_envelope(body: bytes) -> None:
    assert json.loads(Client().send(body).body)["success"] == 0
