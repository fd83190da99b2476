"""The journal's kinds: every event is one, and each is told in order, with nothing secret in it."""

from __future__ import annotations

import re

from pbxsim.pbx.events import DatabaseChanged, Event
from pbxsim.pbx.queue_visit import AttemptOver, VisitOver
from pbxsim.pbx.recorded import CallRecorded
from pbxsim.sinks.journal.journal import Entry, Journal
from pbxsim.sinks.journal.kinds import KINDS
from tests.sinks.story import PIN, build_office, tell_everything


def _of(journal: Journal, kind: str) -> list[Entry]:
    return [entry for entry in journal.entries() if entry.kind == kind]


TOLD_BY_OTHERS = (AttemptOver, CallRecorded, DatabaseChanged, VisitOver)
"""A visit is in the journal by what callers, legs and calls do, a call by its records; these are for who spells it."""


def test_no_kind_of_event_is_forgotten() -> None:
    kinds = [kind.event for kind in KINDS] + list(TOLD_BY_OTHERS)
    assert sorted(kind.__name__ for kind in kinds) == sorted(kind.__name__ for kind in _kinds(Event))


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
    assert [entry.kind for entry in journal.entries()] == [
        names[kind] for kind in office.kinds_heard() if kind in names
    ]
    assert {entry.kind for entry in journal.entries()} == set(names.values())
    assert office.pbx.events.failures == []


def test_of_a_number_that_does_not_leave_the_reason_is_told() -> None:
    office = build_office()
    journal = Journal(office.pbx)
    tell_everything(office)
    (barred,) = _of(journal, "leg-barred")
    assert (barred.call, barred.channel) == (1, "SIP/sip100-00000001")
    assert barred.data == {"number": "100", "why": "it is not dialled"}


def test_what_is_told_of_money_telephones_agents_and_queues() -> None:
    office = build_office()
    journal = Journal(office.pbx)
    tell_everything(office)
    charge, paid = _of(journal, "credit-changed")
    assert charge.data == {
        "id": 2,
        "account": "household",
        "kind": "charge",
        "millionths": -333_333,
        "number": "990103020",
        "seconds": 20,
        "reference": "",
        "balance": 99_666_667,
    }
    assert (charge.call, paid.call) == (1, None)
    assert paid.data == {
        "id": 3,
        "account": "household",
        "kind": "top_up",
        "millionths": 5_000_000,
        "balance": 104_666_667,
    }
    notices = [(entry.call, entry.data) for entry in _of(journal, "notice-posted")]
    assert notices == [
        (1, {"receiver": "test:customer", "event": "Cdr"}),
        (None, {"receiver": "test:customer", "event": "Ping"}),
    ]
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
    assert [entry.data for entry in _of(journal, "member-pause-changed")] == [
        {"queue": "sales", "agent": "2001", "is_paused": True},
        {"queue": "sales", "agent": "2001", "is_paused": False},
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
