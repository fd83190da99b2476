"""Forms: the request that one sends as it stands, and what is put where a secret belongs."""

from __future__ import annotations

import pytest

from pbxsim.kit.form import HIDDEN, Field, Form, Identity, filled_headers, filled_query

ANN = Identity(path="users[0]", title="ann", values={"user": "ann", "pass": HIDDEN})
BOB = Identity(path="users[1]", title="bob", values={"user": "bob", "pass": HIDDEN})
QUERY = Form(
    action="call",
    path="/call",
    methods=("GET", "POST"),
    fields=(Field(name="user"), Field(name="pass"), Field(name="to", value="1 & 2", required=True), Field(name="note")),
    identities=(ANN, BOB),
)
JSON = Form(
    action="call",
    path="/v4/call",
    methods=("PUT",),
    fields=(Field(name="X-KEY", place="header"), Field(name="who", place="json", value={"a": [1, True]})),
    identities=(Identity(path="accounts[0]", title="", values={"X-KEY": HIDDEN}),),
)


def test_the_example_has_the_first_identity_and_every_field_that_has_a_value() -> None:
    example = QUERY.example()
    assert (example.method, example.path, example.body) == ("GET", "/call", b"")
    assert example.query == "user=ann&pass=***&to=1%20%26%202"
    assert example.params == {"user": "ann", "pass": HIDDEN, "to": "1 & 2"}
    assert QUERY.example(BOB).params["user"] == "bob"


def test_fields_of_a_body_become_json_and_those_of_the_head_headers() -> None:
    example = JSON.example()
    assert example.headers == {"X-KEY": HIDDEN, "Content-Type": "application/json"}
    assert (example.query, example.body) == ("", b'{"who":{"a":[1,true]}}')


def test_a_json_service_without_parameters_is_sent_an_empty_object() -> None:
    form = Form(action="ping", path="/v4/ping", methods=("PUT",), fields=(), identities=())
    assert form.example().body == b"{}"


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("pass=***&a=1", "pass=s%26%20%C5%99&a=1"),
        ("a=%2a&pass=%2A%2a%2A", "a=%2a&pass=s%26%20%C5%99"),
        ("pass=****&pass=", "pass=****&pass="),
        ("other=***&pass", "other=***&pass"),
        ("", ""),
    ],
)
def test_a_secret_stands_where_it_was_hidden_and_the_rest_as_it_came(query: str, sent: str) -> None:
    assert filled_query(query, {"pass": "s& ř"}) == sent


def test_a_header_is_found_in_any_case_and_others_stay() -> None:
    headers = [("x-key", HIDDEN), ("X-Key", "mine"), ("Accept", HIDDEN)]
    assert filled_headers(headers, {"X-KEY": "s3cret"}) == [("x-key", "s3cret"), ("X-Key", "mine"), ("Accept", HIDDEN)]
