"""Call records by the control API: JSON, filters, and a CSV file that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from pbxsim.pbx.call import CallKind, CallOrder, DetailedOrder
from pbxsim.sinks.cdr_memory import CdrMemory
from tests.pbx.records import like
from tests.sinks.paper_history import PaperHistory

if TYPE_CHECKING:
    from tests.web.town import Town


async def five_calls(town: Town) -> None:
    """Place one call every minute: answered, busy, not answered, failed, answered."""
    for custom, number in enumerate(("990101010", "990201000", "990301000", "990401000", "990102005")):
        await town.get(f"/acme/api?secret=s3cret!&from=100&to={number}&custom=c{custom % 2}")
        await town.advance(60)


async def ids(town: Town, query: str) -> list[int]:
    """Give the ids of the records that a query finds."""
    answered = await town.get(f"/_pbxsim/cdrs?{query}")
    assert answered.status == 200, answered.body
    return [cdr["id"] for cdr in answered.json]


async def rows(town: Town, query: str = "") -> list[dict[str, Any]]:
    """Read the CSV file as a spreadsheet does."""
    answered = await town.get(f"/_pbxsim/cdrs.csv?{query}")
    assert answered.status == 200, answered.body
    return list(csv.DictReader(io.StringIO(answered.body.decode(), newline="")))


async def test_a_record_in_full(town: Town) -> None:
    await five_calls(town)
    assert (await town.get("/_pbxsim/cdrs?limit=1")).json == [
        {
            "id": 1,
            "call": 1,
            "vendor": "acme",
            "start": "2026-01-01T00:00:00Z",
            "answer": "2026-01-01T00:00:03Z",
            "end": "2026-01-01T00:00:14Z",
            "src": "100",
            "dst": "990101010",
            "disposition": "ANSWERED",
            "duration": 14,
            "billsec": 11,
            "cause": 16,
            "custom": ["c0", "", "", ""],
            "direction": "outgoing",
            "channel": "SIP/sip100-00000001",
            "dstchannel": "SIP/upc-00000002",
            "uniqueid": "1767225600.1",
            "context": "main",
            "trunk": "upc",
            "account": None,
            "reference": None,
            "recording": None,
            "linkedid": "1767225600.1",
            "sequence": 1,
            "lastapp": "Dial",
            "lastdata": "SIP/upc/990101010,30,",
            "dcontext": "main",
            "clid": '"" <100>',
            "amaflags": "DOCUMENTATION",
            "userfield": "",
        }
    ]


async def test_a_record_counts_from_when_its_first_channel_is_up_whoever_answers(town: Town) -> None:
    await five_calls(town)
    busy = (await town.get("/_pbxsim/cdrs?disposition=BUSY")).json[0]
    assert (busy["answer"], busy["billsec"], busy["cause"]) == ("2026-01-01T00:01:03Z", 1, 17)


async def test_a_record_of_a_caller_whom_nobody_answered_has_no_answer(town: Town) -> None:
    await town.get("/acme/api?secret=s3cret!&from=990201000&to=100")
    await town.advance(60)
    (busy,) = (await town.get("/_pbxsim/cdrs?disposition=BUSY")).json
    assert (busy["answer"], busy["billsec"], busy["cause"]) == (None, 0, 17)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("disposition=ANSWERED", [1, 5]),
        ("disposition=NO%20ANSWER", [3, 4]),
        ("disposition=NO+ANSWER", [3, 4]),
        ("src=100&dst=990201000", [2]),
        ("src=200", []),
        ("custom1=c1", [2, 4]),
        ("from=2026-01-01T00:02:00Z", [3, 4, 5]),
        ("to=2026-01-01T00:02:00Z", [1, 2, 3]),
        ("from=2026-01-01T00:01:00Z&to=2026-01-01T00:03:00Z", [2, 3, 4]),
        ("from=2026-01-01T01:03:00%2B01:00", [4, 5]),
        ("from=2026-01-01T01:03:00+01:00", [4, 5]),
        ("from=2026-01-02", []),
        ("since=2026-01-01T00:01:04Z", [2, 3, 4, 5]),  # the second began at 00:01:00 and ended at 00:01:04
        ("since=2026-01-01T00:01:05Z", [3, 4, 5]),
        ("after=3", [4, 5]),
        ("limit=2", [1, 2]),
        ("limit=2&after=2", [3, 4]),
        ("limit=1&disposition=ANSWERED&after=1", [5]),
    ],
)
async def test_filters_narrow_the_list(town: Town, query: str, found: list[int]) -> None:
    await five_calls(town)
    assert await ids(town, query) == found


async def test_a_full_page_leads_to_the_next(town: Town) -> None:
    await five_calls(town)
    answered = await town.get("/_pbxsim/cdrs?limit=1&disposition=ANSWERED")
    assert answered.headers["Link"] == '</_pbxsim/cdrs?limit=1&disposition=ANSWERED&after=1>; rel="next"'


async def test_the_csv_file_has_every_record(town: Town) -> None:
    await five_calls(town)
    answered = await town.get("/_pbxsim/cdrs.csv")
    assert answered.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answered.headers["Content-Disposition"] == 'attachment; filename="cdrs.csv"'
    head, first = answered.body.split(b"\r\n")[:2]
    assert head == (
        b"id,call,vendor,start,answer,end,src,dst,disposition,duration,billsec,cause,custom1,custom2,custom3,custom4,"
        b"direction,channel,dstchannel,uniqueid,context,trunk,account,reference,recording,"
        b"linkedid,sequence,lastapp,lastdata,dcontext,clid,amaflags,userfield"
    )
    assert first == (
        b"1,1,acme,2026-01-01T00:00:00Z,2026-01-01T00:00:03Z,2026-01-01T00:00:14Z,100,990101010,ANSWERED,14,11,16,c0,,,,"
        b"outgoing,SIP/sip100-00000001,SIP/upc-00000002,1767225600.1,main,upc,,,,"
        b'1767225600.1,1,Dial,"SIP/upc/990101010,30,",main,""""" <100>",DOCUMENTATION,'
    )
    assert [row["id"] for row in await rows(town)] == ["1", "2", "3", "4", "5"]


async def test_the_csv_file_takes_the_same_filters(town: Town) -> None:
    await five_calls(town)
    assert [row["id"] for row in await rows(town, "disposition=ANSWERED&limit=1&after=1")] == ["5"]


async def test_a_csv_file_without_records_has_its_head(town: Town) -> None:
    assert (await town.get("/_pbxsim/cdrs.csv")).body.count(b"\r\n") == 1


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-1+1", "'-1+1"),
        ("+1+1", "'+1+1"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("+420777123456", "+420777123456"),
        ("plain", "plain"),
        ('a,"b"\r\nc', 'a,"b"\r\nc'),
        ("žluťoučký", "žluťoučký"),
    ],
)
async def test_no_cell_is_a_formula(town: Town, value: str, cell: str) -> None:
    await town.get(f"/acme/api?secret=s3cret!&from=990400000&to=100&custom={quote(value)}")
    await town.advance(0)
    (row,) = await rows(town)
    assert row["custom1"] == cell


async def test_a_long_csv_file_comes_in_pieces(town: Town) -> None:
    for _ in range(1200):
        town.server.hosts.first().pbx.calls.receive(_failing(town))
    answered = await town.get("/_pbxsim/cdrs.csv")
    assert answered.headers["Transfer-Encoding"] == "chunked"
    assert [int(line.split(b",")[0]) for line in answered.body.splitlines()[1:]] == list(range(1, 1201))


def _failing(town: Town) -> CallOrder:
    to = town.host.pbx.dialplan.resolve("100", "main")
    return DetailedOrder(
        vendor="test", kind=CallKind.INCOMING, first=to, src="1", dst="100", second="100", spooled=True
    )


async def test_records_are_to_be_had_from_the_newest_back(town: Town) -> None:
    await five_calls(town)
    assert await ids(town, "order=newest") == [5, 4, 3, 2, 1]
    assert await ids(town, "order=newest&custom1=c0&limit=2") == [5, 3]
    assert await ids(town, "order=newest&custom1=c0&after=3") == [1]
    first = await town.get("/_pbxsim/cdrs?order=newest&limit=2")
    assert first.headers["Link"] == '</_pbxsim/cdrs?order=newest&limit=2&after=4>; rel="next"'
    assert [row["id"] for row in await rows(town, "order=newest&limit=2")] == ["5", "4"]


@pytest.fixture
def old(town: Town) -> PaperHistory:
    """Give a history of two records that the PBX has no more in memory."""
    history = PaperHistory(like(id=number, src="o", recording_file="old.wav") for number in (1, 2))
    town.host.pbx.cdrs = CdrMemory([like(id=3)], history=history, stored=2, first=3)
    return history


@pytest.mark.usefixtures("old")
async def test_records_that_are_in_memory_no_more_are_listed_with_the_others(town: Town) -> None:
    assert await ids(town, "") == [1, 2, 3]
    assert await ids(town, "order=newest&after=3") == [2, 1]
    assert await ids(town, "src=o") == [1, 2]
    assert [row["id"] for row in await rows(town)] == ["1", "2", "3"]
    assert [each["id"] for each in (await town.get("/_pbxsim/recordings")).json] == [1, 2]


async def test_that_old_records_cannot_be_looked_at_is_said_and_no_half_list_is_given(
    town: Town, old: PaperHistory
) -> None:
    old.is_away = True
    for query in ("", "src=o"):
        answered = await town.get(f"/_pbxsim/cdrs?{query}")
        assert (answered.status, answered.json["detail"]) == (503, "old records cannot be looked at: it is away")
    assert await ids(town, "order=newest&limit=1") == [3]
