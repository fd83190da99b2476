"""One id for one call, whoever tells of it; and no id ever names two calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.hosting.saved import saved_of
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.sinks.cdr_export import shown
from pbxsim.sinks.queue_log import QueueLog
from pbxsim.testing.office import Office, extension, line
from tests.pbx.call_centre import CallCentre, queue

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call


def two_telephones() -> Office:
    """An extension with two telephones, of which the second answers."""
    office = Office(extension("100", line("desk"), line("soft")), extension("101"))
    office.phones["desk"].never_answers()
    for user in ("soft", "101"):
        office.phones[user].answers(after=1, talks=5)
    return office


@pytest.mark.parametrize(
    ("first", "second"), [("100", "101"), ("101", "100"), ("100", "999"), ("555", "101"), ("101", "101")]
)
def test_a_call_has_one_id_from_its_beginning_to_its_record(first: str, second: str) -> None:
    office = two_telephones()
    office.call("101", "100")
    call = office.call(first, second)
    begun = call.unique_id
    office.finish()
    assert office.cdr(call).unique_id == shown(office.cdr(call)).uniqueid == call.unique_id == begun


def test_no_two_calls_and_no_two_channels_have_one_id_even_where_no_channel_could_be_made() -> None:
    office = two_telephones()
    calls: list[Call] = []
    for first, second in (("100", "101"), ("555", "101"), ("555", "100"), ("101", "100"), ("100", "100"), ("556", "1")):
        calls.append(office.call(first, second))
    office.finish()
    ids = {call.unique_id for call in calls}
    assert len(ids) == len(calls)
    legs = [(leg.unique_id, call.unique_id, place) for call in calls for place, leg in enumerate(call.legs)]
    assert len({leg for leg, _, _ in legs}) == len(legs)
    assert all((leg == call) == (place == 0) for leg, call, place in legs)  # its own first channel's, no other's


def test_a_queue_tells_of_a_caller_by_the_calls_id_whichever_of_its_telephones_asked() -> None:
    centre = CallCentre(queue("anna"))
    log = QueueLog(centre.pbx)
    centre.answers("anna", after=1, talks=5)
    for outside in (True, False):
        call = centre.calls() if outside else centre.dials("cyril", "sales", context="in")
        assert call is not None
        (waiter,) = centre.pbx.queues.named("sales").waiters
        centre.finish()
        assert waiter.unique_id == centre.cdr(call).unique_id
        assert {row[1] for row in log.rows if row[4] == "ENTERQUEUE"} >= {call.unique_id}


def test_a_next_run_names_no_call_as_this_one_did() -> None:
    office = two_telephones()
    for _ in range(3):
        office.call("100", "101")
    office.finish()
    saved = saved_of(office.pbx, 0)
    again = Office(extension("100"), saved=saved)
    again.call("555", "100")
    again.finish()
    ids = [cdr.unique_id for cdr in (*office.cdrs(), *again.pbx.cdrs.find(CdrQuery(call=4)))]
    assert len(set(ids)) == len(ids)
