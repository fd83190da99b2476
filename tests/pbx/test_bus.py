"""The event stream: order, interest, and listeners that raise."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.bus import EventBus, Stage
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.events import CallEnded, CallStarted, CdrClosed, Event, LegEnded, RecordingMoved
from pbxsim.sinks.journal.journal import Journal
from pbxsim.testing.office import EVERY_EVENT, Office, extension
from tests.pbx.records import RECORD

if TYPE_CHECKING:
    from collections.abc import Callable


def _raise(event: Event) -> None:
    raise RuntimeError(type(event).__name__)


def test_listeners_are_told_in_the_order_in_which_they_came() -> None:
    bus = EventBus()
    told: list[str] = []
    bus.subscribe(CdrClosed, lambda _: told.append("a"))
    bus.subscribe(CdrClosed, lambda _: told.append("b"))
    bus.subscribe(CdrClosed, lambda _: told.append("a again"))
    bus.emit(CdrClosed(RECORD))
    assert told == ["a", "b", "a again"]


def test_stages_come_before_the_order_of_subscribing() -> None:
    bus = EventBus()
    told: list[str] = []
    bus.subscribe(CdrClosed, lambda _: told.append("tells"))
    for stage in reversed(Stage):
        bus.subscribe(CdrClosed, lambda _, name=stage.name: told.append(name), stage)  # type: ignore[misc]
    bus.subscribe(CdrClosed, lambda _: told.append("records, later"), Stage.RECORDS)
    bus.emit(CdrClosed(RECORD))
    assert told == ["JOURNAL", "RECORDS", "records, later", "SWITCH", "tells", "TELLING"]


def test_who_hears_of_many_kinds_has_a_listener_made_for_each_that_happens_and_is_called_in_its_stage() -> None:
    bus = EventBus()
    told: list[str] = []
    made: list[type[Event]] = []

    def listener_of(kind: type[Event]) -> Callable[[Event], None]:
        made.append(kind)
        return lambda event: told.append(f"journal of {type(event).__name__}")

    bus.subscribe(CdrClosed, lambda _: told.append("tells"))
    bus.subscribe_to({CdrClosed: 1, RecordingMoved: 2}, listener_of, Stage.JOURNAL)
    bus.subscribe(CdrClosed, lambda _: told.append("records"), Stage.RECORDS)
    assert (made, bus.wanted) == ([], {CdrClosed, RecordingMoved})
    for _ in range(2):
        bus.emit(CdrClosed(RECORD))
    assert told == ["journal of CdrClosed", "records", "tells"] * 2
    assert made == [CdrClosed]
    assert len(bus.listeners(RecordingMoved)) == 1


def test_who_unsubscribes_hears_no_more_and_the_others_go_on() -> None:
    bus = EventBus()
    told: list[Event] = []
    others: list[Event] = []
    bus.subscribe(CdrClosed, told.append)
    bus.subscribe(CdrClosed, others.append)
    bus.unsubscribe(CdrClosed, told.append)
    bus.emit(CdrClosed(RECORD))
    assert (told, len(others)) == ([], 1)


def test_an_event_that_the_last_listener_has_left_is_not_wanted() -> None:
    bus = EventBus()
    told: list[Event] = []
    bus.subscribe(CdrClosed, told.append)
    bus.unsubscribe(CdrClosed, told.append)
    assert CdrClosed not in bus.wanted
    assert bus.listeners(CdrClosed) == ()


@pytest.mark.parametrize("kind", [CdrClosed, RecordingMoved])
def test_who_never_came_cannot_leave(kind: type[Event]) -> None:
    bus = EventBus()
    bus.subscribe(CdrClosed, _raise)
    with pytest.raises(ValueError, match="not in list"):
        bus.unsubscribe(kind, repr)  # type: ignore[arg-type]
    assert bus.listeners(CdrClosed) == (_raise,)


def test_a_listener_that_leaves_while_it_is_told_spoils_nothing() -> None:
    bus = EventBus()
    told: list[str] = []

    def once(_: Event) -> None:
        told.append("once")
        bus.unsubscribe(CdrClosed, once)

    bus.subscribe(CdrClosed, once)
    bus.subscribe(CdrClosed, lambda _: told.append("always"))
    bus.emit(CdrClosed(RECORD))
    bus.emit(CdrClosed(RECORD))
    assert told == ["once", "always", "always"]


def test_a_listener_hears_exactly_the_kind_it_asked_for() -> None:
    bus = EventBus()
    told: list[Event] = []
    bus.subscribe(RecordingMoved, told.append)
    bus.subscribe(Event, told.append)
    bus.emit(CdrClosed(RECORD))
    assert told == []


def test_the_bus_knows_what_is_wanted() -> None:
    bus = EventBus()
    assert CdrClosed not in bus.wanted
    bus.subscribe(CdrClosed, lambda _: None)
    assert CdrClosed in bus.wanted
    assert RecordingMoved not in bus.wanted


def test_a_listener_that_raises_is_passed_over_and_put_down() -> None:
    bus = EventBus()
    told: list[Event] = []
    bus.subscribe(CdrClosed, _raise)
    bus.subscribe(CdrClosed, told.append)
    event = CdrClosed(RECORD)
    bus.emit(event)
    assert told == [event]
    ((failed, error),) = bus.failures
    assert failed is event
    assert isinstance(error, RuntimeError)


@pytest.mark.parametrize("raising", [EVERY_EVENT, (CallStarted,), (CallEnded,), (LegEnded,), (CdrClosed,)])
def test_a_raising_listener_breaks_no_call(raising: tuple[type[Event], ...]) -> None:
    office, calm = Office(extension("100")), Office(extension("100"))
    for kind in raising:
        office.pbx.events.subscribe(kind, _raise)
    for one in (calm, office):
        one.call("100", "990101005")
        one.finish()
    assert office.pbx.events.failures
    assert office.cdrs() == calm.cdrs()
    assert office.cdrs()[0].disposition is Disposition.ANSWERED
    assert office.kinds_heard() == calm.kinds_heard()


def test_who_listens_changes_neither_records_nor_ids() -> None:
    heard, unheard = Office(extension("100")), Office(extension("100"))
    for kind in list(unheard.pbx.events.wanted):
        for listener in unheard.pbx.events.listeners(kind):
            unheard.pbx.events.unsubscribe(kind, listener)  # type: ignore[arg-type]
    for office in (heard, unheard):
        office.call("100", "990101005")
        office.finish()
    unheard.pbx.events.subscribe(CdrClosed, unheard.archive.on_cdr)
    for office in (heard, unheard):
        office.call("100", "990101007")
        office.finish()
    assert list(unheard.archive.find(CdrQuery(call=2))) == list(heard.archive.find(CdrQuery(call=2)))
    assert len(unheard.cdrs()) == 1


# -- topics -------------------------------------------------------------------------------------------------------


def test_a_topic_is_heard_by_whoever_hears_of_its_kind_now() -> None:
    bus = EventBus()
    topic = bus.topic(CdrClosed)
    assert topic.listeners == ()
    told: list[str] = []

    def tells(_event: Event) -> None:
        told.append("tells")

    bus.subscribe(CdrClosed, tells)
    bus.subscribe(CdrClosed, lambda _: told.append("records"), Stage.RECORDS)
    bus.subscribe_to({CdrClosed: 1, RecordingMoved: 2}, lambda _: lambda _: told.append("journal"), Stage.JOURNAL)
    assert bus.topic(CdrClosed) is topic
    topic.tell(CdrClosed(RECORD))
    assert told == ["journal", "records", "tells"]
    bus.unsubscribe(CdrClosed, tells)
    topic.tell(CdrClosed(RECORD))
    bus.emit(CdrClosed(RECORD))
    assert told[3:] == ["journal", "records"] * 2


def test_a_listener_that_raises_is_passed_over_by_a_topic_too_and_put_down_with_its_bus() -> None:
    bus = EventBus()
    told: list[Event] = []
    bus.subscribe(CdrClosed, _raise)
    bus.subscribe(CdrClosed, told.append)
    event = CdrClosed(RECORD)
    bus.topic(CdrClosed).tell(event)
    assert told == [event]
    assert [(failed, str(error)) for failed, error in bus.failures] == [(event, "CdrClosed")]


def test_a_copied_pbx_tells_its_own_listeners_alone() -> None:
    office = Office(extension("100"), extension("101"))
    journal = Journal(office.pbx)
    copied, copied_journal = deepcopy((office, journal))
    copied.call("100", "101")
    copied.finish()
    assert (journal.last, copied_journal.entries()[-1].kind) == (0, "cdr-closed")
