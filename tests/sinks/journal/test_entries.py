"""The journal: what others put into it, how much of it is kept, and how it is read page by page."""

from __future__ import annotations

from sys import getsizeof

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.channel import Report
from pbxsim.sinks.journal.course import MOST_FRESH
from pbxsim.sinks.journal.journal import Journal
from pbxsim.sinks.journal.sizes import ENTRY
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


# -- how many bytes it keeps --------------------------------------------------------------------------------------


def test_what_is_short_is_kept_whole_and_of_what_is_long_the_beginning(journal: Journal) -> None:
    short: dict[str, object] = {"params": {"a": "x" * 10_000}, "remote": "127.0.0.1"}
    journal.append("request", data=short)
    journal.append("request", data={"params": {"x": "y" * 1_000_000}, "remote": "127.0.0.1"})
    first, second = journal.entries()
    assert first.data == short
    assert second.data == {"params": {"x": "y" * 1_024 + "… (cut: 1000000 characters)"}, "remote": "127.0.0.1"}


def test_a_reply_is_told_in_its_own_words_and_of_a_long_one_the_beginning(journal: Journal) -> None:
    journal.append_reply(None, (1, 200, "", 18, 0xAB, ""))
    journal.append_reply(7, (2, 503, "50\udc80", 0, 0, "fault 3: " + "x" * 100_000))
    short, long = journal.entries()
    assert (short.kind, short.call) == ("reply", None)
    assert short.data == {"request": 1, "status": 200, "code": "", "size": 18, "crc32": "000000ab"}
    assert (long.call, long.data["code"]) == (7, r"50\udc80")
    assert long.data["injected"] == "fault 3: " + "x" * 1_015 + "… (cut: 100009 characters)"
    assert journal.kept_bytes > 2 * 640 + 1_000


def test_entries_are_forgotten_where_they_take_too_many_bytes_and_are_counted(office: Office) -> None:
    journal = Journal(office.pbx, most_bytes=1_000_000)
    for turn in range(300):
        journal.append("request", data={"turn": turn, "text": "x" * 10_000})
        assert journal.kept_bytes <= 1_000_000
        assert len(journal) + journal.dropped == journal.last == turn + 1
    entries = journal.entries()
    assert [entry.seq for entry in entries] == list(range(journal.dropped + 1, 301))
    assert 90 < len(entries) < 100
    assert len(journal.jsonl()) < journal.kept_bytes


def test_events_with_long_texts_take_their_room_and_give_it_back(office: Office) -> None:
    journal = Journal(office.pbx, most_bytes=1_000_000)
    office.call("100", "102", custom=("x" * 100_000, "", "", ""))
    office.finish()
    with_long_texts = journal.kept_bytes
    assert with_long_texts > 400_000
    for _ in range(400):
        office.call("100", "102")
        office.finish()
        assert journal.kept_bytes <= 1_000_000
    assert journal.dropped > 0
    assert journal.entries()[0].seq == journal.dropped + 1
    assert journal.kept_bytes == 640 * len(journal)


def test_an_entry_that_is_too_long_for_all_of_it_is_forgotten_and_counted(office: Office) -> None:
    journal = Journal(office.pbx, most_bytes=1_000)
    journal.append("request", data={"text": "x" * 2_000})
    assert (len(journal), journal.dropped, journal.last, journal.kept_bytes) == (0, 1, 1, 0)
    assert journal.entries() == []


def test_the_same_is_forgotten_in_every_run() -> None:
    def one_run() -> bytes:
        office = Office(extension("100"), extension("102"))
        journal = Journal(office.pbx, most_bytes=50_000)
        for turn in range(40):
            journal.append("request", data={"text": "č" * turn * 100})
            office.call("100", "102")
        office.finish()
        return journal.jsonl()

    assert one_run() == one_run()


# -- what is fresh -------------------------------------------------------------------------------------------------


def test_what_is_kept_does_not_depend_on_when_somebody_looks() -> None:
    def told(*, is_watched: bool) -> bytes:
        office = Office(extension("100"), extension("102"))
        journal = Journal(office.pbx, limit=100, most_bytes=80_000)
        for turn in range(60):
            journal.append("request", data={"text": "č" * turn * 10})
            office.call("100", "102", custom=("x" * turn * 20, "", "", ""))
            office.finish()
            assert not is_watched or journal.kept_bytes <= 80_000
        assert journal.dropped > 300
        assert len(journal) + journal.dropped == journal.last
        return journal.jsonl()

    assert told(is_watched=True) == told(is_watched=False)


def test_of_a_journal_that_nobody_reads_few_entries_are_fresh(office: Office, journal: Journal) -> None:
    for _ in range(100):
        office.call("100", "102")
        office.finish()
        assert len(journal.fresh) <= MOST_FRESH + 10  # a call has fewer behind the end of its last leg
    assert journal.last > 2 * MOST_FRESH
    assert len(journal.kept) + len(journal.fresh) == journal.last


def test_no_kind_of_entry_stays_fresh_for_ever(office: Office, journal: Journal) -> None:
    call = office.call("100", "102")
    office.clock.run_until(office.clock.now + 8 * SECOND)
    for _ in range(2 * MOST_FRESH):
        office.pbx.calls.on_leg(call.legs[0], Report.HELD)
        office.pbx.calls.on_leg(call.legs[0], Report.UNHELD)
        assert len(journal.fresh) <= MOST_FRESH
    for number in range(2 * MOST_FRESH):
        journal.append_reply(None, (number, 200, "", 18, 0, ""))
        assert len(journal.fresh) <= MOST_FRESH


def test_no_entry_of_an_ordinary_call_takes_more_than_is_counted(office: Office, journal: Journal) -> None:
    office.call("100", "102")
    office.finish()
    journal.append_reply(1, (1, 503, "busy", 18, 0, ""))
    taken = [(kept[1], _size(kept)) for kept in journal.kept] if len(journal) else []
    assert {"call-started", "leg-ended", "cdr-closed", "reply"} <= {kind for kind, _ in taken}
    assert [kind for kind, size in taken if size > ENTRY] == []


def _size(thing: object) -> int:
    """Tell what an entry takes: its tuples, numbers and texts, and its call's order or record without theirs."""
    if isinstance(thing, tuple):
        return getsizeof(thing) + sum(map(_size, thing))
    return getsizeof(thing) if type(thing) in (int, str) or isinstance(thing, msgspec.Struct) else 0
