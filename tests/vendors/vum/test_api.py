"""What becomes of a request to VUM's address: what a key is for, what is refused, which PBX has it."""

from __future__ import annotations

import pytest

from pbxsim.kit.request import Request
from pbxsim.vendors.vum.errors import TEXTS, Text
from tests.vendors.vum.client import CALLBACK, GIVEN, INFO, KEYS, OWN, PATH, Client, office, with_settings

ANSWERS = "990105060"  # answers after 5 s, hangs up after 60 s of talk


# -- requests -----------------------------------------------------------------------------------------------------


@pytest.mark.cites("R1")
def test_a_form_by_post_does_what_the_query_does_and_wins_over_it() -> None:
    client = Client()
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    reply = client.send(f"klic={INFO}&cislo=12", "POST", body=f"klic={GIVEN}&cislo={ANSWERS}".encode(), **form)
    assert reply.call == 1
    assert client.office.pbx.calls.live[1].legs[0].number == ANSWERS


@pytest.mark.cites("R1")
def test_of_a_repeated_parameter_the_last_counts_and_an_empty_one_counts_as_absent() -> None:
    client = Client()
    assert client.call(f"klic=x&cislo=1&klic={GIVEN}&cislo={ANSWERS}").legs[0].number == ANSWERS
    assert client.call(f"klic={GIVEN}&cislo={ANSWERS}&cislo_kdo=&typ=").legs[0].number == ANSWERS
    assert client.ask(f"klic={GIVEN}&cislo=") == "Chyba: chybí číslo."


@pytest.mark.cites("R1")
@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "get"])
def test_another_method_is_refused_and_makes_no_call(method: str) -> None:
    client = Client()
    reply = client.send(f"klic={GIVEN}&cislo={ANSWERS}", method)
    assert (reply.status, reply.body) == (405, "Chyba: neplatný požadavek.".encode())
    assert reply.headers[0] == ("Allow", "GET, POST")
    assert method in reply.hints[0]
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R2")
def test_replies_are_utf_8_html_with_status_200_and_no_newline() -> None:
    client = Client()
    for query in (f"klic={GIVEN}&cislo={ANSWERS}", "klic=unknown", f"klic={INFO}&typ=1"):
        reply = client.send(query)
        assert (reply.status, reply.content_type) == (200, "text/html; charset=utf-8")
        assert not reply.body.endswith(b"\n")


@pytest.mark.cites("R2")
def test_the_character_set_is_a_setting() -> None:
    reply = Client(with_settings(charset="windows-1250")).send("klic=unknown")
    assert reply.body == b"Chyba: neplatn\xfd kl\xed\xe8."
    assert reply.content_type == "text/html; charset=windows-1250"


@pytest.mark.cites("R4")
def test_the_first_fault_in_the_order_of_the_checks_is_answered() -> None:
    broke = Client(behind=office(credit=0))
    faulty = [
        ("PUT", "klic=unknown&cislo=%0a&typ=1", Text.REQUEST),
        ("GET", "klic=unknown&cislo=%0a&typ=1", Text.UNKNOWN_KEY),
        ("GET", f"klic={GIVEN}&cislo=%0a&typ=1", Text.REQUEST),
        ("GET", f"klic={GIVEN}&cislo=x&typ=1", Text.WRONG_KEY_KIND),
        ("GET", f"klic={GIVEN}&cislo=x", Text.NUMBER),
        ("GET", f"klic={GIVEN}&cislo={ANSWERS}", Text.CREDIT),
    ]
    for method, query, text in faulty:
        reply = broke.send(query, method)
        assert (reply.body.decode(), reply.code) == (TEXTS[text], TEXTS[text])


@pytest.mark.cites("R17", "R6")
@pytest.mark.parametrize("value", ["777%0d%0aAction:Hangup", "777123456%00", "%7f", "777%ff", "%1b[2J"])
def test_a_control_character_or_bytes_that_are_no_text_are_refused(value: str) -> None:
    client = Client()
    for query in (f"klic={GIVEN}&cislo={value}", f"klic={GIVEN}&cislo=777123456&x={value}"):
        assert client.ask(query) == "Chyba: neplatný požadavek."
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R17")
def test_a_body_that_could_not_be_read_is_refused_in_the_vendors_form() -> None:
    reply = Client().send("", "POST", fault="the body is larger than 1 MiB")
    assert reply.body == "Chyba: neplatný požadavek.".encode()
    assert "larger than 1 MiB" in reply.hints[0]


# -- numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.cites("R6")
@pytest.mark.parametrize(
    "value",
    ['777123456"', "777%20123%20456", "777-123-456", "+420777123456", "abc", "1", "9" * 18, "%2B0123456789", "٣٣٣"],
)
def test_what_is_no_number_is_refused(value: str) -> None:
    client = Client()
    assert client.ask(f"klic={GIVEN}&cislo={value}") == "Chyba: neplatné číslo."
    assert client.ask(f"klic={CALLBACK}&cislo=777123456&cislo_kdo={value}") == "Chyba: neplatné číslo."
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R6")
def test_the_journal_is_told_what_spoilt_a_number() -> None:
    client = Client()
    assert "quotation mark" in client.send(f'klic={GIVEN}&cislo=777123456"').hints[0]
    assert "%2B" in client.send(f"klic={GIVEN}&cislo=+420777123456").hints[0]
    assert "separators" in client.send(f"klic={GIVEN}&cislo=777%20123").hints[0]
    assert client.send(f"klic={GIVEN}&cislo=abc").hints == ()


@pytest.mark.cites("R6")
@pytest.mark.parametrize(
    ("sent", "dialled"),
    [
        ("%2B420777123456", "777123456"),
        ("00420777123456", "777123456"),
        ("%2B34911000222", "0034911000222"),
        ("0034911000222", "0034911000222"),
        ("777123456", "777123456"),
    ],
)
def test_czech_numbers_are_dialled_nationally_and_foreign_ones_with_00(sent: str, dialled: str) -> None:
    client = Client()
    call = client.call(f"klic={GIVEN}&cislo={sent}")
    assert call.legs[0].number == dialled
    assert call.order.src == sent.replace("%2B", "+")


@pytest.mark.cites("R6")
def test_an_own_public_number_stays_inside_in_international_form_too() -> None:
    call = Client().call(f"klic={CALLBACK}&cislo=990100000&cislo_kdo=%2B420299299000")
    assert [leg.peer for leg in call.legs[:2]] == ["sip100", "sip101"]


# -- what a key is for --------------------------------------------------------------------------------------------


@pytest.mark.cites("S1", "R3")
@pytest.mark.parametrize("query", ["", "cislo=777123456", "klic=&cislo=1", "klic=vumgiven0001&cislo=777123456"])
def test_without_a_valid_key_nothing_happens(query: str) -> None:
    client = Client()
    assert client.ask(query) == "Chyba: neplatný klíč."
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R5", "S1")
@pytest.mark.parametrize(
    "query",
    [
        f"klic={GIVEN}&typ=1",
        f"klic={OWN}&typ=2&styp=1",
        f"klic={CALLBACK}&typ=3",
        f"klic={GIVEN}&cislo=777123456&cislo_kdo=603222111",
        f"klic={OWN}&cislo=777123456&cislo_kdo=603222111",
        f"klic={GIVEN}&cislo=777123456&styp=1",
        f"klic={CALLBACK}&cislo=777123456&cislo_kdo=603222111&typ=1",
        f"klic={INFO}&cislo=777123456",
        f"klic={INFO}&cislo=777123456&cislo_kdo=603222111",
        f"klic={INFO}&typ=1&cislo=777123456",
    ],
)
def test_a_key_used_for_another_purpose_is_refused(query: str) -> None:
    client = Client()
    assert client.ask(query) == "Chyba: klíč neslouží k tomuto účelu."
    assert "kind" in client.send(query).hints[0]
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R5", "S4")
def test_a_callback_key_without_cislo_kdo_is_refused() -> None:
    assert Client().ask(f"klic={CALLBACK}&cislo=777123456") == "Chyba: chybí číslo volajícího."


@pytest.mark.cites("R3")
@pytest.mark.parametrize("key", [GIVEN, OWN, CALLBACK])
def test_without_a_number_there_is_nobody_to_call(key: str) -> None:
    assert Client().ask(f"klic={key}") == "Chyba: chybí číslo."


@pytest.mark.cites("R3")
def test_every_text_can_be_worded_otherwise() -> None:
    client = Client(with_settings(texts={Text.ACCEPTED: "<b>Voláme.</b>", Text.UNKNOWN_KEY: "Ne."}))
    assert client.ask(f"klic={GIVEN}&cislo={ANSWERS}") == "<b>Voláme.</b>"
    assert client.ask("klic=x") == "Ne."
    assert client.ask(f"klic={GIVEN}") == "Chyba: chybí číslo."


@pytest.mark.cites("R3", "S9")
def test_no_reply_repeats_what_the_client_sent() -> None:
    client = Client()
    script = "%3Cscript%3E"
    for query in (f"klic={script}", f"klic={GIVEN}&cislo={script}", f"klic={INFO}&typ={script}"):
        assert "script" not in client.ask(query)


@pytest.mark.cites("R14", "S9")
def test_a_page_may_ask_as_often_as_it_likes() -> None:
    client = Client()
    replies = [client.ask(f"klic={GIVEN}&cislo=990110000") for _ in range(50)]
    assert replies == ["Hovor byl zadán."] * 50
    assert len(client.office.pbx.calls.live) == 50


def test_an_unknown_or_misspelt_parameter_is_told_to_the_journal() -> None:
    reply = Client().send(f"klic={GIVEN}&Cislo=777123456&cislokdo=1")
    assert reply.body == "Chyba: chybí číslo.".encode()
    assert reply.hints == (
        "parameter 'Cislo' is written 'cislo': case counts",
        "parameter 'cislokdo' is written 'cislo_kdo'",
    )


# -- which PBX, and how to begin ----------------------------------------------------------------------------------


@pytest.mark.cites("S1")
def test_a_key_is_claimed_by_the_pbx_that_has_it() -> None:
    interface = Client().interface
    assert interface.claims(Request("GET", PATH, f"klic={INFO}&typ=1"))
    assert not interface.claims(Request("GET", PATH, "klic=elsewhere"))
    assert not interface.claims(Request("GET", PATH))


def test_the_curl_line_places_a_call_as_it_stands() -> None:
    client = Client()
    line = client.interface.curl("http://127.0.0.1:8080/")
    assert line == f"curl 'http://127.0.0.1:8080/ustredna/webapi.php?klic={GIVEN}&cislo=777123456'"
    assert client.call(line.partition("?")[2].rstrip("'")).number == 1
    assert (client.interface.curl("https://127.0.0.1:8080") or "").startswith("curl 'https:")


def test_a_callback_key_has_a_curl_line_with_two_numbers() -> None:
    client = Client(with_settings(keys=(KEYS[3], KEYS[2])))
    line = client.interface.curl("http://127.0.0.1:8080") or ""
    assert line.endswith(f"?klic={CALLBACK}&cislo=777123456&cislo_kdo=603222111'")
    assert client.call(line.partition("?")[2].rstrip("'")).number == 1


def test_there_is_no_curl_line_where_none_could_work() -> None:
    assert Client(with_settings(keys=(KEYS[3],))).interface.curl("http://x") is None
    assert Client(behind=office(credit=0)).interface.curl("http://x") is None
