"""The call control API: which call is cut, and what is answered where there is none."""

from __future__ import annotations

import pytest

from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import Disposition
from pbxsim.vendors.duocom import vendor
from pbxsim.vendors.duocom.errors import TEXTS, Text
from pbxsim.vendors.duocom.settings import Account
from tests.vendors.duocom.client import CONTROL, CUSTOMER, Client, refused, with_account, with_settings

pytestmark = pytest.mark.engines

DONE = b"1\n"
UNKNOWN = refused("ERROR: Referencia incorrecta.")
TALKS = {"llamante": "990105000", "llamado": "990107000"}  # they answer after 5 and 7 seconds and talk on


def cut(client: Client, ref: str | None = "53010203", **fields: str | None) -> bytes:
    """Ask for a call to be cut, and give the reply's body."""
    return client.program(CONTROL, **{"orden": "cortar", "ref": ref} | fields).body


@pytest.mark.cites("S19", "R2")
def test_cortar_ends_a_conversation_at_once_and_both_legs_are_charged_until_then() -> None:
    client = Client()
    call = client.call(**TALKS)
    client.office.advance(42)
    assert call.state is CallState.TALKING
    reply = client.program(CONTROL, orden="cortar", ref="53010203")
    assert (reply.body, reply.status, reply.content_type, reply.call) == (DONE, 200, "text/html; charset=utf-8", None)
    record = client.office.cdr(call)
    assert (record.disposition, record.billsec, record.end) == (Disposition.ANSWERED, 30, client.office.clock.now)
    assert [(charge.number, charge.seconds) for charge in client.charges()] == [("990105000", 37), ("990107000", 30)]
    client.office.finish()


@pytest.mark.cites("S19")
@pytest.mark.parametrize(("after", "legs", "charged"), [(2, 1, []), (8, 2, ["990105000"])])
def test_cortar_ends_a_call_that_still_rings(after: int, legs: int, charged: list[str]) -> None:
    client = Client()
    call = client.call(**TALKS)
    client.office.advance(after)
    assert len(call.legs) == legs
    assert cut(client) == DONE
    assert client.office.cdr(call).disposition is Disposition.NO_ANSWER
    assert [charge.number for charge in client.charges()] == charged
    client.office.finish()


@pytest.mark.cites("R23")
def test_where_nothing_is_cut_the_answer_is_an_error() -> None:
    client = Client()
    assert cut(client) == UNKNOWN
    client.call(**TALKS)
    assert cut(client, "53010204") == cut(client, "053010203") == cut(client, "x") == UNKNOWN
    assert cut(client) == DONE
    assert cut(client) == UNKNOWN  # it is over
    assert client.office.pbx.calls.calls_started == 1


@pytest.mark.cites("R23")
def test_only_the_call_of_that_reference_is_cut() -> None:
    client = Client()
    calls = [client.call(**TALKS) for _ in range(3)]
    client.office.advance(20)
    assert cut(client, "53010204") == DONE
    assert [call.is_over for call in calls] == [False, True, False]


@pytest.mark.cites("R23")
def test_another_customers_call_is_not_found_even_if_one_account_pays_for_both() -> None:
    other = Account(principal="666222666", password="Otra", account="customer", activated=True)
    client = Client(with_settings(accounts=(CUSTOMER, other)))
    call = client.call(**TALKS)
    assert cut(client, principal="666222666", **{"pass": "Otra"}) == UNKNOWN
    assert not call.is_over
    assert cut(client) == DONE


@pytest.mark.cites("R23")
def test_a_call_of_another_vendor_that_bears_the_reference_is_not_cut() -> None:
    client = Client()
    client.call(**TALKS)
    foreign = client.office.call("990100000", "990100000", reference="53010203")
    assert cut(client) == DONE
    assert not foreign.is_over


@pytest.mark.cites("R23", "S14")
def test_a_call_from_before_midnight_is_found_until_a_new_one_has_its_reference() -> None:
    client = Client()
    yesterdays = client.call(**TALKS)
    client.office.advance(3600)
    todays = client.call(**TALKS)
    assert yesterdays.order.reference == todays.order.reference
    assert cut(client) == DONE
    assert (yesterdays.is_over, todays.is_over) == (False, True)
    assert cut(client) == DONE
    assert yesterdays.is_over


@pytest.mark.cites("S19", "R23")
@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"orden": "colgar"}, "ERROR: Orden incorrecta."),
        ({"orden": "CORTAR"}, "ERROR: Orden incorrecta."),
        ({"orden": "colgar", "ref": None}, "ERROR: Orden incorrecta."),
        ({"orden": None}, "ERROR: Faltan parametros."),
        ({"ref": ""}, "ERROR: Faltan parametros."),
        ({"ref": "53010203\r\n"}, "ERROR: Peticion incorrecta."),
        ({"pass": "x"}, "ERROR: Cuenta incorrecta."),
    ],
)
def test_what_is_no_order_is_refused_and_cuts_nothing(fields: dict[str, str | None], text: str) -> None:
    client = Client()
    call = client.call(**TALKS)
    assert cut(client, **fields) == refused(text)
    assert not call.is_over


@pytest.mark.cites("R23")
def test_the_journal_is_told_what_was_probably_meant() -> None:
    assert Client().program(CONTROL, orden="corta", ref="1").hints == (
        "orden 'corta' is not documented: did you mean 'cortar'?",
    )
    assert "without orden and ref" in Client().program(CONTROL).hints[0]


@pytest.mark.cites("S16", "S3", "R19")
def test_both_brands_have_it_and_it_is_switched_on_and_restricted_with_the_call_api() -> None:
    paths = [path for path in vendor.paths if path.endswith("/api_control_llamadas")]
    assert sorted(paths) == ["/cgi-bin/oficinaweb/api_control_llamadas", CONTROL]
    for path in paths:
        client = Client()
        client.call(**TALKS)
        assert client.program(path, orden="cortar", ref="53010203").body == DONE
    assert Client(with_account(activated=False)).program(CONTROL).code == TEXTS[Text.SERVICE_OFF]
    assert Client(with_account(activated_apis=())).program(CONTROL).code == TEXTS[Text.MISSING_PARAMETER]
    assert Client(with_account(allowed_addresses=("203.0.113.7",))).program(CONTROL).code == TEXTS[Text.ADDRESS]
