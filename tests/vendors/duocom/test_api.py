"""Who may call, in what order it is checked, and what a request may hold."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from pbxsim.kit.request import Request
from pbxsim.vendors.duocom import vendor
from pbxsim.vendors.duocom.errors import TEXTS, Text
from pbxsim.vendors.duocom.settings import Account
from tests.vendors.duocom.client import (
    CUSTOMER,
    FIELDS,
    PATH,
    Client,
    office,
    refused,
    with_account,
    with_settings,
)

FIRST = b"1\n53010203\n"
ACCOUNT = refused("ERROR: Cuenta incorrecta.")


@pytest.mark.cites("S1", "S9", "R2", "R3", "R15")
def test_a_call_that_is_taken_is_answered_with_1_and_its_reference() -> None:
    reply = Client().reply()
    assert reply.body == FIRST
    assert (reply.status, reply.content_type, reply.headers) == (200, "text/html; charset=utf-8", ())
    assert (reply.call, reply.code, reply.hints) == (1, "", ())


@pytest.mark.cites("S10", "R2", "R3")
def test_a_refusal_is_0_a_break_and_the_error_with_status_200() -> None:
    reply = Client().reply(password="wrong")
    assert reply.body == b"0\n<br>\nERROR: Cuenta incorrecta.\n"
    assert (reply.status, reply.content_type) == (200, "text/html; charset=utf-8")
    assert reply.code == "ERROR: Cuenta incorrecta."


@pytest.mark.cites("R15")
def test_a_call_that_will_fail_is_taken_all_the_same() -> None:
    client = Client()
    assert client.ask(llamante="990400000") == FIRST
    client.office.finish()
    assert [record.disposition for record in client.office.cdrs()] == ["FAILED"]


@pytest.mark.cites("R1", "S1")
def test_all_three_addresses_answer_alike() -> None:
    for path in (PATH, "/cgi-bin/telefacil2/telefacil_webcallservice", "/webcallservice"):
        for host in ("scgi.duocom.es", "cgi.duocom.es", "localhost"):
            assert Client().send(urlencode(FIELDS), path=path, Host=host).body == FIRST


@pytest.mark.cites("R1")
def test_a_form_by_post_does_what_the_query_does() -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert Client().send("", "POST", body=urlencode(FIELDS).encode(), **form).body == FIRST


@pytest.mark.cites("R1")
@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "get"])
def test_another_method_is_refused_and_makes_no_call(method: str) -> None:
    client = Client()
    reply = client.send(urlencode(FIELDS), method)
    assert reply.body == refused("ERROR: Peticion incorrecta.")
    assert (reply.status, reply.headers) == (405, (("Allow", "GET, POST"),))
    assert method in reply.hints[0]
    assert client.office.pbx.calls.calls_started == 0


# -- the account --------------------------------------------------------------------------------------------------


@pytest.mark.cites("S2", "R4")
@pytest.mark.parametrize(
    "fields",
    [
        {"principal": "666111667"},
        {"password": "miclavesecreta"},
        {"principal": None},
        {"password": None},
        {"principal": "", "password": ""},
        {"principal": "x", "llamante": None, "mascara": "1"},
    ],
)
def test_a_wrong_or_absent_user_number_or_password_gets_one_answer(fields: dict[str, str | None]) -> None:
    client = Client()
    assert client.ask(**fields) == ACCOUNT
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("S3", "R16")
def test_a_service_that_is_not_switched_on_is_refused() -> None:
    assert Client(with_account(activated=False)).ask() == refused("ERROR: Servicio no activado.")


@pytest.mark.cites("S3")
def test_an_account_may_limit_the_addresses_it_is_called_from() -> None:
    client = Client(with_account(allowed_addresses=("203.0.113.7", "10.0.0.0/8")))
    query = urlencode(FIELDS)
    assert client.send(query, remote="203.0.113.8").body == refused("ERROR: IP no permitida.")
    assert client.send(query, remote="203.0.113.7").body == FIRST
    assert client.send(query, remote="::ffff:10.9.8.7").body == b"1\n53010204\n"


@pytest.mark.cites("R4")
def test_the_first_fault_in_the_order_of_the_checks_is_answered() -> None:
    everything: dict[str, str | None] = {
        "principal": "x",
        "llamante": "ext9",
        "llamado": None,
        "mascara": "1",
        "minutos": "\n",
    }
    locked = with_account(activated=False, allowed_addresses=("203.0.113.7",))
    assert Client(locked).send("", "PUT").code == TEXTS[Text.REQUEST]
    assert Client(locked).ask(**everything) == ACCOUNT
    del everything["principal"]
    assert Client(locked).reply(**everything).code == TEXTS[Text.SERVICE_OFF]
    assert Client(with_account(allowed_addresses=("203.0.113.7",))).reply(**everything).code == TEXTS[Text.ADDRESS]
    broke = Client(behind=office(credit=0))
    asked: list[tuple[dict[str, str | None], Text]] = [
        ({}, Text.REQUEST),
        ({"minutos": None}, Text.MISSING_PARAMETER),
        ({"llamado": "1"}, Text.EXTENSION),
        ({"llamante": "911000222"}, Text.NUMBER),
        ({"llamado": "930000000"}, Text.MASK),
        ({"mascara": None}, Text.CREDIT),
    ]
    for change, text in asked:
        everything |= change
        reply = broke.reply(**everything)
        assert (reply.body, reply.code) == (refused(TEXTS[text]), TEXTS[text])


@pytest.mark.cites("R5")
@pytest.mark.parametrize("missing", [{"llamante": None}, {"llamado": ""}, {"llamante": None, "llamado": None}])
def test_without_both_parties_a_parameter_is_missing(missing: dict[str, str | None]) -> None:
    assert Client().ask(**missing) == refused("ERROR: Faltan parametros.")


@pytest.mark.cites("R5")
def test_every_text_can_be_worded_otherwise() -> None:
    client = Client(with_settings(texts={Text.ACCOUNT: "ERROR: Contraseña incorrecta."}))
    assert client.ask(password="x") == "0\n<br>\nERROR: Contraseña incorrecta.\n".encode()
    assert client.ask(llamado=None) == refused("ERROR: Faltan parametros.")


@pytest.mark.cites("R3")
def test_the_character_set_is_a_setting() -> None:
    client = Client(with_settings(charset="iso-8859-1", texts={Text.ACCOUNT: "ERROR: Contraseña incorrecta."}))
    reply = client.reply(password="x")
    assert reply.body == b"0\n<br>\nERROR: Contrase\xf1a incorrecta.\n"
    assert reply.content_type == "text/html; charset=iso-8859-1"


@pytest.mark.cites("R7")
@pytest.mark.parametrize("name", ["llamante", "llamado", "mascara", "grabar", "minutos", "otro"])
@pytest.mark.parametrize("value", ["911\r\nAction: Hangup", "911\x00", "\x7f"])
def test_a_control_character_is_refused_wherever_it_stands(name: str, value: str) -> None:
    client = Client()
    assert client.ask(**{name: value}) == refused("ERROR: Peticion incorrecta.")
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R7")
def test_bytes_that_are_no_text_are_refused() -> None:
    assert Client().send(urlencode(FIELDS) + "&mascara=%ff").body == refused("ERROR: Peticion incorrecta.")


@pytest.mark.cites("R7")
def test_a_body_that_could_not_be_read_is_refused_in_the_vendors_form() -> None:
    reply = Client().send("", "POST", fault="the body is larger than 1 MiB")
    assert reply.body == refused("ERROR: Peticion incorrecta.")
    assert "larger than 1 MiB" in reply.hints[0]


# -- what the journal is told -------------------------------------------------------------------------------------


@pytest.mark.cites("R16")
def test_a_parameter_with_blanks_before_it_is_recognised_in_the_journal_but_not_in_the_reply() -> None:
    reply = Client().send("%20%20principal=666111666&llamante=911000222&llamado=930000000&pass=MiClaveSecreta")
    assert reply.body == ACCOUNT
    assert reply.hints == (
        "principal is missing",
        "parameter '  principal' has blanks around it: 'principal' is what the vendor documents",
    )


def test_a_misspelt_parameter_is_told_to_the_journal_and_does_nothing() -> None:
    reply = Client().reply(Minutos="5", grabbar="1")
    assert reply.body == FIRST
    assert reply.hints == (
        "parameter 'Minutos' is written 'minutos': case counts",
        "parameter 'grabbar' is not documented: did you mean 'grabar'?",
    )


@pytest.mark.cites("S12")
def test_a_call_from_a_page_is_told_to_the_journal_and_the_page_may_not_read_the_reply() -> None:
    reply = Client().send(urlencode(FIELDS), Origin="http://www.example.com")
    assert reply.headers == ()
    assert "never" in reply.hints[0]


# -- which PBX, and how to begin ----------------------------------------------------------------------------------


@pytest.mark.cites("S2")
def test_an_account_is_claimed_by_the_pbx_that_has_it_and_its_password() -> None:
    interface = Client().interface
    assert interface.claims(Request("GET", PATH, "principal=666111666&pass=MiClaveSecreta"))
    assert not interface.claims(Request("GET", PATH, "principal=666111666&pass=another"))
    assert not interface.claims(Request("GET", PATH))


def test_the_password_is_a_secret_wherever_a_request_is_shown() -> None:
    assert vendor.secret_params == {"pass", "password_voip"}


def test_the_curl_line_places_a_call_as_it_stands() -> None:
    client = Client()
    line = client.interface.curl("http://127.0.0.1:8080") or ""
    assert line.startswith(f"curl 'http://127.0.0.1:8080{PATH}?principal=666111666&")
    assert client.send(line.partition("?")[2].rstrip("'")).body == FIRST
    assert (client.interface.curl("https://127.0.0.1:8080") or "").startswith("curl 'https:")


@pytest.mark.parametrize("changes", [{"activated": False}, {"allowed_addresses": ("203.0.113.7",)}])
def test_there_is_no_curl_line_where_none_could_work(changes: dict[str, object]) -> None:
    assert Client(with_account(**changes)).interface.curl("http://x") is None
    assert Client(behind=office(credit=0)).interface.curl("http://x") is None


def test_two_accounts_of_one_pbx_pay_each_for_its_own_calls() -> None:
    other = Account(principal="666222666", password="Otra", account="other", activated=True)
    client = Client(with_settings(accounts=(CUSTOMER, other)))
    client.record(principal="666222666", password="Otra", llamante="990101010", llamado="990101010")
    assert client.charges() == []
    assert len(client.charges("other")) == 2
    assert client.ask(principal="666222666", password="MiClaveSecreta") == ACCOUNT
