"""Every example of the vendor's page, as it goes over the wire."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import MINUTE
from pbxsim.vendors.duocom.errors import TEXTS
from tests.vendors import golden
from tests.vendors.duocom.client import Client, refused

EXAMPLES = golden.names("duocom")
FAULTY = ["01-url-as-printed", "08-php-as-printed"]
ACCEPTED = [name for name in EXAMPLES if name not in FAULTY]


@pytest.mark.cites("S1", "S9", "S15", "R1", "R6")
@pytest.mark.parametrize("name", ACCEPTED)
def test_an_example_has_a_call_rung_answered_and_recorded(name: str) -> None:
    client = Client()
    reply = client.interface.answer(golden.request("duocom", name))
    assert reply.body == b"1\n53010203\n"
    assert reply.body == (golden.reply("duocom", name) or reply.body)
    assert reply.hints == ()
    client.office.advance(1)
    client.office.pbx.calls.hang_up(client.office.pbx.calls.live[1])
    assert [(record.disposition, record.dst) for record in client.office.cdrs()] == [("ANSWERED", "930000000")]


@pytest.mark.cites("S4", "S6", "S7", "S8")
def test_the_examples_parameters_reach_the_call() -> None:
    client = Client()
    for name in ACCEPTED:
        client.interface.answer(golden.request("duocom", name))
    orders = {name: client.office.pbx.calls.live[number].order for number, name in enumerate(ACCEPTED, start=1)}
    assert orders["01-url"].second_shows.number == "911222333"
    assert orders["02-voip-address"].src == "12345678"
    assert orders["03-grabar"].recording is not None
    assert orders["04-minutos"].talk_limit == 5 * MINUTE
    assert orders["05-minutos-unlimited"].talk_limit == 0
    assert orders["06-minutos-truncated"].talk_limit == 240 * MINUTE
    assert orders["07-extension-with-special-diversion"].src == "1234"
    assert orders["09-php-telefacil"].src == "911000222"


@pytest.mark.cites("S10", "R16")
@pytest.mark.parametrize("name", FAULTY)
def test_an_example_as_printed_is_refused_with_the_vendors_own_error(name: str) -> None:
    client = Client()
    reply = client.interface.answer(golden.request("duocom", name))
    assert reply.body == refused("ERROR: Cuenta incorrecta.")
    assert reply.body == (golden.reply("duocom", name) or reply.body)
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R16", "S15")
def test_a_client_copied_from_the_php_sample_is_told_what_is_wrong_with_its_url() -> None:
    reply = Client().interface.answer(golden.request("duocom", "08-php-as-printed"))
    assert reply.hints[0] == "principal is missing"
    assert "has blanks around it: 'principal'" in reply.hints[1]


@pytest.mark.cites("R5")
def test_the_texts_are_those_of_the_golden_files() -> None:
    on_file = golden.errors("duocom")
    assert {cause: TEXTS[cause] for cause in TEXTS if cause in on_file} == on_file
