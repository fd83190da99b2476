"""The journal: what others put into it, how much of it is kept, and how it is read page by page."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.sinks.journal.journal import Journal
from pbxsim.testing.office import Office, extension


@pytest.fixture
def office() -> Office:
    return Office(extension("100"), extension("102"))


@pytest.fixture
def journal(office: Office) -> Journal:
    return Journal(office.pbx)


# -- what others put into it --------------------------------------------------------------------------------------


def test_a_command_stands_before_what_it_causes(office: Office, journal: Journal) -> None:
    journal.append("request", data={"action": "originate"})
    call = office.call("100", "102")
    journal.append("reply", call=call.number, channel=call.legs[0].name, data={"status": 200})
    entries = journal.entries()
    assert [entry.kind for entry in entries][:2] == ["request", "call-started"]
    assert (entries[-1].kind, entries[-1].call, entries[-1].channel) == ("reply", 1, "SIP/sip100-00000001")
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))


def test_what_is_put_in_is_copied_at_once_and_keeps_the_order_of_its_keys(journal: Journal) -> None:
    params = {"b": "1", "a": ["x"]}
    data: dict[str, object] = {"params": params}
    journal.append("request", data=data)
    params["a"] = ["changed"]
    data.clear()
    assert journal.entries()[0].data == {"params": {"b": "1", "a": ["x"]}}
    assert b'"data":{"params":{"b":"1","a":["x"]}}}' in journal.jsonl()


def test_what_json_cannot_hold_is_refused_at_once(journal: Journal) -> None:
    with pytest.raises(TypeError):
        journal.append("request", data={"thing": object()})
    assert len(journal) == 0


def test_half_a_character_spoils_nothing(office: Office, journal: Journal) -> None:
    journal.append("request", channel="\ud800", data={"q\udc80": ["x\udfff", {"č": "ř"}]})
    office.call("100", "102\udc80", custom=("\ud83d", "", "", ""))
    office.finish()
    lines = [msgspec.json.decode(line) for line in journal.jsonl().splitlines()]
    assert (lines[0]["channel"], lines[0]["data"]) == ("\\ud800", {"q\\udc80": ["x\\udfff", {"č": "ř"}]})
    started = journal.entries()[1].data
    assert (started["dst"], started["custom"]) == ("102\\udc80", ["\\ud83d", "", "", ""])
    assert [line["data"] for line in lines] == [entry.data for entry in journal.entries()]


# -- how much it keeps --------------------------------------------------------------------------------------------


def test_it_keeps_the_newest_and_counts_what_it_forgot(office: Office) -> None:
    journal = Journal(office.pbx, limit=5)
    for turn in range(12):
        journal.append("request", data={"turn": turn})
    assert [entry.seq for entry in journal.entries()] == [8, 9, 10, 11, 12]
    assert (len(journal), journal.dropped) == (5, 7)
    assert journal.jsonl().count(b"\n") == 5


@pytest.mark.parametrize(
    ("after", "limit", "expected"),
    [
        (0, None, [4, 5, 6, 7, 8]),
        (0, 2, [4, 5]),
        (3, 2, [4, 5]),
        (4, 2, [5, 6]),
        (7, 2, [8]),
        (8, 2, []),
        (99, None, []),
        (0, 0, []),
        (0, -1, []),
        (-5, 1, [4]),
    ],
)
def test_entries_are_read_page_by_page(office: Office, after: int, limit: int | None, expected: list[int]) -> None:
    journal = Journal(office.pbx, limit=5)
    for turn in range(8):
        journal.append("request", data={"turn": turn})
    assert [entry.seq for entry in journal.entries(after, limit)] == expected


def test_two_pbxs_have_two_journals() -> None:
    one, other = Office(extension("100")), Office(extension("100"))
    ours, theirs = Journal(one.pbx), Journal(other.pbx)
    one.call("100", "100")
    assert len(ours) > 0
    assert len(theirs) == 0
