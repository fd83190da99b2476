"""The consumption API: which charged legs it tells of, of which days, narrowed by what, in what form."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from pbxsim.clock.instant import SECOND, parse_iso
from pbxsim.vendors.duocom import vendor
from pbxsim.vendors.duocom.errors import TEXTS, Text
from pbxsim.vendors.duocom.settings import Account, Consumption
from tests.vendors.duocom.client import (
    CONSUMPTION,
    CUSTOMER,
    FIELDS,
    Client,
    refused,
    with_account,
    with_settings,
)

FIRST, SECOND_PARTY = "990105000", "990107060"  # answers after 5 s; answers after 7 s, hangs up after 60 s of talk
ROWS = [
    "14-11-2023;23:13:20;990105000;Acceso local;990105000;67;0.0770;53010203",
    "14-11-2023;23:13:20;990105000;Acceso local;990107060;60;0.0700;53010203",
]
ALL = {"finicio": "14-11-2023", "ffinal": "31-12-2023"}


def called(*more: dict[str, str]) -> Client:
    """Give a client with one finished call, and those besides it."""
    client = Client()
    for fields in ({}, *more):
        client.record(**{"llamante": FIRST, "llamado": SECOND_PARTY} | fields)
    return client


@pytest.mark.cites("S17", "R20", "R21")
def test_each_charged_leg_is_a_line_behind_a_1() -> None:
    reply = called().program(CONSUMPTION)
    assert reply.body == ("1\n" + ROWS[0] + "\n" + ROWS[1] + "\n").encode()
    assert (reply.status, reply.content_type, reply.hints) == (200, "text/html; charset=utf-8", ())
    assert (reply.call, reply.code) == (None, "")


@pytest.mark.cites("S16")
@pytest.mark.parametrize("host", ["scgi.duocom.es", "cgi.duocom.es"])
def test_both_brands_have_it_under_any_host(host: str) -> None:
    query = urlencode({"principal": FIELDS["principal"], "pass": FIELDS["pass"]})
    client = called()
    paths = [path for path in vendor.paths if path.endswith("/api_consumos")]
    assert sorted(paths) == [CONSUMPTION, "/cgi-bin/telefacil2/api_consumos"]
    assert len({client.send(query, path=path, Host=host).body for path in paths}) == 1
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert client.send("", "POST", body=query.encode(), path=CONSUMPTION, **form).body.startswith(b"1\n14-11")


@pytest.mark.cites("R21")
def test_without_a_charge_there_is_the_1_alone() -> None:
    client = Client()
    assert client.program(CONSUMPTION).body == b"1\n"
    client.call()
    client.office.advance(60)
    assert client.program(CONSUMPTION).body == b"1\n"  # a call in progress is charged at its end


@pytest.mark.cites("S11", "R20")
def test_a_leg_to_voip_is_free_and_absent() -> None:
    client = Client()
    client.office.phones["12345678"].answers(talks=30)
    client.record(llamante="12345678@mioficinaweb.es", llamado=SECOND_PARTY)
    assert [row.split(";")[2:5] for row in client.report()] == [["12345678", "Acceso local", SECOND_PARTY]]


@pytest.mark.cites("R20")
def test_numbers_are_told_as_they_were_dialled() -> None:
    client = called({"llamante": "+34990105000", "llamado": "0034990107060"})
    assert [row.split(";")[2:5] for row in client.report()[2:]] == [row.split(";")[2:5] for row in ROWS]


# -- days ---------------------------------------------------------------------------------------------------------


def on_three_days() -> Client:
    """Give a client with a call on each of three days: 14 November 23:13, 15 November 00:00 and 23:59:59."""
    client = called()
    for moment in ("2023-11-14T23:00:00Z", "2023-11-15T22:59:59Z", "2023-11-15T23:00:00Z"):
        client.office.advance((parse_iso(moment) - client.office.clock.now) / SECOND)
        client.call(llamante="990100000", llamado="990300000")
    client.office.finish()
    return client


@pytest.mark.cites("S17")
@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (None, None, ["16-11-2023;00:00:00"]),
        ("15-11-2023", "15-11-2023", ["15-11-2023;00:00:00", "15-11-2023;23:59:59"]),
        ("15-11-2023", None, ["15-11-2023;00:00:00", "15-11-2023;23:59:59", "16-11-2023;00:00:00"]),
        ("14-11-2023", "14-11-2023", ["14-11-2023;23:13:20"] * 2),
        ("01-01-0001", "13-11-2023", []),
        ("17-11-2023", "31-12-9999", []),
    ],
)
def test_a_report_goes_from_one_day_to_another_both_included_and_both_today_if_not_said(
    first: str | None, last: str | None, days: list[str]
) -> None:
    assert [row[:19] for row in on_three_days().report(finicio=first, ffinal=last)] == days


@pytest.mark.cites("R20")
def test_a_call_counts_for_the_day_on_which_it_was_asked_for() -> None:
    client = Client()
    client.office.advance(46 * 60 + 30)  # 23:59:50 in Madrid
    client.record(llamante=FIRST, llamado=SECOND_PARTY)
    assert client.report() == []
    assert [row[:19] for row in client.report(finicio="14-11-2023", ffinal="14-11-2023")] == ["14-11-2023;23:59:50"] * 2


@pytest.mark.cites("R20")
def test_an_hour_that_comes_twice_belongs_to_one_day_and_the_day_has_25_hours() -> None:
    client = Client()
    for moment in ("2024-10-26T22:00:00Z", "2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z", "2024-10-27T22:59:59Z"):
        client.office.advance((parse_iso(moment) - client.office.clock.now) / SECOND)
        client.call(llamante="990100000", llamado="990300000")
    client.office.finish()
    told = [row[:19] for row in client.report(finicio="27-10-2024", ffinal="27-10-2024")]
    assert told == [f"27-10-2024;{hour}" for hour in ("00:00:00", "02:30:00", "02:30:00", "23:59:59")]


@pytest.mark.cites("R21")
@pytest.mark.parametrize(
    "fields",
    [
        {"finicio": "2023-11-14"},
        {"finicio": "14/11/2023"},
        {"finicio": "1-1-2023"},
        {"ffinal": "31-02-2023"},
        {"ffinal": "00-01-2023"},
        {"finicio": "01-01-0000"},
        {"ffinal": "hoy"},
        {"finicio": "15-11-2023", "ffinal": "14-11-2023"},
        {"ffinal": "13-11-2023"},
    ],
)
def test_days_that_are_none_or_in_the_wrong_order_are_refused(fields: dict[str, str | None]) -> None:
    reply = called().program(CONSUMPTION, **fields)
    assert reply.body == refused("ERROR: Fecha incorrecta.")
    assert reply.hints


# -- filters ------------------------------------------------------------------------------------------------------

OTHERS = ({"llamante": "990106000"}, {"llamado": "990108030"})


def shown(client: Client, **fields: str) -> list[tuple[str, str]]:
    """Give called number and reference of each row."""
    rows = [row.split(";") for row in client.report(**ALL, **fields)]
    return [(row[4], row[7]) for row in rows]


@pytest.mark.cites("S18")
def test_rows_are_narrowed_by_caller_access_called_number_or_reference() -> None:
    client = called(*OTHERS)
    assert len(shown(client)) == 6
    assert shown(client, llamante="990106000") == [("990106000", "53010204"), (SECOND_PARTY, "53010204")]
    assert shown(client, llamado="990108030") == [("990108030", "53010205")]
    assert shown(client, ref_id="53010203") == [(FIRST, "53010203"), (SECOND_PARTY, "53010203")]
    assert len(shown(client, acceso="Acceso local")) == 6
    assert shown(client, acceso="Numero 900") == []
    assert shown(client, llamado="+34990108030") == [("990108030", "53010205")]


@pytest.mark.cites("S18")
def test_several_filters_are_joined_by_or_unless_and_is_asked_for() -> None:
    client = called(*OTHERS)
    both = {"llamante": "990106000", "llamado": "990108030"}
    either = [("990106000", "53010204"), (SECOND_PARTY, "53010204"), ("990108030", "53010205")]
    assert shown(client, **both) == shown(client, **both, tipo_filtro="OR") == either
    assert shown(client, **both, tipo_filtro="AND") == []
    assert shown(client, llamante=FIRST, llamado=SECOND_PARTY, tipo_filtro="AND") == [(SECOND_PARTY, "53010203")]
    assert len(shown(client, tipo_filtro="AND")) == 6  # nothing to join


@pytest.mark.cites("R22")
def test_values_are_compared_whole_by_their_beginning_or_by_what_they_hold() -> None:
    client = called(*OTHERS)
    assert shown(client, llamado="990108") == []
    assert shown(client, llamado="990108030", tipo_regla="IGUAL") == [("990108030", "53010205")]
    assert shown(client, llamado="990108", tipo_regla="EMPIEZA") == [("990108030", "53010205")]
    assert shown(client, llamado="108030", tipo_regla="EMPIEZA") == []
    assert shown(client, llamado="8030", tipo_regla="CONTIENE") == [("990108030", "53010205")]


@pytest.mark.cites("R22", "R21")
@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"tipo_filtro": "XOR"}, "ERROR: Filtro incorrecto."),
        ({"tipo_filtro": "and"}, "ERROR: Filtro incorrecto."),
        ({"tipo_regla": "LIKE"}, "ERROR: Regla incorrecta."),
        ({"tipo_regla": "igual"}, "ERROR: Regla incorrecta."),
        ({"finicio": "x", "tipo_filtro": "x", "tipo_regla": "x"}, "ERROR: Fecha incorrecta."),
        ({"tipo_filtro": "x", "tipo_regla": "x"}, "ERROR: Filtro incorrecto."),
    ],
)
def test_an_unknown_way_to_join_or_compare_is_refused(fields: dict[str, str | None], text: str) -> None:
    assert Client().program(CONSUMPTION, **fields).body == refused(text)


@pytest.mark.cites("R22")
def test_the_journal_is_told_what_was_probably_meant() -> None:
    assert Client().program(CONSUMPTION, tipo_filtro="and").hints == (
        "tipo_filtro 'and' is written 'AND': case counts",
    )
    assert "did you mean 'finicio'" in Client().program(CONSUMPTION, inicio="14-11-2023").hints[0]


# -- whose it is --------------------------------------------------------------------------------------------------


@pytest.mark.cites("S3", "S16", "R19")
def test_it_is_switched_on_by_itself_and_checked_like_the_call_api() -> None:
    client = Client(with_account(activated_apis=("apimascaras",)))
    assert client.program(CONSUMPTION).code == TEXTS[Text.SERVICE_OFF]
    assert Client(with_account(activated=False)).report() == []
    assert Client().program(CONSUMPTION, **{"pass": "x"}).body == refused("ERROR: Cuenta incorrecta.")
    assert Client(with_account(allowed_addresses=("203.0.113.7",))).program(CONSUMPTION).code == TEXTS[Text.ADDRESS]
    assert Client().program(CONSUMPTION, llamado="9\n").code == TEXTS[Text.REQUEST]
    assert Client().send("", "PUT", path=CONSUMPTION).code == TEXTS[Text.REQUEST]


@pytest.mark.cites("R14")
def test_two_customers_who_pay_from_one_account_each_see_their_own_calls() -> None:
    other = Account(principal="666222666", password="Otra", account="customer", activated=True)
    client = Client(with_settings(accounts=(CUSTOMER, other)))
    client.record(llamante=FIRST, llamado=SECOND_PARTY)
    record = client.record(principal="666222666", password="Otra", llamante=FIRST, llamado=SECOND_PARTY)
    assert record.custom == ("666222666", "", "", "")
    assert len(client.charges()) == 4
    assert client.report() == ROWS


@pytest.mark.cites("R20")
def test_another_vendors_calls_from_the_same_account_are_not_in_the_report() -> None:
    client = called()
    office = client.office
    for reference in ("", "53010203", "53010299"):
        office.call("990100000", "990100005", account=client.payer, reference=reference)
    office.finish()
    assert len(client.charges()) == 8
    assert client.report() == ROWS


@pytest.mark.cites("R20")
def test_a_leg_that_a_transfer_took_into_another_call_is_still_the_customers() -> None:
    client = Client()
    office = client.office
    office.phones["12345678"].answers()
    client.call(llamante="12345678@mioficinaweb.es", llamado="990100000")
    office.advance(10)
    telephone = office.directory.line("12345678")
    office.handset.consult(telephone, "1235")
    office.advance(5)
    office.handset.complete(telephone)
    office.advance(5)
    for call in list(office.pbx.calls.live.values()):
        office.pbx.calls.hang_up(call)
    (entry,) = client.charges()
    assert (entry.number, entry.seconds, entry.reference) == ("990100000", 20, "53010203")
    assert [row.split(";")[2:] for row in client.report()] == [
        ["12345678", "Acceso local", "990100000", "20", "0.0300", "53010203"]
    ]


# -- how it is written --------------------------------------------------------------------------------------------


@pytest.mark.cites("R21")
def test_the_form_of_the_report_is_a_template() -> None:
    form = Consumption(head="ref|euros|a {llamado}", row="{ref}|{coste}|{llamado}|{otra cosa}{}")
    client = Client(with_settings(consumption=form, decimal_mark=",", access="web"))
    client.record(llamante=FIRST, llamado=SECOND_PARTY)
    assert client.program(CONSUMPTION, acceso="web").body == (
        b"ref|euros|a {llamado}\n53010203|0,0770|990105000|{otra cosa}{}\n53010203|0,0700|990107060|{otra cosa}{}\n"
    )


@pytest.mark.cites("R21")
def test_the_character_set_is_that_of_all_programs() -> None:
    client = Client(with_settings(access="teléfono", charset="iso-8859-1"))
    client.record(llamante=FIRST, llamado=SECOND_PARTY)
    assert b";tel\xe9fono;" in client.program(CONSUMPTION).body
