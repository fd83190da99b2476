"""The references of calls within a day, and from one day to the next."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import parse_iso
from pbxsim.vendorkit.civil import zone
from pbxsim.vendors.duocom.references import HIGHEST, LOWEST, References
from pbxsim.vendors.duocom.settings import Account
from tests.vendors.duocom.client import CUSTOMER, Client, with_settings

MADRID = zone("Europe/Madrid")


@pytest.mark.cites("R6", "S14")
def test_references_count_up_within_a_day_and_begin_again_at_local_midnight() -> None:
    references = References(MADRID, 53_010_203)
    moments = ["2026-06-30T21:59:58Z", "2026-06-30T21:59:59.999999Z", "2026-06-30T22:00:00Z", "2026-07-01T21:59:59Z"]
    assert [references.take(parse_iso(moment)) for moment in moments] == [
        "53010203",
        "53010204",
        "53010203",
        "53010204",
    ]


@pytest.mark.cites("R6")
def test_after_the_highest_of_eight_digits_comes_the_lowest() -> None:
    references = References(MADRID, HIGHEST)
    assert [references.take(0), references.take(0)] == [str(HIGHEST), str(LOWEST)]
    assert len(str(HIGHEST)) == len(str(LOWEST)) == 8


@pytest.mark.cites("R6", "S14")
def test_no_two_calls_of_a_day_have_one_reference_whoever_orders_them() -> None:
    other = Account(principal="666222666", password="Otra", account="other", activated=True)
    client = Client(with_settings(accounts=(CUSTOMER, other)))
    bodies = [client.ask() for _ in range(100)]
    bodies += [client.ask(principal="666222666", password="Otra") for _ in range(100)]
    assert bodies == [f"1\n{number}\n".encode() for number in range(53_010_203, 53_010_403)]


@pytest.mark.cites("R6")
def test_a_refused_request_uses_no_reference() -> None:
    client = Client()
    client.ask(password="wrong")
    client.ask(llamado="x")
    client.ask(mascara="x")
    assert client.ask() == b"1\n53010203\n"


@pytest.mark.cites("R6", "S14")
def test_a_call_that_lasts_past_midnight_keeps_its_reference_and_the_next_day_may_repeat_it() -> None:
    client = Client()
    client.office.advance(46 * 60 + 30)  # START is 23:13:20 in Madrid
    late = client.call(llamante="990100000", llamado="990100060")
    client.office.advance(20)
    early = client.call(llamante="990100000", llamado="990100060")
    client.office.finish()
    assert [client.office.cdr(call).reference for call in (late, early)] == ["53010203", "53010203"]
    assert {charge.reference for charge in client.charges()} == {"53010203"}


@pytest.mark.cites("R6")
def test_the_days_first_reference_and_the_time_zone_are_settings() -> None:
    client = Client(with_settings(first_reference=10_000_000, time_zone="UTC"))
    assert client.ask() == b"1\n10000000\n"
    client.office.advance(3600)  # midnight in Madrid has passed, in UTC it has not
    assert client.ask() == b"1\n10000001\n"
