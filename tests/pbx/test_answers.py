"""Answer() before Dial(): a caller is up at once, whoever is rung then, and its rows are answered from then on.

The rows are those of Asterisk 22 where a telephone dials `Answer()`, `Dial(...,6)`, `Hangup()`, or without Answer():
tests/parity/recorded/queues-22.10.json, `answers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx.cdr import RecordRules
from pbxsim.pbx.routes import Did, OutboundRoute, Step, Trunk
from pbxsim.testing.office import START, number
from tests.pbx.call_centre import CallCentre, queue

if TYPE_CHECKING:
    from pbxsim.pbx.cdr import Cdr

Told: TypeAlias = tuple[str, int, int, bool, str]

ROWS: Final[dict[tuple[str, bool], list[Told]]] = {
    ("no answer", True): [("NO ANSWER", 6, 6, True, "Dial"), ("ANSWERED", 0, 0, True, "Hangup")],
    ("no answer", False): [("NO ANSWER", 6, 0, False, "Dial"), ("NO ANSWER", 0, 0, False, "Hangup")],
    ("busy", True): [("BUSY", 0, 0, True, "Dial"), ("ANSWERED", 0, 0, True, "Hangup")],
    ("busy", False): [("BUSY", 0, 0, False, "Dial"), ("BUSY", 0, 0, False, "Hangup")],
    ("answers", True): [("ANSWERED", 5, 5, True, "Dial")],
    ("answers", False): [("ANSWERED", 5, 3, True, "Dial")],
    ("gives up", True): [("NO ANSWER", 3, 3, True, "Dial")],
    ("gives up", False): [("NO ANSWER", 3, 0, False, "Dial")],
    ("not registered", True): [("ANSWERED", 0, 0, True, "Dial")],
    ("not registered", False): [("FAILED", 0, 0, False, "Dial")],
}
"""Disposition, duration, billsec, whether there is an answer, last application; by what the called telephone does."""


def _told(cdr: Cdr) -> Told:
    return cdr.disposition, cdr.duration, cdr.billsec, cdr.answer != 0, cdr.last_app


def _does(centre: CallCentre, what: str) -> None:
    if what == "answers":
        centre.answers("anna", after=2, talks=3)
    elif what == "busy":
        centre.will("anna", Behaviour(outcome=Outcome.BUSY, ring=fixed(0)))
    elif what == "not registered":
        centre.handset.unregister(centre.phones["anna"].line)


@pytest.mark.parametrize(("what", "answers"), ROWS)
def test_a_public_number_answers_before_it_rings(what: str, answers: bool) -> None:
    did = Did(number="222", context="main", step=Step(extension="100", answers=answers))
    centre = CallCentre(queue("anna"), dids=[did])
    centre.pbx.calls.records = RecordRules(after_dial=True)
    _does(centre, what)
    call = centre.incoming("605000001", "222", second_timeout=6 * SECOND)
    assert call is not None
    if what == "gives up":
        centre.advance(3)
        centre.pbx.calls.hang_up_channel(call.legs[0])
    centre.finish()
    assert [_told(cdr) for cdr in centre.cdrs()] == ROWS[what, answers]


def test_the_record_is_answered_from_the_answer_and_talk_begins_when_somebody_picks_up() -> None:
    did = Did(number="222", context="main", step=Step(extension="100", answers=True))
    centre = CallCentre(queue("anna"), dids=[did])
    centre.answers("anna", after=2, talks=3)
    centre.pbx.calls.records = RecordRules()
    call = centre.incoming("605000001", "222")
    assert call is not None
    assert call.legs[0].state.label == "Up"
    centre.finish()
    (cdr,) = centre.cdrs()
    assert (cdr.answer, cdr.talk) == (START, START + 2 * SECOND)
    assert (call.bridged_at, cdr.talked) == (START + 2 * SECOND, 3)


@pytest.mark.parametrize("answers", [True, False])
def test_an_outbound_route_answers_whoever_dials_out(answers: bool) -> None:
    centre = CallCentre(queue("anna"))
    trunk = Trunk(id=1, name="out")
    route = OutboundRoute(id=1, name="out", patterns=("_990.",), trunks=(trunk,), answers=answers)
    to = centre.pbx.dialplan.by_route(number(Outcome.NO_ANSWER), route)
    centre.pbx.calls.records = RecordRules()
    call = centre.dials("anna", number(Outcome.NO_ANSWER), second_to=to, second_timeout=6 * SECOND)
    assert call is not None
    centre.finish()
    assert [_told(cdr)[:4] for cdr in centre.cdrs()] == [("NO ANSWER", 6, 6 if answers else 0, answers)]


def test_who_orders_a_call_is_up_before_the_route_is_taken_and_has_the_same_rows_either_way() -> None:
    told = []
    for answers in (True, False):
        centre = CallCentre(queue("anna"))
        trunk = Trunk(id=1, name="out")
        route = OutboundRoute(id=1, name="out", patterns=("_990.",), trunks=(trunk,), answers=answers)
        centre.answers("anna", after=1)
        centre.pbx.calls.records = RecordRules()
        to = centre.pbx.dialplan.by_route(number(Outcome.ANSWER, ring=2, talk=4), route)
        centre.call("100", number(Outcome.ANSWER, ring=2, talk=4), second_to=to)
        centre.finish()
        told.append([_told(cdr) for cdr in centre.cdrs()])
    assert told[0] == told[1]


def test_a_ring_group_and_a_queue_may_be_answered_by_the_number_that_leads_there() -> None:
    quiet = queue("anna", answers=False)
    did = Did(number="222", context="in", step=Step(queue="sales", answers=True))
    centre = CallCentre(quiet, dids=[did])
    asked = centre.incoming("605000001", "222")
    direct = centre.calls("sales")
    assert asked is not None
    assert (asked.legs[0].state.label, direct.legs[0].state.label) == ("Up", "Ring")
