"""What VUM's calls cost, and what `typ=1` tells of it."""

from __future__ import annotations

import pytest

from pbxsim.pbx.account import UNIT
from pbxsim.vendors.vum.settings import DateForm
from tests.saved import left_by
from tests.vendors.vum.client import CALLBACK, GIVEN, INFO, OWN, Client, office, with_settings

ANSWERS = "990105060"  # answers after 5 s, hangs up after 60 s of talk


@pytest.mark.cites("R13", "S6", "R8")
def test_a_call_consumes_credit_by_the_second_of_conversation() -> None:
    client = Client()
    assert client.ask(f"klic={INFO}&typ=1") == "100.00;2023-11-14 23:13:20;"
    record = client.record(f"klic={GIVEN}&cislo={ANSWERS}")
    assert (record.duration, record.billsec) == (65, 60)
    assert client.account.credit == 100 * UNIT - 600_000
    assert client.ask(f"klic={INFO}&typ=1") == "99.40;2023-11-14 23:14:25;"


@pytest.mark.cites("R13")
def test_both_parties_of_a_callback_are_charged_for_the_conversation_alone() -> None:
    client = Client()
    client.record(f"klic={CALLBACK}&cislo={ANSWERS}&cislo_kdo=990107000")
    assert [(charge.number, charge.seconds, charge.cost) for charge in client.charges()] == [
        ("990107000", 60, 600_000),
        (ANSWERS, 60, 600_000),
    ]


@pytest.mark.cites("R13")
def test_a_call_that_is_not_answered_costs_nothing() -> None:
    client = Client()
    client.record(f"klic={GIVEN}&cislo=990210000")
    client.office.phones["sip100"].never_answers()
    client.office.phones["sip101"].never_answers()
    client.record(f"klic={GIVEN}&cislo={ANSWERS}")
    assert client.charges() == []


@pytest.mark.cites("R13")
def test_without_credit_a_paid_number_is_refused_and_a_free_one_is_called() -> None:
    client = Client(behind=office(credit=0))
    for query in (
        f"klic={GIVEN}&cislo={ANSWERS}",
        f"klic={OWN}&cislo={ANSWERS}",
        f"klic={CALLBACK}&cislo=800123456&cislo_kdo={ANSWERS}",
        f"klic={CALLBACK}&cislo={ANSWERS}&cislo_kdo=800123456",
    ):
        assert client.ask(query) == "Chyba: nedostatečný kredit."
    assert client.office.pbx.calls.calls_started == 0
    for query in (
        f"klic={OWN}&cislo=800123456",
        f"klic={OWN}&cislo=200",
        f"klic={CALLBACK}&cislo=200&cislo_kdo=100",
    ):
        assert client.ask(query) == "Hovor byl zadán."


@pytest.mark.cites("R13")
def test_credit_that_runs_out_during_a_call_refuses_the_next_one() -> None:
    client = Client(behind=office(credit=500_000))
    client.record(f"klic={GIVEN}&cislo={ANSWERS}")
    assert client.ask(f"klic={INFO}&typ=1").split(";")[0] == "-0.10"
    assert client.ask(f"klic={GIVEN}&cislo={ANSWERS}") == "Chyba: nedostatečný kredit."


@pytest.mark.cites("R9")
def test_a_balance_may_lag_behind_the_call_that_changed_it() -> None:
    client = Client(with_settings(balance_delay_seconds=300))
    client.record(f"klic={GIVEN}&cislo={ANSWERS}")
    client.office.advance(200)
    client.record(f"klic={GIVEN}&cislo={ANSWERS}")
    assert client.ask(f"klic={INFO}&typ=1") == "100.00;2023-11-14 23:13:20;"
    client.office.advance(35)
    assert client.ask(f"klic={INFO}&typ=1") == "99.40;2023-11-14 23:14:25;"
    client.office.advance(300)
    assert client.ask(f"klic={INFO}&typ=1") == "98.80;2023-11-14 23:18:50;"


@pytest.mark.cites("R9")
def test_a_balance_from_before_the_account_began_is_what_it_began_with() -> None:
    client = Client(with_settings(balance_delay_seconds=86_400))
    client.record(f"klic={GIVEN}&cislo={ANSWERS}")
    assert client.ask(f"klic={INFO}&typ=1") == "100.00;2023-11-14 23:13:20;"


@pytest.mark.cites("R9")
@pytest.mark.parametrize(
    ("delay", "told"),
    [(0, "98.80;2023-11-14 23:15:30;"), (60, "99.40;2023-11-14 23:14:25;"), (3600, "100.00;2023-11-14 23:13:20;")],
)
def test_a_restart_changes_nothing_of_what_a_balance_tells_at_any_delay(delay: float, told: str) -> None:
    first = Client()
    first.record(f"klic={GIVEN}&cislo={ANSWERS}")
    first.record(f"klic={GIVEN}&cislo={ANSWERS}")
    again = Client(with_settings(balance_delay_seconds=delay), office(saved=left_by(first.office)))
    assert again.ask(f"klic={INFO}&typ=1") == told


@pytest.mark.cites("R8")
def test_separator_date_and_time_zone_are_settings() -> None:
    client = Client(with_settings(decimal_separator=",", balance_date=DateForm.CZECH, time_zone="UTC"))
    assert client.ask(f"klic={INFO}&typ=1") == "100,00;14.11.2023 22:13;"
