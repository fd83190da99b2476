"""Whatever is asked of the consumption API, its rows are those that a plain reading of the calls gives."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.clock.instant import HOUR, SECOND, parse_iso, to_datetime
from pbxsim.kit.civil import zone
from tests.vendors.duocom.client import Client

BEGIN = parse_iso("2024-03-29T20:00:00Z")  # two days before Spain's clocks go forward
CALLERS = ("990100000", "990105000", "12345678", "1234")
CALLED = ("990100003", "990107060", "990200000", "990300000")
STEP = 7 * HOUR // SECOND
DAYS = [f"{day:02d}-{month:02d}-2024" for month, day in [(3, 28), (3, 29), (3, 30), (3, 31), (4, 1), (4, 2), (4, 9)]]
ASKED = st.sampled_from(
    ["", "990", "9901", "990100003", "12345678", "1234", "Acceso local", "local", "53010203", "7", "0"]
)


@cache
def client() -> Client:
    """Make sixteen calls, one every seven hours from each to each, so that they fall on several days."""
    made = Client()
    made.office.advance((BEGIN - made.office.clock.now) / SECOND)
    for user in ("12345678", "87654321"):
        made.office.phones[user].answers(talks=9)
    for caller in CALLERS:
        for called in CALLED:
            voip = {"12345678": "12345678@mioficinaweb.es", "1234": "ext1234"}
            made.call(llamante=voip.get(caller, caller), llamado=called)
            made.office.advance(STEP)
    made.office.finish()
    return made


@cache
def expected() -> list[tuple[date, dict[str, str], str]]:
    """Give day, the values to compare and the row of each charge, by a plain walk over all of them."""
    rows = []
    for entry in client().charges():
        (cdr,) = [cdr for cdr in client().office.cdrs() if cdr.call == entry.call]
        start = to_datetime(cdr.start).astimezone(zone("Europe/Madrid"))
        values = {
            "llamante": cdr.src,
            "acceso": "Acceso local",
            "llamado": entry.number,
            "ref_id": entry.reference,
        }
        cost = f"{(entry.cost + 50) // 100 / 10_000:.4f}"
        row = (
            f"{start:%d-%m-%Y;%H:%M:%S};{cdr.src};Acceso local;{entry.number};{entry.seconds};{cost};{entry.reference}"
        )
        rows.append((start.date(), values, row))
    return rows


def plain_filter(row: dict[str, str], asked: dict[str, str], join: str, rule: str) -> bool:
    """Tell whether a row is one of those asked for, in the plainest words."""
    hits = []
    for name, value in asked.items():
        if value and rule == "EMPIEZA":
            hits.append(row[name].startswith(value))
        elif value and rule == "CONTIENE":
            hits.append(value in row[name])
        elif value:
            hits.append(row[name] == value)
    if not hits:
        return True
    return False not in hits if join == "AND" else True in hits


def test_the_calls_of_the_oracle_are_of_many_kinds() -> None:
    assert len(expected()) >= 16
    assert len({day for day, _, _ in expected()}) >= 4


@pytest.mark.slow
@settings(deadline=None)  # a slow machine is no fault of the code
@given(
    asked=st.fixed_dictionaries(dict.fromkeys(("llamante", "acceso", "llamado", "ref_id"), ASKED)),
    join=st.sampled_from(["", "AND", "OR"]),
    rule=st.sampled_from(["", "IGUAL", "EMPIEZA", "CONTIENE"]),
    first=st.sampled_from(DAYS),
    last=st.sampled_from(DAYS),
)
def test_the_rows_are_those_of_the_oracle(asked: dict[str, str], join: str, rule: str, first: str, last: str) -> None:
    first, last = sorted((first, last), key=lambda day: day.split("-")[::-1])
    told = client().report(finicio=first, ffinal=last, tipo_filtro=join, tipo_regla=rule, **asked)
    begin, end = (date(2024, int(day[3:5]), int(day[:2])) for day in (first, last))
    assert told == [
        row for day, values, row in expected() if begin <= day <= end and plain_filter(values, asked, join, rule)
    ]


@settings(deadline=None)  # a slow machine is no fault of the code
@given(value=st.text(max_size=12), name=st.sampled_from(["finicio", "ffinal", "llamado", "tipo_filtro", "tipo_regla"]))
def test_any_value_gets_a_report_or_an_error(value: str, name: str) -> None:
    body = client().program("/cgi-bin/oficinaweb/api_consumos", **{name: value}).body
    assert body.startswith((b"1\n", b"0\n<br>\nERROR: "))


@settings(deadline=None)  # a slow machine is no fault of the code
@given(first=st.dates(), last=st.dates())
def test_any_two_days_of_the_calendar_are_borne(first: date, last: date) -> None:
    first, last = min(first, last), max(first, last)
    told = client().report(finicio=_spelt(first), ffinal=_spelt(last))
    assert told == [row for day, _, row in expected() if first <= day <= last]


def _spelt(day: date) -> str:
    return f"{day.day:02d}-{day.month:02d}-{day.year:04d}"
