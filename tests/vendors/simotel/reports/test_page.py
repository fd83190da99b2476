"""Of many visits and sessions few are looked at between two turns of others; the page is that of the reply's moment."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallerId
from pbxsim.pbx.queue_visit import EndedBy, Why
from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.agent_sessions import IN_QUEUE, Session
from pbxsim.vendors.simotel.api import SimotelInterface
from pbxsim.vendors.simotel.queue_visits import ReportedVisit, Visited
from pbxsim.vendors.simotel.reports.page import FOUND_AT_ONCE
from pbxsim.vendors.simotel.reports.queues import SessionPage, VisitPage
from tests.vendors.simotel.report_client import Reports, asked, preparing

if TYPE_CHECKING:
    from pbxsim.vendors.simotel.state import State

SERVICES: Final = ("queue/search", "agent/search")
MANY: Final = 1_200
_BEGAN: Final = 1_700_000_000 * SECOND


def state(client: Reports) -> State:
    """Give what the interface works with."""
    assert isinstance(client.interface, SimotelInterface)
    return client.interface.state


def happen(client: Reports, number: int) -> None:
    """Have a visit and a session end; their callers and lengths come again and again."""
    began = _BEGAN + number * SECOND
    ended = began + number * 7_919 % 50 * SECOND
    visit = Visited(
        number, str(100 + number % 7), CallerId(), began, ended, ended, Why.TIMEOUT, EndedBy.CALLER, 15, 0, []
    )
    state(client).visits.visits.append(ReportedVisit(visit, "901", f"{began // SECOND}.{number}", place=number))
    session = Session(number=number, kind=IN_QUEUE, exten="564", qnum="901", start=began, end=ended)
    state(client).sessions.sessions.append(session)


def many(number: int = MANY, most: int | None = None) -> Reports:
    """Make a PBX on which so many have ended, of which so many are kept."""
    client = Reports()
    state(client).visits.visits, state(client).sessions.sessions = deque(maxlen=most), deque(maxlen=most)
    for each in range(1, number + 1):
        happen(client, each)
    return client


@pytest.mark.parametrize(("service", "page"), [("queue/search", VisitPage), ("agent/search", SessionPage)])
def test_of_many_few_are_looked_at_and_spelt_between_two_turns_of_others(
    service: str, page: type[VisitPage | SessionPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, spelt, looked_at = many(), [], []
    row, fits = page.row, page.fits
    fields = {"pagination": {"count": 10_000, "sorting": {"duration": 1}}}
    expected = client.interface.answer(asked(client, service, **fields))

    def spell(*given: object) -> dict[str, object]:
        spelt.append(given)
        return row(*given)  # type: ignore[arg-type]  # one of them and the dates

    def look(self: VisitPage | SessionPage, one: ReportedVisit | Session) -> bool:
        looked_at.append(one)
        return fits(self, one)  # type: ignore[arg-type]  # each page with its own

    monkeypatch.setattr(page, "row", staticmethod(spell))
    monkeypatch.setattr(page, "fits", look)
    request, turns = asked(client, service, **fields), []
    for _ in preparing(client, request):
        turns.append((len(spelt), len(looked_at)))
        spelt.clear()
        looked_at.clear()
    assert [sum(each) for each in zip(*turns, strict=True)] == [MANY, MANY]
    assert max(rows for rows, _ in turns) <= 64
    assert max(records for _, records in turns) <= FOUND_AT_ONCE
    assert client.interface.answer(request) == expected
    assert (spelt, looked_at) == ([], []), "the reply is made of what was prepared"
    assert json.loads(expected.body)["data"]["pagination"]["total"] == MANY


def end(client: Reports, number: int) -> None:
    """Have more of them end."""
    last = state(client).visits.visits[-1].place
    for each in range(number % 3 + 1):
        happen(client, last + each + 1)


def record(client: Reports, number: int) -> None:
    """Have a visit's recording be known."""
    visits = state(client).visits.visits
    visits[number % len(visits)].record = f"{number}.mp3"


DEEDS: Final = {"end": end, "record": record}
PAGES: Final[tuple[dict[str, object], ...]] = (
    {},
    {"pagination": {"count": 300, "start": 150, "sorting": {"duration": -1, "_id": 1}}},
    {"pagination": {"count": 10_000, "sorting": {"duration": 1}}},
    {"date_range": {"from": "2023-11-14 22:20", "to": "2023-11-14 22:25"}, "pagination": {"count": 500}},
)


@pytest.mark.slow
@given(
    st.sampled_from(SERVICES),
    st.sampled_from(PAGES),
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(sorted(DEEDS)), st.integers(0, MANY)), max_size=6),
    st.sampled_from([700, None]),
)
@settings(max_examples=25, deadline=None)
def test_a_page_is_that_of_the_moment_of_the_reply_whatever_happens_while_it_is_prepared(
    service: str, fields: dict[str, object], deeds: list[tuple[int, str, int]], most: int | None
) -> None:
    client = many(700, most)
    request = asked(client, service, **fields)
    pieces = preparing(client, request)
    for turns, deed, number in deeds:
        for _ in range(turns):
            next(pieces, None)
        DEEDS[deed](client, number)
    expected = client.interface.answer(asked(client, service, **fields))
    assert client.interface.answer(request) == expected
    assert request.prepared is None, "it is kept no longer than it is needed"


@pytest.mark.parametrize(
    ("service", "deed"), [("queue/search", "end"), ("queue/search", "record"), ("agent/search", "end")]
)
@pytest.mark.parametrize("most", [700, None])
@pytest.mark.parametrize("turns", [1, 1_000])
def test_what_happens_while_a_page_is_prepared_or_after_that_is_told_of(
    service: str, deed: str, most: int | None, turns: int
) -> None:
    client = many(700, most)
    page = {"pagination": {"count": 10_000}}
    before = client.interface.answer(asked(client, service, **page))
    request = asked(client, service, **page)
    pieces = preparing(client, request)
    for _ in range(turns):
        next(pieces, None)
    DEEDS[deed](client, 5)
    now = client.interface.answer(request)
    assert now.body != before.body
    assert now == client.interface.answer(asked(client, service, **page))


@pytest.mark.parametrize("service", SERVICES)
def test_a_page_of_few_and_one_that_will_be_refused_are_not_prepared(service: str) -> None:
    client = many(200)
    assert vendor.prepare(client.interface, asked(client, service)) is None
    happen(client, 201)
    assert vendor.prepare(client.interface, asked(client, service)) is not None
    assert vendor.prepare(client.interface, asked(client, service, pagination={"count": -1})) is None
