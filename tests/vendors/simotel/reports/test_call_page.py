"""Of many records few are looked at between two turns of others, and the page is that of the moment of the reply."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.sinks.cdr_memory import CdrMemory
from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.api import SimotelInterface
from pbxsim.vendors.simotel.reports import call_page
from pbxsim.vendors.simotel.reports.cdr import QuickPage, SearchPage
from tests.vendors.simotel.report_client import ANY_TIME, Reports, asked, preparing, record

if TYPE_CHECKING:
    from pbxsim.pbx.cdr import Cdr

SERVICES = ("quick/search", "cdr/search")
MANY = 1_200


def many(number: int = MANY) -> Reports:
    """Make a PBX on which there have been so many calls."""
    client = Reports()
    client.keep(*(called(each) for each in range(1, number + 1)))
    return client


def called(number: int) -> Cdr:
    """Make the record of a call; their callers, and how long they lasted, come again and again."""
    cdr = record(number, src=str(100 + number % 7))
    return msgspec.structs.replace(cdr, end=cdr.end + number * 7_919 % 50 * 1_000_000)


@pytest.mark.parametrize(("service", "page"), [("quick/search", QuickPage), ("cdr/search", SearchPage)])
def test_of_many_records_few_are_looked_at_and_spelt_between_two_turns_of_others(
    service: str, page: type[call_page.CallPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, spelt, looked_at = many(), [], []
    row, waited = page.row, call_page.COLUMNS["wait"]

    def spell(*given: object) -> dict[str, object]:
        spelt.append(given)
        return row(*given)  # type: ignore[arg-type]  # a record and the dates

    def wait(cdr: Cdr) -> int | str:
        looked_at.append(cdr)
        return waited(cdr)

    fields = {"pagination": {"count": 10_000, "sorting": {"wait": 1}}}
    expected = client.interface.answer(asked(client, service, **fields))
    monkeypatch.setattr(page, "row", staticmethod(spell))
    monkeypatch.setitem(call_page.COLUMNS, "wait", wait)
    request, turns = asked(client, service, **fields), []
    for _ in preparing(client, request):
        turns.append((len(spelt), len(looked_at)))
        spelt.clear()
        looked_at.clear()
    assert [sum(each) for each in zip(*turns, strict=True)] == [MANY, MANY]
    assert max(rows for rows, _ in turns) <= 64
    assert max(records for _, records in turns) <= 500
    assert client.interface.answer(request) == expected
    assert (spelt, looked_at) == ([], []), "the reply is made of what was prepared"
    assert len(json.loads(expected.body)["data"]["data"]) == MANY


def close(client: Reports, number: int) -> None:
    """Have calls end."""
    first = max(cdr.id for cdr in client.office.archive.remembered()) + 1
    client.keep(*(called(first + each) for each in range(number % 3 + 1)))


def move(client: Reports, number: int) -> None:
    """Have a recording be elsewhere."""
    archive = client.office.archive
    found = [*archive.remembered()]
    cdr = found[number % len(found)]
    archive.replace(msgspec.structs.replace(cdr, recording_folder="a", recording_file=f"{number}.wav"))


DEEDS = {"close": close, "move": move}
PAGES: tuple[dict[str, object], ...] = (
    {},
    {"pagination": {"count": 300, "start": 150, "sorting": {"duration": -1, "src": 1}}},
    {"pagination": {"count": 10_000, "sorting": {"billsec": 1}}},
    {"conditions": {"from": "103"}, "pagination": {"count": 1_000}},
    {"date_range": {"from": "2023-07-19 11:30", "to": "2023-07-19 12:30"}, "pagination": {"count": 500}},
    {"pagination": {"count": 0}},
)


@pytest.mark.slow
@given(
    st.sampled_from(SERVICES),
    st.sampled_from(PAGES),
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(sorted(DEEDS)), st.integers(0, MANY)), max_size=6),
    st.sampled_from([700, 10_000]),
)
@settings(max_examples=60, deadline=None)
def test_a_page_is_that_of_the_moment_of_the_reply_whatever_happens_while_it_is_prepared(
    service: str, fields: dict[str, object], deeds: list[tuple[int, str, int]], most: int
) -> None:
    client = Reports()
    client.office.pbx.cdrs = client.office.archive = CdrMemory(limit=most)
    client.keep(*(called(each) for each in range(1, 701)))
    request = asked(client, service, **fields)
    pieces = preparing(client, request)
    for turns, deed, number in deeds:
        for _ in range(turns):
            next(pieces, None)
        DEEDS[deed](client, number)
    expected = client.interface.answer(asked(client, service, **fields))
    assert client.interface.answer(request) == expected
    assert request.prepared is None, "it is kept no longer than it is needed"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("deed", "most"), [("close", 10_000), ("close", 700), ("move", 10_000), ("move", 700)])
def test_what_happens_after_all_of_a_page_was_prepared_is_told_of(service: str, deed: str, most: int) -> None:
    client = Reports()
    client.office.pbx.cdrs = client.office.archive = CdrMemory(limit=most)
    client.keep(*(called(each) for each in range(1, 701)))
    page = {"pagination": {"count": 10_000}}
    before = client.interface.answer(asked(client, service, **page))
    request = asked(client, service, **page)
    assert list(preparing(client, request))
    DEEDS[deed](client, 5)
    now = client.interface.answer(request)
    assert now.body != before.body
    assert now == client.interface.answer(asked(client, service, **page))


@pytest.mark.parametrize("sorting", [{}, {"duration": 1}, {"src": -1, "wait": 1}, {"unknown": 1}])
@pytest.mark.parametrize(("start", "count"), [(0, 20), (600, 700), (1_190, 40), (5_000, 1)])
def test_a_page_is_in_the_order_that_all_records_are_in(sorting: dict[str, int], start: int, count: int) -> None:
    client = many()
    assert isinstance(client.interface, SimotelInterface)
    query = QuickPage(asked(client, "quick/search", pagination={"sorting": sorting}), client.interface.state).query
    ranked = sorted(client.office.archive.remembered(), key=query.rank(call_page.COLUMNS))
    pagination = {"start": start, "count": count, "sorting": sorting}
    data = client.data("quick/search", date_range=ANY_TIME, alike=True, pagination=pagination)
    assert [row["sequence"] for row in data["data"]] == [str(cdr.id) for cdr in ranked[start : start + count]]
    assert data["pagination"]["total"] == MANY


def test_a_page_of_few_records_and_one_that_will_be_refused_are_not_prepared() -> None:
    client = many(200)
    assert vendor.prepare(client.interface, asked(client, "quick/search")) is None
    client.keep(called(201))
    assert vendor.prepare(client.interface, asked(client, "quick/search")) is not None
    assert vendor.prepare(client.interface, asked(client, "quick/search", pagination={"count": -1})) is None
    assert vendor.prepare(client.interface, asked(client, "quick/info")) is None
