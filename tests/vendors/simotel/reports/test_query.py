"""What is read out of a request for a report, what is refused, and which page comes back in which order."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.vendors.simotel.actions import ACTIONS
from pbxsim.vendors.simotel.settings import LenientField, Settings
from tests.vendors.simotel.client import ACCOUNT, failure
from tests.vendors.simotel.report_client import ANY_TIME, Reports, record

ASKED: dict[str, object] = {"date_range": ANY_TIME, "alike": "true"}
FAILED = failure("Requested operation failed")
SEARCHES = ("quick/search", "cdr/search", "queue/search", "agent/search")
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_DATE = st.one_of(_JSON, st.sampled_from(["2022-12-02 09:57", "0001-01-01 00:00", "9999-12-31 23:59", ""]))
_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "conditions": st.one_of(
            _JSON, st.fixed_dictionaries({}, optional=dict.fromkeys(("from", "to", "cuid"), _JSON))
        ),
        "date_range": st.one_of(_JSON, st.fixed_dictionaries({}, optional={"from": _DATE, "to": _DATE})),
        "pagination": st.one_of(
            _JSON, st.fixed_dictionaries({}, optional=dict.fromkeys(("start", "count", "sorting"), _JSON))
        ),
        "alike": st.one_of(_JSON, st.just(True)),
        "cuid": _JSON,
        "_id": _JSON,
        "file": _JSON,
    },
)


@pytest.mark.cites("S300", "R309")
@pytest.mark.parametrize("service", SEARCHES)
@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "date_range->from"),
        ({"date_range": [], "alike": True}, "date_range->from"),
        ({"date_range": {"from": "2020-06-15 15:16", "to": ""}, "alike": True}, "date_range->to"),
        ({"date_range": ANY_TIME}, "alike"),
    ],
)
def test_what_the_vendors_tables_mark_as_required_is_missed_by_name(
    service: str, fields: dict[str, object], name: str
) -> None:
    assert Reports().report(service, **fields).body == failure(f"Field '{name}':value is missing")


@pytest.mark.cites("R301")
def test_the_pbx_file_may_let_alike_be_left_out_which_is_true_then() -> None:
    client = Reports(Settings(accounts=(ACCOUNT,), lenient_fields=(LenientField.ALIKE,)))
    client.keep(record(1))
    assert len(client.data("quick/search", date_range=ANY_TIME, conditions={"from": "10"})["data"]) == 1


@pytest.mark.cites("S302")
@pytest.mark.parametrize("dates", [{}, [], None, {"from": "", "to": ""}])
def test_beside_a_cuid_dates_may_be_empty(dates: object) -> None:
    client = Reports()
    client.keep(record(1), record(2))
    found = client.data("quick/search", conditions={"from": "", "cuid": "1689753720.2"}, date_range=dates, alike="true")
    assert [row["sequence"] for row in found["data"]] == ["2"]
    assert found["pagination"]["total"] == 1


@pytest.mark.cites("R301")
def test_a_cuid_is_never_merely_alike_and_dates_beside_it_hold() -> None:
    client = Reports()
    client.keep(record(1), record(12, start=1_689_753_660_000_000))
    assert [row["sequence"] for row in client.rows("cdr/search", conditions={"cuid": "1689753660.1"})] == ["1"]
    past = {"from": "2020-06-15 15:16", "to": "2022-06-22 15:16"}
    assert client.rows("cdr/search", conditions={"cuid": "1689753660.1"}, date_range=past) == []
    assert client.rows("cdr/search", conditions={"cuid": "1689753660"}) == []


@pytest.mark.cites("S301")
def test_without_a_pagination_the_twenty_newest_come_first() -> None:
    client = Reports()
    client.keep(*(record(number) for number in range(1, 26)))
    found = client.data("quick/search", **ASKED)
    assert found["pagination"] == {"start": 0, "count": 20, "sorting": {"starttime": -1}, "total": 25}
    assert [row["sequence"] for row in found["data"]] == [str(number) for number in range(25, 5, -1)]


@pytest.mark.cites("S301", "R302")
def test_a_page_begins_and_ends_where_it_is_said() -> None:
    client = Reports()
    client.keep(*(record(number) for number in range(1, 6)))
    page = {"start": "1", "count": 2, "sorting": {"starttime": 1}}
    found = client.data("cdr/search", **ASKED, pagination=page)
    assert found["pagination"] == {"start": 1, "count": 2, "sorting": {"starttime": 1}, "total": 5}
    assert [row["sequence"] for row in found["data"]] == ["2", "3"]
    assert client.data("cdr/search", **ASKED, pagination={"count": 0})["data"] == []
    assert client.data("cdr/search", **ASKED, pagination={"count": 0})["pagination"]["total"] == 5
    assert client.data("cdr/search", **ASKED, pagination={"start": 5})["data"] == []


@pytest.mark.cites("R302")
@pytest.mark.parametrize(
    ("sorting", "order"),
    [
        ({"dst": 1, "starttime": 1}, ["3", "1", "2"]),
        ({"dst": -1, "starttime": -1}, ["2", "1", "3"]),
        ({"billsec": "1"}, ["2", "1", "3"]),
        ({"billsec": "-1"}, ["3", "1", "2"]),
        ({"no such column": 1}, ["1", "2", "3"]),
        ({"no such column": -1}, ["3", "2", "1"]),
        ({"type": 1}, ["1", "2", "3"]),
        ([], ["3", "2", "1"]),
        ({}, ["3", "2", "1"]),
    ],
)
def test_columns_order_rows_and_equal_ones_come_by_their_number(sorting: object, order: list[str]) -> None:
    client = Reports()
    client.keep(record(1, dst="7"), record(2, dst="7", answer=0), record(3, dst="10", end=1_689_753_900_000_000))
    found = client.rows("quick/search", pagination={"sorting": sorting})
    assert [row["sequence"] for row in found] == order


@pytest.mark.cites("R301")
@pytest.mark.parametrize(
    ("conditions", "alike", "found"),
    [
        ({"from": "0915"}, True, ["1"]),
        ({"from": "0915"}, "false", []),
        ({"from": "09155252492"}, 0, ["1"]),
        ({"to": "10"}, 1, ["2", "1"]),
        ({"to": "100", "from": "200"}, "1", ["2"]),
        ({"to": 100}, "true", ["2", "1"]),
        ([], True, ["2", "1"]),
    ],
)
def test_conditions_meet_the_parties_in_part_or_wholly(conditions: object, alike: object, found: list[str]) -> None:
    client = Reports()
    client.keep(record(1, src="09155252492"), record(2, src="200"))
    rows = client.rows("quick/search", conditions=conditions, alike=alike)
    assert [row["sequence"] for row in rows] == found


@pytest.mark.cites("S300", "R300")
def test_dates_bound_the_moment_at_which_calls_began() -> None:
    client = Reports()
    client.keep(*(record(number) for number in range(1, 6)))  # 11:31 to 11:35 in Tehran, which is 3:30 ahead by then
    found = client.rows("quick/search", date_range={"from": "2023-07-19 11:32", "to": "2023-07-19 11:33"})
    assert [row["sequence"] for row in found] == ["3", "2"]


@pytest.mark.cites("R300", "R302", "R303")
@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"date_range": {"from": "1401-09-11", "to": "x"}}, "date_range->from"),
        ({"date_range": {"from": "0001-01-01 00:00", "to": "x"}}, "date_range->"),
        ({"date_range": "2020"}, "date_range"),
        ({"conditions": "557"}, "conditions"),
        ({"conditions": {"from": {}}}, "conditions.from"),
        ({"pagination": 20}, "pagination"),
        ({"pagination": {"start": -1}}, "pagination->start"),
        ({"pagination": {"count": 10_001}}, "pagination->count"),
        ({"pagination": {"count": True}}, "pagination->count"),
        ({"pagination": {"sorting": {"starttime": 2}}}, "pagination->sorting"),
        ({"pagination": {"sorting": {"starttime": True}}}, "pagination->sorting"),
        ({"pagination": {"sorting": {"x" * 65: 1}}}, "pagination->sorting"),
        ({"pagination": {"sorting": "starttime"}}, "sorting"),
        ({"alike": "perhaps"}, "alike"),
    ],
)
def test_what_cannot_be_used_fails_and_the_journal_says_why(fields: dict[str, object], hint: str) -> None:
    reply = Reports().report("quick/search", **ASKED | fields)
    assert (reply.status, reply.body) == (200, FAILED)
    assert reply.hints[0].startswith(f"parameter '{hint}")


def test_a_parameter_of_another_name_is_ignored_and_the_journal_says_what_was_meant() -> None:
    reply = Reports().report("cdr/search", **ASKED, conditions={"form": "1"}, paging={})
    assert reply.status == 200
    assert reply.hints == (
        "parameter 'paging' is not documented: did you mean 'pagination'?",
        "parameter 'form' is not documented: did you mean 'from'?",
    )


REPORTS = sorted(path for path in ACTIONS if path.startswith("reports/"))


@pytest.mark.slow
@given(st.sampled_from(REPORTS), st.one_of(_JSON, _FIELDS))
def test_no_body_ever_raises(service: str, document: object) -> None:
    client = Reports()
    client.keep(record(1), record(2))
    client.calls_in()
    reply = client.send(json.dumps(document).encode(), method="POST", path=f"/api/v4/{service}")
    assert reply.status in (200, 400, 404)


@pytest.mark.parametrize("service", REPORTS)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_reports_are_asked_for_by_post_alone(service: str, method: str) -> None:
    assert Reports().send(b"{}", method=method, path=f"/api/v4/{service}").status == 405
