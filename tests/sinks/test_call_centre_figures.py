"""What a call centre is judged by, in scenarios that can be counted by hand."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Behaviour, fixed
from pbxsim.sinks.call_centre_figures import CallCentreFigures, Tally
from pbxsim.testing.office import START
from tests.pbx.call_centre import CallCentre, queue, shared


def test_answered_abandoned_and_overflowed_callers_are_told_apart() -> None:
    centre = CallCentre(queue("anna", service_level=5, max_waiting=2, max_wait=60))
    centre.answers("anna", after=3)
    centre.will("605000001", Behaviour(talk=fixed(100)))
    centre.will("605000002", Behaviour(patience=fixed(10)))
    figures = CallCentreFigures(centre.pbx)
    centre.calls(caller="605000001")
    centre.advance(4)
    for caller in ("605000002", "605000003", "605000004"):  # the last one finds the queue full
        centre.calls(caller=caller)
    centre.finish()
    expected = Tally(offered=4, answered=1, abandoned=1, overflowed=2, in_level=1, waited=3 * SECOND)
    assert figures.queues == {"sales": expected}
    assert figures.total == expected
    assert (expected.service_level, expected.speed_of_answer, expected.abandon_rate) == (0.25, 3.0, 0.25)


def test_who_waits_is_counted_as_waiting_until_it_is_decided() -> None:
    centre = CallCentre(queue("anna"))
    figures = CallCentreFigures(centre.pbx)
    centre.calls()
    assert (figures.total.offered, figures.total.waiting) == (1, 1)
    centre.phones["anna"].picks_up()
    assert (figures.total.waiting, figures.total.answered) == (0, 1)


def test_an_answer_after_the_service_level_is_an_answer_but_not_in_it() -> None:
    centre = CallCentre(queue("anna", service_level=5))
    centre.answers("anna", after=6, talks=1)
    figures = CallCentreFigures(centre.pbx)
    centre.calls()
    centre.finish()
    assert (figures.total.answered, figures.total.in_level) == (1, 0)


def test_a_call_that_overflows_to_another_queue_is_offered_to_both_and_one_in_the_total() -> None:
    centre = CallCentre(queue(max_wait=20, overflow="help"), queue("anna", name="help"))
    centre.answers("anna", after=2, talks=5)
    figures = CallCentreFigures(centre.pbx)
    centre.calls()
    centre.finish()
    assert figures.queues["sales"] == Tally(offered=1, overflowed=1)
    assert figures.queues["help"] == Tally(offered=1, answered=1, waited=2 * SECOND)
    assert figures.total == Tally(offered=1, answered=1, waited=2 * SECOND)


def test_a_caller_who_could_not_join_and_hears_an_announcement_has_overflowed() -> None:
    centre = CallCentre(queue(join_empty=frozenset({"unavailable"}), overflow="voicemail"))
    figures = CallCentreFigures(centre.pbx)
    centre.calls()
    centre.finish()
    assert figures.total == figures.queues["sales"] == Tally(offered=1, overflowed=1)


def test_occupancy_is_talk_and_wrap_up_within_the_time_that_is_asked_for() -> None:
    centre = CallCentre(*shared(queue("anna", "ben", wrap_up=10), queue("anna", name="help")))
    centre.answers("anna", talks=30)
    figures = CallCentreFigures(centre.pbx)
    centre.calls()
    centre.finish()
    sales, helping = centre.pbx.queues
    assert figures.occupancy(START + 100 * SECOND) == pytest.approx(0.2)
    assert figures.occupancy(START + 100 * SECOND, sales) == pytest.approx(0.2)
    assert figures.occupancy(START + 100 * SECOND, helping) == pytest.approx(0.4)
    assert figures.occupancy(START + 20 * SECOND, helping) == 1.0
    centre.pbx.agents.log_out(centre.agent("ben"))
    assert figures.occupancy(START + 100 * SECOND, sales) == pytest.approx(0.4)


def test_what_cannot_be_said_is_not_said() -> None:
    centre = CallCentre(queue())
    figures = CallCentreFigures(centre.pbx)
    tally = figures.total
    assert (tally.service_level, tally.speed_of_answer, tally.abandon_rate) == (None, None, None)
    assert figures.occupancy(START + SECOND) is None
