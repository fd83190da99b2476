"""Who may ask, in which order a request is judged, how it is read, and what is said about it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from multidict import CIMultiDict

from pbxsim.kit.request import Request
from pbxsim.pbx.extension import Registration
from pbxsim.testing.office import Office
from pbxsim.vendors.voipsun import vendor
from pbxsim.vendors.voipsun.api import PATH
from pbxsim.vendors.voipsun.rows import LONG
from pbxsim.vendors.voipsun.settings import ApiUser, Settings
from tests.vendors.voipsun.client import SUCCESS, USER, Client, documented_error, extension, telephone

if TYPE_CHECKING:
    from pbxsim.kit.vendor import Interface

ORIGINATE = {"action": "originate", "srcExtenInternalNum": "100", "dstNum": "800123456"}
CREDENTIALS = {"username": "voipsun", "password": "secretpwd"}


# -- who may ask ------------------------------------------------------------------------------------------------------


@pytest.mark.cites("S1", "S37", "S35")
@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"username": "voipsun"},
        {"password": "secretpwd"},
        {"username": "voipsun", "password": "secretpw"},
        {"username": "voipsun", "password": "secretpwd "},
        {"username": "Voipsun", "password": "secretpwd"},
        {"username": "", "password": ""},
        {"username": "crm", "password": "secretpwd"},
        {"Username": "voipsun", "password": "secretpwd"},
        {"username": "voipsun", "password": "žluťoučký"},
    ],
)
def test_who_cannot_prove_to_be_an_api_user_is_refused(credentials: dict[str, str]) -> None:
    client = Client(Settings(users=(USER, ApiUser(username="crm", password="other"))))

    assert client.send({**credentials, **ORIGINATE}).body == documented_error(100)
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("S1")
def test_each_user_is_known_by_name_and_password_together() -> None:
    client = Client(Settings(users=(USER, ApiUser(username="crm", password="other"))))

    assert client.send({**CREDENTIALS, **ORIGINATE}).body == SUCCESS
    assert client.send({"username": "crm", "password": "other", **ORIGINATE}).body == SUCCESS


@pytest.mark.cites("S37", "R3", "R5")
def test_a_user_without_leave_for_the_action_is_refused_like_a_stranger() -> None:
    user = ApiUser(username="voipsun", password="secretpwd", ticks=("Call list",))
    client = Client(Settings(users=(user,)))

    reply = client.send({**CREDENTIALS, "action": "originate"})

    assert reply.body == documented_error(100)
    assert reply.hints == ("API user 'voipsun' may not use originate",)
    assert client.ask("listcalls").body.startswith(b'{"success":"true"')
    assert client.body("senddtmf") == documented_error(110)


@pytest.mark.cites("S37", "R3")
def test_errors_come_in_the_order_credentials_action_parameters() -> None:
    client = Client()

    assert client.send({"username": "x", "password": "y", "action": "x"}).body == documented_error(100)
    assert client.send({**CREDENTIALS, "action": "x", "dstNum": "\n"}).body == documented_error(110)
    both_sources = {"srcExtenId": "x", "srcSipUsername": "x"}
    assert client.send({**CREDENTIALS, "action": "originate", **both_sources}).body == documented_error(120)
    assert client.send({**CREDENTIALS, **ORIGINATE, **both_sources}).body == documented_error(200)


@pytest.mark.cites("S37", "R3")
@pytest.mark.parametrize("action", ["", "Originate", "originate ", "sendDTMF", "list_calls"])
def test_an_action_that_is_not_documented_is_unknown(client: Client, action: str) -> None:
    assert client.body(action) == documented_error(110)


@pytest.mark.cites("R3")
def test_a_request_without_an_action_is_an_unknown_action(client: Client) -> None:
    assert client.send(CREDENTIALS).body == documented_error(110)


def test_a_pbx_claims_the_requests_of_its_own_users(client: Client) -> None:
    def claims(query: str) -> bool:
        return client.interface.claims(Request("GET", PATH, query))

    assert claims("username=voipsun&password=secretpwd&action=nothing")
    assert not claims("username=voipsun&password=secret")
    assert not claims("")
    assert not vendor.open(Settings(), client.office.pbx).claims(Request("GET", PATH, "username=&password="))


def test_secrets_are_named_so_that_they_can_be_masked() -> None:
    assert vendor.secret_params == {"password", "agentPin"}


# -- how a request is read --------------------------------------------------------------------------------------------


@pytest.mark.cites("R36")
def test_a_form_says_what_a_query_says(client: Client) -> None:
    assert client.post({}, {**CREDENTIALS, **ORIGINATE}).body == SUCCESS
    assert client.post(CREDENTIALS, ORIGINATE).body == SUCCESS
    assert client.office.pbx.calls.calls_started == 2


@pytest.mark.cites("R36", "R1")
@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "get"])
def test_another_method_does_nothing(client: Client, method: str) -> None:
    query = urlencode({**CREDENTIALS, **ORIGINATE})
    reply = client.interface.answer(Request(method, PATH, query))
    assert (reply.status, reply.headers, reply.body) == (
        405,
        (("Allow", "GET, POST"),),
        b"405 Method Not Allowed\n",
    )
    assert method in reply.hints[0]
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R36")
def test_the_form_goes_before_the_query_and_the_last_of_a_name_counts(client: Client) -> None:
    reply = client.post({**CREDENTIALS, **ORIGINATE, "dstNum": "111"}, {"dstNum": "222"})
    assert client.call(reply).order.dst == "222"

    query = (
        "username=x&username=voipsun&password=secretpwd&action=originate&srcExtenId=9&srcExtenId=5&dstNum=1&dstNum=2"
    )
    reply = client.interface.answer(Request("GET", PATH, query))
    assert (client.call(reply).order.src, client.call(reply).order.dst) == ("100", "2")


@pytest.mark.cites("R36")
def test_plus_and_percent_are_decoded(client: Client) -> None:
    query = (
        "username=voipsun&password=secretpwd&action=originate&srcExtenId=5&dstNum=%2B420&customCDR1=%C5%BElu%C5%A5+k"
    )
    call = client.call(client.interface.answer(Request("GET", PATH, query)))

    assert (call.order.dst, call.order.custom[0]) == ("+420", "žluť k")


@pytest.mark.cites("R7")
@pytest.mark.parametrize("value", ["%0A", "a%0D%0Ab", "%00", "%1f", "%7F", "%FF", "%ED%A0%80"])
@pytest.mark.parametrize("name", ["dstNum", "customCDR1", "unknown"])
def test_a_control_character_or_broken_utf_8_is_refused(client: Client, name: str, value: str) -> None:
    query = f"username=voipsun&password=secretpwd&action=originate&srcExtenId=5&dstNum=1&{name}={value}"

    reply = client.interface.answer(Request("GET", PATH, query))

    assert reply.body == documented_error(120)
    assert reply.hints[0] == f"parameter '{name}' holds a control character, or is no UTF-8"
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R6")
def test_a_body_that_could_not_be_read_is_refused(client: Client) -> None:
    query = "username=voipsun&password=secretpwd&action=originate&srcExtenId=5&dstNum=1"
    headers = CIMultiDict({"Content-Type": "application/x-www-form-urlencoded"})

    reply = client.interface.answer(Request("POST", PATH, query, headers=headers, fault="the body is too large"))

    assert (reply.body, reply.hints) == (documented_error(120), ("the body is too large",))


@pytest.mark.cites("S35", "R1")
def test_a_reply_says_what_it_is_and_the_journal_gets_the_code(client: Client) -> None:
    refused, done = client.ask("nothing"), client.ask("listcalls")

    assert (refused.status, refused.content_type, refused.code) == (200, "application/json; charset=utf-8", "110")
    assert (done.status, done.content_type, done.code) == (200, "application/json; charset=utf-8", "")


@pytest.mark.cites("S35", "R4")
def test_what_a_client_sent_comes_back_as_json_text(client: Client) -> None:
    agent = {"agentNumber": "1000", "agentPin": "1234"}

    reply = client.body("agentadd", **agent, queueName='A/"b\\č')

    assert reply == '{"success":"false","errno":"600","reason":"Queue A/\\"b\\\\č not found!"}'.encode()


# -- what is said about a request -------------------------------------------------------------------------------------


@pytest.mark.cites("R35")
def test_a_misspelt_parameter_is_never_taken_for_the_right_one(client: Client) -> None:
    reply = client.replay("13-spying-id-and-sip-username-as-printed")

    assert reply.body == documented_error(120)
    assert "parameter 'dstSipUsernamem' is not documented: did you mean 'dstSipUsername'?" in reply.hints


@pytest.mark.cites("R35")
def test_a_parameter_in_the_wrong_case_has_no_effect(client: Client) -> None:
    reply = client.ask("originate", srcExtenInternalNum="100", dstNum="800123456", customCdr1="42", dialplanname="x")

    assert client.call(reply).order.custom == ("", "", "", "")
    assert reply.hints == (
        "parameter 'customCdr1' is written 'customCDR1': case counts",
        "parameter 'dialplanname' is written 'dialplanName': case counts",
    )


@pytest.mark.cites("R35")
def test_a_parameter_of_another_action_has_no_effect(client: Client) -> None:
    reply = client.ask("spying", srcExtenId="5", dstExtenId="7", dialplanName="nikde")

    assert reply.body == SUCCESS
    assert reply.hints[0].startswith("parameter 'dialplanName' is not documented")


def test_an_almost_right_action_is_hinted_at(client: Client) -> None:
    assert client.ask("ListCalls").hints == ("action 'ListCalls' is written 'listcalls': case counts",)


def test_an_almost_right_credential_is_hinted_at(client: Client) -> None:
    reply = client.send({"userName": "voipsun", "password": "secretpwd", **ORIGINATE})

    assert "parameter 'userName' is written 'username': case counts" in reply.hints


def test_hints_never_hold_a_password_or_pin(client: Client) -> None:
    replies = [
        client.send({"username": "voipsun", "password": "topsecret", **ORIGINATE}),
        client.ask("agentstatus", agentNumber="1000", agentPin="topsecret"),
        client.ask("agentlogin", agentNumber="1000", agentPin="topsecret", srcExtenId="5"),
    ]

    assert not [reply for reply in replies if "topsecret" in repr(reply)]


# -- trying it out ----------------------------------------------------------------------------------------------------


def _follow(interface: Interface, command: str) -> bytes:
    program, url = shlex.split(command)
    assert program == "curl"
    target = url.removeprefix("http://127.0.0.1:8080")
    path, _, query = target.partition("?")
    return interface.answer(Request("GET", path, query)).body


def test_the_curl_line_is_the_manuals_example_and_places_a_call(client: Client) -> None:
    command = client.interface.curl("http://127.0.0.1:8080")

    assert command == (
        "curl 'http://127.0.0.1:8080/api/api.php?username=voipsun&password=secretpwd"
        "&action=originate&srcExtenInternalNum=100&dstNum=800123456'"
    )
    assert _follow(client.interface, command) == SUCCESS
    assert len(client.office.pbx.calls.live) == 1


def test_the_curl_line_names_what_there_is_and_survives_any_shell() -> None:
    twins = [
        extension(number, "20'0", telephone(plan, number, "192.0.2.1"), dialplan=plan)
        for number, plan in ((1, "a"), (2, "b"))
    ]
    office = Office(
        *twins, extension(3, "3", telephone("c", 3, "192.0.2.1"), dialplan="a"), routes=(), dialplans=("a", "b")
    )
    settings = Settings(
        users=(
            ApiUser(username="reader", password="x", actions=("listcalls",)),
            ApiUser(username="it's", password="a&b=c d/ř", ticks=("Originate",)),
        )
    )
    client = Client(settings, office)

    command = client.interface.curl("http://127.0.0.1:8080")

    assert command is not None
    assert command.endswith("&srcExtenId=1&dstNum=3'")
    assert _follow(client.interface, command) == SUCCESS


def test_there_is_no_curl_line_where_nobody_may_call_or_nobody_can_be_called(client: Client) -> None:
    reader = ApiUser(username="reader", password="x", actions=("listcalls",))
    assert Client(Settings(users=(reader,))).interface.curl("http://x") is None

    alone = Office(extension(1, "1", telephone("a", 1, "192.0.2.1")), routes=(), dialplans=("firma",))
    assert Client(behind=alone).interface.curl("http://x") is None

    for line in client.office.directory.lines.values():
        line.registration = Registration()
    assert client.interface.curl("http://x") is None


@pytest.mark.parametrize(
    ("many", "params", "is_prepared"),
    [
        (True, {"action": "listcalls"}, True),
        (True, {"action": "sipstatus"}, True),
        (False, {"action": "listcalls"}, False),
        (False, {"action": "sipstatus"}, False),
        (True, {"action": "queuestatus"}, False),
        (True, {"action": "listcalls", "password": "wrong"}, False),
    ],
)
def test_only_a_long_list_for_whom_it_is_given_to_is_prepared(
    many: bool,
    params: dict[str, str],
    is_prepared: bool,
) -> None:
    lines = [telephone(f"sip{number}", number, "192.0.2.1") for number in range(1, 300 if many else 2)]
    lines[0].max_calls = 1_000
    client = Client(behind=Office(extension(5, "100", *lines), dialplans=("firma",)))
    for _ in range(LONG + 1 if many else 1):
        client.place(srcSipUsername="sip1", dstNum="100")
    request = Request("GET", PATH, urlencode(CREDENTIALS | params))
    for method, expected in (("GET", is_prepared), ("PUT", False)):
        request.method = method
        assert (vendor.prepare(client.interface, request) is not None) is expected
