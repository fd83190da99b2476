"""What is marked of a PBX while somebody looks: each kind of event that changes what is shown, nothing else."""

from __future__ import annotations

from pbxsim.hosting.watching import HEARD, Watch
from pbxsim.pbx import events
from pbxsim.pbx.events import Event
from tests.web.town import running

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


async def test_what_happens_is_marked_once_by_number_and_name_and_then_forgotten() -> None:
    async with running() as town:
        watch = Watch(town.host)
        watch.begin()
        assert watch.take().count == 0
        await town.get("/acme/api?secret=s3cret!&from=100&to=102")
        marks = watch.take()
        assert (list(marks.calls), list(marks.begun), list(marks.lines), list(marks.requests)) == (
            [1], [1], ["sip100"], [1],
        )  # fmt: skip
        assert watch.take().count == 0
        await town.advance(3)
        answered = watch.take()
        assert (list(answered.calls), list(answered.begun), list(answered.lines)) == ([1], [], ["sip100", "sip102"])
        watch.end()
        await town.advance(300)
        assert watch.take().count == 0


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
        assert list(watch.take().calls) == [1]
