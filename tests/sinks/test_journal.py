"""The journal: every event is in it, in order, as plain data that says what a test author wants to know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallerId, CallKind
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.dialplan import Refused
from pbxsim.pbx.events import Event
from pbxsim.sinks.journal import Entry, Journal
from pbxsim.sinks.journal_kinds import KINDS
from tests.builder import START, Office, extension, line
from tests.sinks.story import PIN, build_office, tell_everything

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call

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


def _who_ended(journal: Journal, call: Call) -> list[str]:
    """Give the channels of the parties that brought the call down."""
    return [
        entry.channel for entry in _of(journal, "leg-ended") if entry.call == call.number and entry.data["ends_call"]
    ]


# -- what it says -------------------------------------------------------------------------------------------------


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


def test_a_report_that_could_not_be_is_told_with_the_state_that_ruled_it_out(office: Office, journal: Journal) -> None:
    call = office.call("100", "102")
    leg = call.legs[0]
    office.pbx.calls.hang_up(call)
    office.pbx.calls.on_leg(leg, Report.ANSWERED)
    (ignored,) = _of(journal, "report-ignored")
    assert (ignored.channel, ignored.call) == ("SIP/sip100-00000001", call.number)
    assert ignored.data == {"number": "100", "report": "answered", "state": "Down"}


# -- who hung up --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "channel"), [("100", "SIP/sip100-00000001"), ("102", "SIP/sip102-00000002")])
def test_the_party_that_hung_up_is_marked(office: Office, journal: Journal, who: str, channel: str) -> None:
    call = office.call("100", "102")
    office.advance(0)
    office.phones[who].hangs_up()
    assert _who_ended(journal, call) == [channel]


def test_nobody_is_marked_where_the_pbx_ended_the_call(office: Office, journal: Journal) -> None:
    by_command = office.call("100", "102")
    office.advance(0)
    office.pbx.calls.hang_up(by_command)
    by_limit = office.call("100", "102", talk_limit=SECOND)
    office.advance(1)
    assert by_command.is_over
    assert by_limit.is_over
    assert _who_ended(journal, by_command) == _who_ended(journal, by_limit) == []


def test_a_caller_who_gives_up_while_it_rings_is_marked(office: Office, journal: Journal) -> None:
    office.phones["102"].never_answers()
    call = office.call("100", "102")
    office.advance(0)
    office.phones["100"].hangs_up()
    assert _who_ended(journal, call) == ["SIP/sip100-00000001"]


@pytest.mark.parametrize("outcome", ["is_busy", "rejects", "fails", "never_answers"])
def test_the_party_that_could_not_be_had_is_marked(office: Office, journal: Journal, outcome: str) -> None:
    getattr(office.phones["102"], outcome)()
    call = office.call("100", "102")
    office.finish()
    assert _who_ended(journal, call) == ["SIP/sip102-00000002"]
    assert _of(journal, "leg-ended")[0].data["up_seconds"] is None


def test_of_several_telephones_that_ring_only_the_last_to_fail_is_marked() -> None:
    both = Office(extension("100"), extension("300", line("a"), line("b")))
    told = Journal(both.pbx)
    both.phones["a"].is_busy(after=1)
    both.phones["b"].is_busy(after=2)
    call = both.call("100", "300")
    both.finish()
    assert _who_ended(told, call) == ["SIP/b-00000003"]


def test_a_telephone_that_stops_ringing_because_another_answered_is_not_marked() -> None:
    both = Office(extension("100"), extension("300", line("a"), line("b")))
    told = Journal(both.pbx)
    both.phones["a"].answers(after=1)
    both.phones["b"].never_answers()
    call = both.call("100", "300")
    both.advance(1)
    both.pbx.calls.hang_up(call)
    assert _who_ended(told, call) == []
    elsewhere = [entry.data for entry in _of(told, "leg-ended") if entry.data["cause"] == 26]
    assert [data["cause_name"] for data in elsewhere] == ["ANSWERED_ELSEWHERE"]


# -- every event --------------------------------------------------------------------------------------------------


def test_no_kind_of_event_is_forgotten() -> None:
    assert sorted(kind.event.__name__ for kind in KINDS) == sorted(kind.__name__ for kind in _kinds(Event))


def _kinds(parent: type[Event]) -> list[type[Event]]:
    children = parent.__subclasses__()
    return children + [kind for child in children for kind in _kinds(child)]


def test_each_kind_is_spelt_in_lower_case_with_hyphens() -> None:
    names = [kind.name for kind in KINDS]
    assert {"call-started", "leg-ringing", "cdr-closed", "line-unregistered"} <= set(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+(-[a-z]+)+", name)] == []


def test_whatever_happens_is_told_in_the_order_in_which_it_happened() -> None:
    office = build_office()
    journal = Journal(office.pbx)
    tell_everything(office)
    names = {kind.event: kind.name for kind in KINDS}
    assert [entry.kind for entry in journal.entries()] == [names[kind] for kind in office.kinds_heard()]
    assert {entry.kind for entry in journal.entries()} == set(names.values())
    assert office.pbx.events.failures == []


def test_what_is_told_of_money_telephones_agents_and_queues() -> None:
    office = build_office()
    journal = Journal(office.pbx)
    tell_everything(office)
    charge = _of(journal, "credit-charged")[0]
    assert charge.data == {
        "account": "household",
        "number": "990103020",
        "seconds": 20,
        "millionths": 333_333,
        "reference": "",
    }
    assert charge.call == 1
    assert [entry.data["host"] for entry in _of(journal, "line-unregistered") + _of(journal, "line-registered")] == [
        "",
        "192.0.2.1",
    ]
    changes = [tuple(entry.data.values()) for entry in _of(journal, "agent-changed")]
    assert changes == [
        ("login", "2001", "sip100", False, ""),
        ("pause", "2001", "sip100", True, "lunch"),
        ("unpause", "2001", "sip100", False, ""),
        ("logout", "2001", "", False, ""),
    ]
    assert [entry.data for entry in _of(journal, "member-added") + _of(journal, "member-removed")] == [
        {"queue": "sales", "agent": "2001", "penalty": 3},
        {"queue": "sales", "agent": "2001"},
    ]
    (moved,) = _of(journal, "recording-moved")
    assert (moved.call, moved.data) == (
        1,
        {"cdr": 1, "recording_folder": "/mnt/nas", "recording_file": "call.wav"},
    )


def test_nothing_secret_and_no_object_of_this_process_is_in_it() -> None:
    office = build_office()
    journal = Journal(office.pbx)
    tell_everything(office)
    told = journal.jsonl().decode()
    assert PIN not in told
    assert "<" not in told
    assert "0x" not in told


def test_reading_later_tells_what_was_then() -> None:
    office = build_office()
    journal = Journal(office.pbx)
    seen: list[bytes] = []
    for kind in KINDS:
        office.pbx.events.subscribe(kind.event, lambda _: seen.append(journal.jsonl()))
    tell_everything(office)
    told = journal.jsonl()
    assert all(told.startswith(then) for then in seen)
    assert len(seen) == len(journal)
