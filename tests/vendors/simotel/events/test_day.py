"""A busy day with queues, transfers, diversions, spies, telephones that drop off, as the web service is told of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pbxsim.clock.instant import HOUR, parse_iso
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.load import load
from pbxsim.hosting.assemble import assemble
from pbxsim.pbx.call import CallKind
from pbxsim.sinks.queue_log import QueueLog
from pbxsim.vendors.simotel.numbers import number_of
from tests.busy_day import Day, records
from tests.vendors.simotel.event_client import Web

REST = ("Idle", "Unavailable", "Pause")


class Told(Day):
    """The day, with somebody who hears of it."""

    def __init__(self, **events: object) -> None:
        super().__init__()
        self.web = Web(self.office.pbx, **events)


@pytest.fixture(scope="module")
def day() -> Told:
    """Live through the day once."""
    told = Told(send_unanswered_first_party=False)
    told.live()
    return told


def fields(body: bytes) -> dict[str, Any]:
    """Read one event."""
    decoded: dict[str, Any] = msgspec.json.decode(body)
    return decoded


@pytest.mark.slow
@pytest.mark.cites("S109", "R112")
def test_each_call_has_one_record_told_but_those_whose_first_party_was_not_had(day: Told) -> None:
    unanswered = {
        call.number
        for call in day.calls
        if call.order.kind is not CallKind.INCOMING and not any(leg.answered_at for leg in call.legs)
    }
    closed = [cdr.call for cdr in day.office.cdrs()]
    assert len(unanswered) > 20
    assert [number for number in closed if number not in unanswered] == [
        notice.call for notice in day.web.notices if notice.event == "Cdr"
    ]


@pytest.mark.cites("R106")
def test_nothing_is_told_of_a_call_after_its_record(day: Told) -> None:
    over: set[int] = set()
    for notice in day.web.notices:
        assert notice.call not in over
        if notice.event == "Cdr":
            over.add(notice.call)
    assert len(over) > 200


@pytest.mark.cites("R107")
def test_no_user_is_told_of_twice_in_the_same_state(day: Told) -> None:
    last: dict[str, dict[str, Any]] = {}
    for one in map(fields, day.web.bodies("NewState")):
        state = {key: value for key, value in one.items() if key not in ("event_name", "dialer")}
        assert last.get(one["exten"]) != state
        last[one["exten"]] = state


@pytest.mark.cites("R108")
def test_in_the_end_every_user_is_at_rest_as_its_telephones_are(day: Told) -> None:
    last = {one["exten"]: one["state"] for one in map(fields, day.web.bodies("NewState"))}
    assert len(last) > 5
    for extension in day.office.directory.extensions:
        state = last.get(extension.internal)
        if state is not None:
            assert state in REST
            assert (state == "Unavailable") == (not any(line.is_registered for line in extension.lines))


def test_the_day_has_everything_in_it(day: Told) -> None:
    told = {"NewState", "IncomingCall", "OutgoingCall", "Transfer", "Cdr", "VoiceMail", "ExtenAdded", "ExtenRemoved"}
    assert told == set(day.web.names())
    states = {(one["state"], one.get("direction")) for one in day.web.told("NewState")}
    assert states >= {("Ringing", "in"), ("InUse", "in"), ("InUse", "out"), ("Idle", None), ("Unavailable", None)}


@pytest.mark.slow
def test_the_same_day_is_told_in_the_same_bytes_and_goes_as_if_nobody_were_told(day: Told) -> None:
    again, unheard = Told(send_unanswered_first_party=False), Day()
    again.live()
    unheard.live()
    assert again.web.notices == day.web.notices
    assert records(day.office.archive) == records(unheard.office.archive)


class Centre:
    """An hour at a call centre, with its queue log beside what the web service is told."""

    def __init__(self) -> None:
        clock = Scheduler(parse_iso("2026-03-02T10:00:00Z"))
        built = assemble(load("call-centre"), clock=clock, seed=1)
        self.log = QueueLog(built.pbx)
        self.numbers = {queue.name: number_of(queue, built.pbx) for queue in built.pbx.queues}
        self.web = Web(built.pbx, chosen=["CdrQueue"], client_api_use_local_timezone=True, time_zone="UTC")
        assert clock.run_until(clock.now + HOUR)
        assert built.pbx.events.failures == []


@pytest.mark.slow
@pytest.mark.cites("S112", "R113")
def test_queue_visits_of_an_hour_are_those_of_asterisks_queue_log() -> None:
    centre = Centre()
    completed = [
        (centre.numbers[row[2]], int(row[5]), int(row[6]), row[4].removeprefix("COMPLETE").lower(), row[0])
        for row in centre.log.rows
        if row[4].startswith("COMPLETE")
    ]
    told = [
        (one["queue"], int(one["wait"]), int(one["billsec"]), one["hangup"], one["endtime"])
        for one in centre.web.told("CdrQueue")
    ]
    assert len(told) > 500
    assert told == completed
    assert {one["hangup"] for one in centre.web.told("CdrQueue")} == {"agent", "caller"}
