"""The journal: its bytes, its order, and what a test author reads in it."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallerId, CallKind
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.dialplan import Refused
from pbxsim.sinks.journal.journal import Entry, Journal
from pbxsim.testing.office import START, Office, extension

ONE_CALL = """\
{"seq":1,"at":"2023-11-14T22:13:20.000000Z","kind":"call-started","call":1,"channel":"","data":{"vendor":"test",\
"what":"connect","src":"100","dst":"102","first":"100","second":"102","context":"main","first_timeout_seconds":30,\
"second_timeout_seconds":30,"first_sees":{"number":"000","name":"Dialer"},"second_sees":{"number":"100","name":""}}}
{"seq":2,"at":"2023-11-14T22:13:20.000000Z","kind":"leg-dialed","call":1,"channel":"SIP/sip100-00000001","data":\
{"number":"100","line":"sip100","calls_us":false,"sees":{"number":"000","name":"Dialer"}}}
{"seq":3,"at":"2023-11-14T22:13:20.000000Z","kind":"leg-ringing","call":1,"channel":"SIP/sip100-00000001","data":\
{"number":"100","after_seconds":0}}
{"seq":4,"at":"2023-11-14T22:13:22.000000Z","kind":"leg-answered","call":1,"channel":"SIP/sip100-00000001","data":\
{"number":"100","after_seconds":2}}
{"seq":5,"at":"2023-11-14T22:13:22.000000Z","kind":"leg-dialed","call":1,"channel":"SIP/sip102-00000002","data":\
{"number":"102","line":"sip102","calls_us":false,"sees":{"number":"100","name":""}}}
{"seq":6,"at":"2023-11-14T22:13:22.000000Z","kind":"leg-ringing","call":1,"channel":"SIP/sip102-00000002","data":\
{"number":"102","after_seconds":0}}
{"seq":7,"at":"2023-11-14T22:13:25.500000Z","kind":"leg-answered","call":1,"channel":"SIP/sip102-00000002","data":\
{"number":"102","after_seconds":3.5}}
{"seq":8,"at":"2023-11-14T22:13:25.500000Z","kind":"call-bridged","call":1,"channel":"","data":\
{"first":"SIP/sip100-00000001","second":"SIP/sip102-00000002","after_seconds":5.5}}
{"seq":9,"at":"2023-11-14T22:13:45.500000Z","kind":"leg-ended","call":1,"channel":"SIP/sip102-00000002","data":\
{"number":"102","cause":16,"cause_name":"NORMAL_CLEARING","lasted_seconds":23.5,"up_seconds":20,"ends_call":true}}
{"seq":10,"at":"2023-11-14T22:13:45.500000Z","kind":"leg-ended","call":1,"channel":"SIP/sip100-00000001","data":\
{"number":"100","cause":16,"cause_name":"NORMAL_CLEARING","lasted_seconds":25.5,"up_seconds":23.5,"ends_call":false}}
{"seq":11,"at":"2023-11-14T22:13:45.500000Z","kind":"call-ended","call":1,"channel":"","data":\
{"disposition":"ANSWERED","cause":16,"cause_name":"NORMAL_CLEARING","lasted_seconds":25.5,"talked_seconds":20}}
{"seq":12,"at":"2023-11-14T22:13:45.500000Z","kind":"cdr-closed","call":1,"channel":"","data":{"id":1,\
"vendor":"test","direction":"local","src":"100","dst":"102","start":"2023-11-14T22:13:20.000000Z",\
"answer":"2023-11-14T22:13:25.500000Z","end":"2023-11-14T22:13:45.500000Z","duration":25,"billsec":20,\
"disposition":"ANSWERED","cause":16,"cause_name":"NORMAL_CLEARING","clid":{"number":"100","name":""},\
"channel":"SIP/sip100-00000001","dst_channel":"SIP/sip102-00000002","context":"main","trunk":"",\
"custom":["","","",""],"account":"","reference":"","recording_folder":"","recording_file":""}}
"""


@pytest.fixture
def office() -> Office:
    return Office(extension("100"), extension("102"))


@pytest.fixture
def journal(office: Office) -> Journal:
    return Journal(office.pbx)


def _of(journal: Journal, kind: str) -> list[Entry]:
    return [entry for entry in journal.entries() if entry.kind == kind]


def test_a_call_reads_like_this_byte_for_byte(office: Office, journal: Journal) -> None:
    office.phones["100"].answers(after=2)
    office.phones["102"].answers(after=3.5, talks=20)
    office.call("100", "102", first_shows=CallerId("000", "Dialer"), second_shows=CallerId("100"))
    office.finish()
    assert journal.jsonl().decode() == ONE_CALL


def test_an_empty_journal_is_no_bytes(journal: Journal) -> None:
    assert (journal.jsonl(), journal.entries(), len(journal), journal.dropped) == (b"", [], 0, 0)


def test_entries_are_the_lines(office: Office, journal: Journal) -> None:
    office.call("100", "102")
    office.finish()
    lines = [msgspec.json.decode(line) for line in journal.jsonl().splitlines()]
    assert [(entry.seq, entry.kind, entry.call, entry.channel, entry.data) for entry in journal.entries()] == [
        (line["seq"], line["kind"], line["call"], line["channel"], line["data"]) for line in lines
    ]
    assert [list(line) for line in lines] == [["seq", "at", "kind", "call", "channel", "data"]] * len(lines)


def test_entries_are_numbered_from_one_and_stamped_with_the_pbxs_clock(office: Office, journal: Journal) -> None:
    office.phones["100"].answers(after=2)
    office.call("100", "102")
    office.advance(2)
    entries = journal.entries()
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[0].at == START
    assert entries[-1].at == START + 2 * SECOND


def test_what_was_asked_for_is_told_and_what_was_not_is_left_out(office: Office, journal: Journal) -> None:
    office.call(
        "100", "102", custom=("a", "", "", "d"), reference="R-1", talk_limit=90 * SECOND, failure_context="main"
    )
    office.call("100", "102")
    full, bare = (entry.data for entry in _of(journal, "call-started"))
    assert {name: full[name] for name in full.keys() - bare.keys()} == {
        "custom": ["a", "", "", "d"],
        "reference": "R-1",
        "talk_limit_seconds": 90,
        "failure_context": "main",
    }


def test_it_tells_whom_a_spy_listens_to(office: Office, journal: Journal) -> None:
    talk = office.call("102")
    office.call("100", kind=CallKind.SPY, spied_line=office.phones["102"].line)
    office.call("100", kind=CallKind.SPY, spied_channel=talk.legs[0])
    assert [entry.data.get("spies_on") for entry in _of(journal, "call-started")] == [
        None,
        "sip102",
        "SIP/sip102-00000001",
    ]


def test_it_tells_which_side_of_an_incoming_call_called_us(office: Office, journal: Journal) -> None:
    office.incoming("777123456", "100")
    caller, called = (entry.data for entry in _of(journal, "leg-dialed"))
    assert (caller["trunk"], caller["number"], caller["calls_us"]) == ("upc", "777123456", True)
    assert (called["line"], called["calls_us"]) == ("sip100", False)


def test_it_tells_why_nothing_rang(office: Office, journal: Journal) -> None:
    office.call("100", "102", second_to=Refused("102", HangupCause.NO_ROUTE_DESTINATION))
    office.finish()
    (refused,) = _of(journal, "leg-refused")
    assert refused.data == {"number": "102", "cause": 3, "cause_name": "NO_ROUTE_DESTINATION"}


@pytest.mark.parametrize(
    ("number", "why"), [("800 1", "a blank in the number"), ("800-1", "'-' in the number"), ("8" * 21, "at most 20")]
)
def test_it_tells_why_a_number_cannot_be_dialled(office: Office, journal: Journal, number: str, why: str) -> None:
    office.call("100", number)
    office.advance(0)
    (refused,) = _of(journal, "leg-refused")
    assert (refused.data["number"], refused.data["cause"]) == (number, 28)
    assert why in str(refused.data["why"])


def test_a_report_that_could_not_be_is_told_with_the_state_that_ruled_it_out(office: Office, journal: Journal) -> None:
    call = office.call("100", "102")
    leg = call.legs[0]
    office.pbx.calls.hang_up(call)
    office.pbx.calls.on_leg(leg, Report.ANSWERED)
    (ignored,) = _of(journal, "report-ignored")
    assert (ignored.channel, ignored.call) == ("SIP/sip100-00000001", call.number)
    assert ignored.data == {"number": "100", "report": "answered", "state": "Down"}


def test_the_entries_of_one_call(office: Office, journal: Journal) -> None:
    office.call("100", "102")
    office.advance(5)
    began = office.clock.now
    office.call("102", "100")
    office.advance(60)
    of_second = [entry for entry in journal.entries() if entry.call == 2]
    assert len(of_second) > 3
    assert list(journal.of_call(2)) == of_second == list(journal.of_call(2, since=began))
    assert list(journal.of_call(2, after=of_second[1].seq)) == of_second[2:]
    assert list(journal.of_call(3)) == []


def test_entries_of_some_kinds_from_some_moment_on(office: Office) -> None:
    journal = Journal(office.pbx)
    office.call("100", "102")
    office.advance(60)
    later = office.pbx.clock.now
    office.call("102", "100")
    office.advance(60)
    rings = [entry for entry in journal.entries() if entry.kind in ("leg-ringing", "leg-answered")]
    kinds = frozenset({"leg-ringing", "leg-answered"})
    assert len(rings) > 3
    assert list(journal.of_kinds(kinds)) == rings
    assert list(journal.of_kinds(kinds, after=rings[0].seq)) == rings[1:]
    assert list(journal.of_kinds(kinds, since=later)) == [entry for entry in rings if entry.at >= later]
    assert list(journal.of_kinds(None, since=later)) == [entry for entry in journal.entries() if entry.at >= later]
    assert list(journal.of_kinds(frozenset())) == []


def test_the_entries_of_a_call_that_are_still_kept(office: Office) -> None:
    short = Journal(office.pbx, limit=6)
    office.call("100", "102")
    office.advance(60)
    kept = short.entries()
    assert len(kept) == 6
    assert list(short.of_call(1, after=2)) == [entry for entry in kept if entry.call == 1]
