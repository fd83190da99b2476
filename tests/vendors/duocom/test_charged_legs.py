"""Of many charged legs few are looked at between two turns of others, and the report is that of the reply's moment."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.kit.request import Request
from pbxsim.pbx.account import UNIT
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.events import CdrClosed
from pbxsim.vendors.duocom import vendor
from pbxsim.vendors.duocom.charged_legs import ChargedLeg, Origins
from tests.vendors.duocom.client import CONSUMPTION, FIELDS, Client, office

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.vendors.duocom.state import State

MANY = 1_100
ANY_DAY = {"finicio": "01-01-2020", "ffinal": "31-12-2030"}


def many(number: int = MANY) -> Client:
    """Make a PBX on which as many calls of a customer's have been as one was, each with its two charges."""
    client = Client(behind=office(1_000 * UNIT))
    client.record(llamante="990105000", llamado="990107060")
    again(client, number - 1)
    return client


def again(client: Client, number: int) -> None:
    """Let the first call have been so many times more, each as the next call of the PBX."""
    (first,) = client.office.pbx.cdrs.find(CdrQuery(limit=1))
    account = client.office.pbx.accounts["customer"]
    last = client.office.cdrs()[-1].id
    for each in range(last + 1, last + 1 + number):
        reference = f"{53_010_203 + each}"
        for dialled in ("990105000", "990107060"):
            client.office.pbx.ledger.charge(
                account, 700, at=first.end, call=1_000 + each, number=dialled, seconds=each % 90, reference=reference
            )
        cdr = msgspec.structs.replace(first, id=each, call=1_000 + each, reference=reference)
        client.office.archive.on_cdr(CdrClosed(cdr))


def asked(**fields: str) -> Request:
    """Ask for the report."""
    query = {"principal": FIELDS["principal"], "pass": FIELDS["pass"]} | ANY_DAY | fields
    return Request("GET", CONSUMPTION, urlencode(query))


def preparing(client: Client, request: Request) -> Iterator[None]:
    """Have it prepared."""
    pieces = vendor.prepare(client.interface, request)
    assert pieces is not None
    return pieces


def test_of_many_legs_few_are_looked_at_and_spelt_between_two_turns_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, done = many(), []
    expected = client.interface.answer(asked())
    values, add, of = ChargedLeg.values, Origins.add, Origins.of

    def spell(leg: ChargedLeg, state: State) -> dict[str, str]:
        done.append("spelt")
        return values(leg, state)

    def counted_add(origins: Origins, cdr: object) -> None:
        done.append("record")
        add(origins, cdr)  # type: ignore[arg-type]  # a record

    def counted_of(origins: Origins, entry: object) -> object:
        done.append("charge")
        return of(origins, entry)  # type: ignore[arg-type]  # a charge

    monkeypatch.setattr(ChargedLeg, "values", spell)
    monkeypatch.setattr(Origins, "add", counted_add)
    monkeypatch.setattr(Origins, "of", counted_of)
    request, turns = asked(), []
    for _ in preparing(client, request):
        turns.append([done.count(what) for what in ("record", "charge", "spelt")])
        done.clear()
    assert done == [], "what is left to do is to put the lines together"
    records, charges, spelt = zip(*turns, strict=True)
    assert (sum(records), sum(charges), sum(spelt)) == (MANY, 2 * MANY, 2 * MANY)
    assert max(*records, *charges) <= 500
    assert max(spelt) <= 64
    assert client.interface.answer(request) == expected
    assert done == [], "the reply is made of what was prepared"
    assert len(expected.body.splitlines()) == 1 + 2 * MANY


def call(client: Client, number: int) -> None:
    """Have calls end."""
    again(client, number % 3 + 1)


def move(client: Client, number: int) -> None:
    """Have a recording be elsewhere."""
    cdrs = client.office.cdrs()
    cdr = cdrs[number % len(cdrs)]
    client.office.archive.replace(msgspec.structs.replace(cdr, recording_folder="a", recording_file=f"{number}.wav"))


def close_late(client: Client, number: int) -> None:
    """Have legs of a call be charged whose record is not closed, or belongs to a call that had them before."""
    pbx, cdrs = client.office.pbx, client.office.cdrs()
    known = cdrs[number % len(cdrs)]
    reference = known.reference if number % 2 else "99"
    pbx.ledger.charge(
        pbx.accounts["customer"], 100, at=known.end, call=90_000 + number, number="1", seconds=1, reference=reference
    )
    if number % 3 == 0:
        closed = msgspec.structs.replace(known, id=cdrs[-1].id + 1, call=90_000 + number // 2, reference=reference)
        client.office.archive.on_cdr(CdrClosed(closed))


DEEDS = {"call": call, "move": move, "close late": close_late}


@pytest.mark.slow
@given(
    st.sampled_from([{}, {"llamado": "990107060"}, {"llamado": "9", "tipo_regla": "EMPIEZA"}]),
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(sorted(DEEDS)), st.integers(0, 900)), max_size=6),
)
@settings(max_examples=20, deadline=None)
def test_a_report_is_that_of_the_moment_of_the_reply_whatever_happens_while_it_is_prepared(
    fields: dict[str, str], deeds: list[tuple[int, str, int]]
) -> None:
    client = many(550)
    request = asked(**fields)
    pieces = preparing(client, request)
    for turns, deed, number in deeds:
        for _ in range(turns):
            next(pieces, None)
        DEEDS[deed](client, number)
    assert client.interface.answer(request) == client.interface.answer(asked(**fields))
    assert request.prepared is None, "it is kept no longer than it is needed"


def test_a_report_of_today_is_that_of_the_day_of_the_reply() -> None:
    client = many(300)
    today = asked(finicio="", ffinal="")
    pieces = preparing(client, today)
    next(pieces)
    client.office.advance(48 * 3_600)
    again(client, 1)
    assert client.interface.answer(today) == client.interface.answer(asked(finicio="", ffinal=""))


def test_a_report_of_few_calls_and_one_that_will_be_refused_are_not_prepared() -> None:
    few = many(200)
    assert vendor.prepare(few.interface, asked()) is None
    again(few, 1)
    assert vendor.prepare(few.interface, asked()) is not None
    assert vendor.prepare(few.interface, asked(finicio="yesterday")) is None
    assert vendor.prepare(few.interface, asked(principal="nobody")) is None
