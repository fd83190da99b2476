"""What is marked of a PBX while somebody looks: each kind of event that changes what is shown, nothing else."""

from __future__ import annotations

from sys import getrefcount
from typing import TYPE_CHECKING

import pytest

from pbxsim.hosting.watching import HEARD, MOST_CHANGES, Watch
from pbxsim.kit.request import Request
from pbxsim.pbx import events
from pbxsim.pbx.events import Event
from tests.web.town import running

if TYPE_CHECKING:
    from pbxsim.hosting.watching import Marks
    from tests.web.town import Town

UNHEARD = {
    events.NoticePosted,  # the outbox tells of deliveries
    events.ReportIgnored,  # nothing came of it
    events.ExtensionAdded,  # a PBX that begins anew is looked at anew
    events.ExtensionRemoved,
    events.HoursOverridden,  # schedules, messages and the database are shown by no document that is told live
    events.MessageMoved,
    events.MessageDeleted,
    events.MessageWaiting,
    events.DatabaseChanged,
    events.RecordingFailed,
}


def test_every_kind_of_event_is_heard_or_changes_nothing_that_is_shown() -> None:
    kinds = {kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)} - {Event}
    assert HEARD.keys() | UNHEARD == kinds
    assert not HEARD.keys() & UNHEARD


def taken(watch: Watch) -> Marks:
    """Give what has changed, which is not too much."""
    marks = watch.take()
    assert marks is not None
    return marks


async def test_what_happens_is_marked_once_by_number_and_name_and_then_forgotten() -> None:
    async with running() as town:
        watch = Watch(town.host)
        watch.begin()
        assert taken(watch).count == 0
        await town.get("/acme/api?secret=s3cret!&from=100&to=102")
        marks = taken(watch)
        assert (list(marks.calls), list(marks.begun), list(marks.lines), list(marks.requests)) == (
            [1], [1], ["sip100"], [1],
        )  # fmt: skip
        assert taken(watch).count == 0
        await town.advance(3)
        answered = taken(watch)
        assert (list(answered.calls), list(answered.begun), list(answered.lines)) == ([1], [], ["sip100", "sip102"])
        watch.end()
        await town.advance(300)
        assert taken(watch).count == 0


async def test_it_is_of_the_present_until_the_pbx_begins_anew() -> None:
    async with running() as town:
        watch = Watch(town.host)
        watch.begin()
        was_of_the_present = watch.is_of_the_present
        assert was_of_the_present
        await town.post("/_pbxsim/reset")
        assert town.host.pbx.calls.calls_started == 0
        is_of_the_present = watch.is_of_the_present
        assert not is_of_the_present
        watch.end()
        watch.begin()
        await town.get("/acme/api?secret=s3cret!&from=100&to=102")
        assert list(taken(watch).calls) == [1]


@pytest.mark.slow
async def test_more_than_can_be_told_one_by_one_is_said_to_be_too_much() -> None:
    async with running() as town:
        watch = Watch(town.host)
        watch.begin()
        _ask(town, MOST_CHANGES)
        assert taken(watch).count == MOST_CHANGES
        _ask(town, MOST_CHANGES + 1)
        assert watch.take() is None
        assert watch.take() is None
        watch.end()
        watch.begin()
        assert taken(watch).count == 0


async def test_what_changes_over_and_over_between_two_looks_is_marked_once_and_no_event_is_kept() -> None:
    async with running() as town:
        watch = Watch(town.host)
        watch.begin()
        await town.get("/acme/api?secret=s3cret!&from=100&to=102")
        (first,) = town.host.pbx.calls.live.values()
        event = events.CallBridged(first)
        holders = getrefcount(event)
        for _ in range(MOST_CHANGES + 1):
            town.host.pbx.events.emit(event)
        assert getrefcount(event) == holders
        assert list(taken(watch).calls) == [1]


def _ask(town: Town, times: int) -> None:
    for _ in range(times):
        town.host.answer("acme", Request("GET", "/acme/api", "do=echo"), ())
