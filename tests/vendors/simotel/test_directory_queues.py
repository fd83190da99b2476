"""Queues that a search finds, spelt as the vendor shows them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.announcements import AnnouncementRules, PeriodicRules, PositionRules
from pbxsim.pbx.emptiness import USUAL
from pbxsim.pbx.queue import Queue, QueueFigures, QueueRules
from pbxsim.pbx.routes import Step
from pbxsim.testing.office import Office, extension
from pbxsim.vendors.simotel.settings import Settings
from tests.vendors.simotel.client import ACCOUNT
from tests.vendors.simotel.companion import Companion, companion_office

SERVICE = "pbx/queues/search"
SAMPLE = b"""{
    "success": 1,
    "message": "",
    "data": [
        {
            "_id": "%s",
            "name": "9009",
            "number": "9009",
            "strategy": "ringall",
            "ringinuse": "no",
            "call_record": "yes",
            "setinterfacevar": "yes",
            "autofill": "yes",
            "setqueuevar": "yes",
            "setqueueentryvar": "yes",
            "persistentmembers": "no",
            "shared_lastcall": "no",
            "announce_holdtime": "no",
            "announce_position": "yes",
            "joinempty": "paused,unavailable",
            "leavewhenempty": "yes",
            "reportholdtime": "no",
            "maxlen": "0",
            "announce_frequency": "120",
            "min_announce_frequency": "60",
            "periodic_announce_frequency": "120",
            "music": "gole orkideh",
            "queue_callswaiting": "queue-callswaiting",
            "queue_thankyou": "queue-thankyou",
            "queue_thereare": "queue-thereare",
            "queue_youarenext": "queue-youarenext",
            "retry": "5",
            "servicelevel": "60",
            "timeout": "30",
            "weight": "10",
            "wrapuptime": "1",
            "monitor_type": "MixMonitor",
            "monitor_format": "wav",
            "more_options": "",
            "date": "1399-12-11 10:15:51"
        }
    ]
}"""


def sample_queue() -> Queue:
    """Make the queue of the vendor's sample."""
    rules = QueueRules(
        member_timeout=30 * SECOND,
        wrap_up=SECOND,
        join_empty=frozenset({"unavailable", "paused"}),
        leave_when_empty=USUAL,
        announcements=AnnouncementRules(
            positions=PositionRules(every=120 * SECOND, at_least=60 * SECOND, hold_time="no"),
            periodic=PeriodicRules(every=120 * SECOND, length=5 * SECOND),
        ),
    )
    return Queue(name="9009", service_level=60, weight=10, members=[], waiters=[], figures=QueueFigures(), rules=rules)


@pytest.mark.cites("S208", "R202", "R212")
def test_the_sample_is_answered_with_the_vendors_bytes() -> None:
    office = Office(extension("557"), queues=[sample_queue()])
    client = Companion(Settings(accounts=(ACCOUNT,)), office)
    reply = client.post(SERVICE, alike="true", conditions={"name": "", "number": "9009"})
    (queue,) = client.found(SERVICE, alike=True)
    assert reply.body == SAMPLE % queue["_id"].encode()


@pytest.mark.cites("S208", "R204")
@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({}, [("999", "999"), ("10000", "10000"), ("sales", "0219000"), ("nowhere", "")]),
        ({"number": "9"}, [("999", "999"), ("sales", "0219000")]),
        ({"name": "9"}, [("999", "999")]),
        ({"name": "SALES"}, [("sales", "0219000")]),
        ({"name": "sales", "number": "999"}, []),
    ],
)
def test_queues_are_found_by_name_and_number(conditions: dict[str, str], found: list[tuple[str, str]]) -> None:
    queues = Companion().found(SERVICE, alike=True, conditions=conditions)
    assert [(queue["name"], queue["number"]) for queue in queues] == found


@pytest.mark.cites("R204")
def test_the_number_in_a_context_comes_before_one_from_outside() -> None:
    office = companion_office()
    contexts = office.directory.contexts
    contexts["in"] = replace(contexts["in"], entries=(("_9.", Step(queue="sales")), ("800", Step(queue="sales"))))
    queues = Companion(behind=office).found(SERVICE, alike=False, conditions={"name": "sales"})
    assert [queue["number"] for queue in queues] == ["800"]


@pytest.mark.cites("R212")
def test_without_rules_callers_join_an_empty_queue_and_stay() -> None:
    (queue,) = Companion().found(SERVICE, alike=False, conditions={"number": "999"})
    assert (queue["joinempty"], queue["leavewhenempty"]) == ("yes", "no")


@pytest.mark.cites("R212")
def test_seconds_may_have_a_fraction() -> None:
    office = Office(extension("557"), queues=[sample_queue()])
    queue = next(iter(office.pbx.queues))
    queue.rules = QueueRules(retry=1_500_000, join_empty=USUAL)
    (shown,) = Companion(Settings(accounts=(ACCOUNT,)), office).found(SERVICE, alike=True)
    assert (shown["retry"], shown["timeout"], shown["joinempty"]) == ("1.5", "15", "no")
