"""What a request meets on its way, in the order of the checks, and what comes back when it passes all of them.

The banner's command line: one line, and it works.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

from pbxsim.testing.office import Office, extension
from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.settings import Account, Mode, Settings
from tests.vendors.simotel.client import ACCOUNT, BASIC, FIELDS, HEADERS, KEY, PATH, Client, accepted, failure

if TYPE_CHECKING:
    from pbxsim.kit.request import Request

DOSE = failure("Requested service dose not exist")
FIRST_ID = "orig.call.1700000000.000000"


@pytest.mark.cites("S6", "S9", "R14")
def test_an_accepted_call_is_answered_with_its_id_indented_by_four_spaces() -> None:
    reply = Client().send()
    assert reply.body == accepted(FIRST_ID)
    assert (reply.status, reply.content_type, reply.code) == (200, "application/json", "")


@pytest.mark.cites("R14")
def test_calls_of_one_microsecond_have_ids_a_microsecond_apart() -> None:
    client = Client()
    replies = [client.send().body for _ in range(3)]
    assert replies == [accepted(f"orig.call.1700000000.00000{number}") for number in range(3)]


@pytest.mark.cites("S9", "R14")
def test_an_id_holds_the_microseconds_of_the_clock_and_is_the_records_reference() -> None:
    client = Client()
    client.office.advance(5.787335)
    reply = client.send()
    assert reply.body == accepted("orig.call.1700000005.787335")
    client.office.advance(60)
    client.office.pbx.calls.hang_up(client.office.pbx.calls.live[1])
    (record,) = client.office.cdrs()
    assert record.reference == "orig.call.1700000005.787335"
    assert record.vendor == "simotel"


@pytest.mark.cites("S11", "R1")
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_put_and_post_do_the_same(method: str) -> None:
    assert Client().send(method=method).body == accepted(FIRST_ID)


@pytest.mark.cites("R1", "S15")
@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH", "HEAD", "OPTIONS", "put"])
def test_another_method_is_not_allowed(method: str) -> None:
    reply = Client().send(method=method)
    assert (reply.status, reply.body) == (405, failure("Method not allowed"))
    assert ("Allow", "PUT, POST") in reply.headers
    assert reply.call is None


@pytest.mark.cites("R2")
@pytest.mark.parametrize(
    "path",
    [
        "/api/v4.1/call/originate/act",
        "//api/v4/call/originate/act",
        "/api//v4///call//originate/act",
        "/api/v4//call/originate/act",
    ],
)
def test_the_hosted_alias_and_doubled_slashes_lead_to_the_same_service(path: str) -> None:
    assert Client().send(path=path).body == accepted(FIRST_ID)


@pytest.mark.cites("R2", "S15")
@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/api/v4/call/originate/act/", "service 'call/originate/act/' is not documented: did you mean"),
        ("/api/v4/call/Originate/act", "service 'call/Originate/act' is written 'call/originate/act': case counts"),
        ("/api/v4/call/originate", "service 'call/originate' is not documented: did you mean 'call/originate/act'?"),
        ("/api/v4/pbx/users/add", "the vendor has 'pbx/users/add', pbxsim has not"),
        ("/api/v4/", "service '' is not documented"),
        ("/api/v4/../call/originate/act", "service '../call/originate/act' is not documented"),
        ("/api/v4x1/call/originate/act", "service '/api/v4x1/call/originate/act' is not documented"),
    ],
)
def test_any_other_service_does_not_exist_and_the_journal_says_what_was_meant(path: str, hint: str) -> None:
    reply = Client().send(path=path)
    assert (reply.status, reply.body, reply.call) == (501, DOSE, None)
    assert reply.hints[0].startswith(hint)


@pytest.mark.cites("R7", "S15")
@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "text/json", "application/json5", ";application/json"],
)
def test_a_body_of_another_content_type_is_not_supported(content_type: str) -> None:
    reply = Client().send(headers=HEADERS | {"Content-Type": content_type})
    assert (reply.status, reply.body, reply.call) == (415, failure("Unsupported Media Type"), None)


@pytest.mark.cites("R7")
@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", " application/json ;charset=UTF-8"]
)
def test_the_content_type_may_have_a_charset_and_any_case(content_type: str) -> None:
    assert Client().send(headers=HEADERS | {"Content-Type": content_type}).body == accepted(FIRST_ID)


@pytest.mark.cites("R7")
def test_without_a_body_no_content_type_is_asked_for() -> None:
    reply = Client().send(b"", headers={"X-APIKEY": KEY, "Authorization": BASIC})
    assert (reply.status, reply.body) == (200, failure("Field 'caller':value is missing"))


@pytest.mark.cites("S13", "R6", "S15")
def test_an_account_without_the_permission_is_denied_the_service_by_name() -> None:
    account = Account(username="test", password="Aa123456", api_key=KEY, permissions=("pbx/users/add",))
    reply = Client(Settings(accounts=(account,))).send()
    assert reply.status == 403
    assert reply.body == failure(r"\"call/originate/act\";Access denied")


@pytest.mark.cites("S13")
def test_an_account_with_the_permission_may_call() -> None:
    account = Account(username="test", password="Aa123456", api_key=KEY, permissions=("call/originate/act",))
    assert Client(Settings(accounts=(account,))).send().body == accepted(FIRST_ID)


@pytest.mark.cites("S14", "S15")
@pytest.mark.parametrize(
    ("remote", "allowed"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("192.0.2.7", True),
        ("192.0.2.8", False),
        ("::1", False),
        ("", False),
    ],
)
def test_only_listed_addresses_are_permitted(remote: str, *, allowed: bool) -> None:
    client = Client(Settings(accounts=(ACCOUNT,), allowed_addresses=("10.0.0.0/8", "192.0.2.7")))
    reply = client.send(remote=remote)
    refusal = (403, failure("IP is not permitted"))
    assert (reply.status, reply.body) == ((200, accepted(FIRST_ID)) if allowed else refusal)


@pytest.mark.cites("R5")
def test_each_check_comes_before_the_next_one() -> None:
    denied = Account(mode=Mode.TOKEN, api_key="denied", permissions=())
    client = Client(Settings(accounts=(ACCOUNT, denied), allowed_addresses=("127.0.0.1",)))
    wrong: dict[str, str] = {"remote": "192.0.2.1", "path": "/api/v4/no", "method": "GET"}
    junk = b"{"
    seen = [client.send(junk, headers={}, **wrong)]
    seen.append(client.send(junk, headers={}, **wrong | {"remote": "127.0.0.1"}))
    seen.append(client.send(junk, headers={"X-APIKEY": "denied"}, path="/api/v4/no", method="GET"))
    seen.append(client.send(junk, headers={"X-APIKEY": "denied"}, method="GET"))
    seen.append(client.send(junk, headers={"X-APIKEY": "denied"}))
    seen.append(client.send(junk, headers={"X-APIKEY": "denied", "Content-Type": "application/json"}))
    seen.append(client.send(junk))
    seen.append(client.send(b'{"timeout":"junk"}'))
    seen.append(client.ask(timeout="junk"))
    assert [reply.status for reply in seen] == [403, 401, 501, 405, 415, 403, 400, 200, 200]
    assert seen[5].body == failure(r"\"call/originate/act\";Access denied")
    assert seen[7].body == failure("Field 'caller':value is missing")
    assert seen[8].body == failure("Requested operation failed")


@pytest.mark.cites("S15")
def test_a_body_that_could_not_be_read_is_not_parsable() -> None:
    reply = Client().send(b"", fault="the body is longer than 1 MiB")
    assert (reply.status, reply.body) == (400, failure("Unable to parse content"))
    assert reply.hints == ("the body is longer than 1 MiB",)


@pytest.mark.cites("R18")
def test_the_pbx_file_may_word_a_failure_otherwise() -> None:
    texts = {"no-such-service": "Requested service does not exist", "field-missing": "no {name}"}
    settings = Settings(accounts=(ACCOUNT,), texts=texts)  # type: ignore[arg-type]  # as a PBX file spells the keys
    client = Client(settings)
    assert client.send(path="/api/v4/x").body == failure("Requested service does not exist")
    assert client.ask(caller="").body == failure("no caller")


def test_the_code_of_a_refusal_is_its_message_and_that_of_an_accepted_call_is_empty() -> None:
    client = Client()
    assert client.send(method="GET").code == "Method not allowed"
    assert client.send().code == ""


def test_parameters_in_the_address_are_not_read_and_the_journal_says_so() -> None:
    reply = Client().send(b"{}", query="caller=557")
    assert reply.body == failure("Field 'caller':value is missing")
    assert reply.hints == ("parameters are read from the JSON body alone, not from the address",)


@pytest.mark.cites("R12")
def test_the_journal_says_which_context_and_trunk_were_meant() -> None:
    reply = Client().ask(context="Main_routing", trunk_name="Cisco")
    assert reply.body == accepted(FIRST_ID)
    assert reply.hints == (
        "context 'Main_routing' is written 'main_routing': case counts",
        "trunk 'Cisco' is written 'cisco': case counts",
    )


def test_a_pbx_claims_the_requests_of_its_own_accounts() -> None:
    client = Client()
    assert client.interface.claims(client.request(b""))
    assert not client.interface.claims(client.request(b"", headers=HEADERS | {"X-APIKEY": "other"}))
    assert not client.interface.claims(client.request(b"", headers={}))


def test_two_pbxs_make_their_ids_apart_from_one_another() -> None:
    one, other = Client(), Client()
    assert one.send().body == other.send().body
    assert one.send().body != other.send(path=PATH, method="GET").body


def test_the_manuals_fields_are_what_the_tests_send() -> None:
    assert Client().ask(**FIELDS).hints == ()


def sent(client: Client) -> Request:
    """Read the command line as a shell would, and make the request that curl would send."""
    line = client.interface.curl("http://127.0.0.1:8080")
    assert line is not None
    assert "\n" not in line
    command, put, method, url, *options = shlex.split(line)
    assert (command, put) == ("curl", "-X")
    values = list(zip(options[::2], options[1::2], strict=True))
    headers = dict(value.split(": ", 1) for option, value in values if option == "-H")
    (body,) = [value for option, value in values if option == "-d"]
    path = url.removeprefix("http://127.0.0.1:8080")
    return client.request(body.encode(), method=method, path=path, headers=headers)


def test_the_line_places_a_call_between_two_extensions() -> None:
    client = Client()
    reply = client.interface.answer(sent(client))
    assert reply.call is not None
    client.office.advance(0)
    call = client.office.pbx.calls.find(reply.call)
    assert call is not None
    assert [leg.peer for leg in call.legs] == ["sip557", "sip552"]


def test_the_line_as_it_stands() -> None:
    assert Client().interface.curl("http://127.0.0.1:8080") == (
        "curl -X PUT http://127.0.0.1:8080/api/v4/call/originate/act"
        f" -H 'X-APIKEY: {KEY}' -H 'Authorization: {BASIC}' -H 'Content-Type: application/json'"
        """ -d '{"caller":"557","callee":"552","context":"main_routing","caller_id":"557"}'"""
    )


def test_the_line_uses_the_credentials_of_the_accounts_mode() -> None:
    token = Account(mode=Mode.TOKEN, api_key="it's $HOME", username="unused")
    basic = Account(mode=Mode.BASIC, username="test", password="pa ss'word", api_key="unused")
    for account, header in ((token, "X-APIKEY"), (basic, "Authorization")):
        client = Client(Settings(accounts=(account,)))
        request = sent(client)
        assert list(request.headers) == [header, "Content-Type"]
        assert client.interface.answer(request).status == 200


def test_there_is_no_line_without_an_account_that_may_call() -> None:
    disabled = Account(mode=Mode.TOKEN, api_key="x", enabled=False)
    barred = Account(mode=Mode.TOKEN, api_key="y", permissions=())
    assert Client(Settings(accounts=(disabled, barred))).interface.curl("http://x") is None


def test_there_is_no_line_without_two_telephones() -> None:
    lonely = Office(extension("557"))
    assert vendor.open(Settings(accounts=(ACCOUNT,)), lonely.pbx).curl("http://x") is None


@pytest.mark.cites("R7")
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_body_with_a_byte_order_mark_is_refused_and_the_hint_names_it(encoding: str) -> None:
    reply = Client().send(json.dumps(FIELDS).encode(encoding))
    assert (reply.status, reply.call) == (400, None)
    assert "byte order mark" in reply.hints[0]


@pytest.mark.cites("R7")
def test_a_key_that_comes_twice_is_told_of() -> None:
    body = json.dumps(FIELDS)[:-1] + ', "callee": "557"}'
    reply = Client().send(body.encode())
    assert reply.status == 200
    assert reply.hints == ("key 'callee' came more than once: its last value counts",)
