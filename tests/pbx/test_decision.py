"""A call whose way a server outside decides: it waits, goes on as was answered, or takes the component's way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Outcome
from pbxsim.pbx import transfer
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.decision import NO_ANSWER, NOBODY_ASKS
from pbxsim.pbx.dialled import dialled
from pbxsim.pbx.events import DecisionAnswered, DecisionAsked, LegRefused
from pbxsim.pbx.extension import Diversion
from pbxsim.pbx.ring_group import RingGroup, Row
from pbxsim.pbx.routes import Context, Did, OutboundRoute, Step, Trunk
from pbxsim.testing.office import Office, extension, line, number
from tests.pbx.components import NumberComponent, PatientQuestioner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.decision import PendingDecision

_TEAM = RingGroup(name="team", context="main", rows=(Row(("102",), 10 * SECOND),))


class Request(Office):
    """An office in which 700 asks where to go on; 0 plays a tune, 8 is the team, 9 asks again."""

    def __init__(
        self,
        *,
        failure: str = "",
        ways_out: Mapping[HangupCause, str] | None = None,
        talk_limit: Duration = 0,
        asks: bool = True,
    ) -> None:
        entries = (
            ("700", Step(component="where")),
            ("0", Step(play_seconds=20)),
            ("8", Step(group="team")),
            ("9", Step(component="where")),
            ("6", Step(component="nowhere")),
        )
        trunk = Trunk(id=1, name="upc")
        out = OutboundRoute(id=1, name="out", patterns=("_990X.",), trunks=(trunk,))
        super().__init__(
            extension("100"),
            extension("101", line("sip101", max_calls=1)),
            extension("102"),
            trunks=[trunk],
            routes=[out],
            contexts=[Context(name="main", dialplan="main", entries=entries, routes=(out,))],
            groups=[_TEAM],
            dids=[Did(number="299100", context="main", step=Step(component="where"))],
        )
        self.questions = PatientQuestioner()
        if asks:
            self.pbx.decisions.questioner = self.questions
        component = NumberComponent(self.pbx, failure=failure, ways_out=ways_out, talk_limit=talk_limit)
        self.pbx.decisions.add(component)

    @property
    def question(self) -> PendingDecision:
        """Give the one question that is out."""
        (question,) = self.questions.out
        return question

    def answers(self, said: str, status: int = 200) -> bool:
        """Have the question that is out answered."""
        question = self.question
        self.questions.out.remove(question)
        return self.pbx.decisions.hear(question, status, said.encode())

    def said(self) -> list[tuple[dict[str, str], str]]:
        """Give what was answered so far."""
        return [(dict(event.said), event.why) for event in self.heard if isinstance(event, DecisionAnswered)]

    def ringing(self, call: Call) -> list[str]:
        """Give the numbers that ring for a call."""
        return [leg.number for leg in call.ringing_legs()]


def _asked(office: Request) -> Call:
    call = office.incoming("605000111", "700")
    assert call is not None
    return call


def test_a_caller_waits_while_the_server_is_asked_and_rings_where_it_says() -> None:
    office = Request()
    office.phones["101"].answers(after=3)
    call = _asked(office)
    assert (call.state, office.ringing(call), office.pbx.decisions.pending()) == (
        CallState.DIALING_SECOND,
        [],
        [office.question],
    )
    assert (office.question.number, office.question.src, office.question.asked_at) == (
        "700",
        "605000111",
        call.started_at,
    )
    assert office.answers("101")
    assert (office.ringing(call), office.pbx.decisions.pending()) == (["101"], [])
    office.advance(3)
    assert call.state is CallState.TALKING
    asked = [(event.component, event.number) for event in office.heard if isinstance(event, DecisionAsked)]
    assert (asked, office.said()) == ([("where", "700")], [({"number": "101"}, "")])


def test_an_originated_call_asks_when_its_first_party_is_there() -> None:
    office = Request()
    call = office.call("100", "700")
    assert office.questions.out == []
    office.advance(0)
    assert office.question.src == "100"
    office.answers(number(Outcome.ANSWER))
    office.advance(0)
    assert call.state is CallState.TALKING
    assert call.second is not None
    assert call.second.trunk is not None


def test_a_public_number_may_lead_to_a_component() -> None:
    office = Request()
    call = office.incoming("605000111", "299100")
    assert (office.question.call, office.question.number) == (call, "299100")


def test_a_component_is_no_first_party() -> None:
    office = Request()
    call = office.call("700", "100")
    assert (call.cause, office.questions.out) == (HangupCause.NO_ROUTE_DESTINATION, [])


def test_a_component_that_nobody_has_is_no_destination() -> None:
    office = Request()
    call = office.incoming("605000111", "6")
    assert call is not None
    assert (call.cause, call.disposition) == (HangupCause.NO_ROUTE_DESTINATION, Disposition.FAILED)


def test_a_name_can_be_given_only_once() -> None:
    office = Request()
    with pytest.raises(ValueError, match="component where"):
        office.pbx.decisions.add(NumberComponent(office.pbx))


def test_where_nobody_asks_the_question_has_failed_at_once() -> None:
    office = Request(failure="102", asks=False)
    call = _asked(office)
    assert (office.ringing(call), office.said()) == (["102"], [({}, NOBODY_ASKS)])


def test_a_useless_answer_leads_to_the_way_out() -> None:
    office = Request(failure="102")
    call = _asked(office)
    assert office.answers("oops", status=500)
    assert (office.ringing(call), call.hunt, office.said()) == (["102"], None, [({}, "HTTP status 500")])


def test_without_a_way_out_the_call_is_over() -> None:
    office = Request()
    call = _asked(office)
    office.answers("oops", status=500)
    assert (call.cause, call.disposition) == (HangupCause.NORMAL_TEMPORARY_FAILURE, Disposition.FAILED)
    office.finish()


def test_without_any_answer_the_pbx_waits_a_second_and_not_longer() -> None:
    office = Request(failure="102")
    call = _asked(office)
    late = office.question
    office.advance(0.999)
    assert office.ringing(call) == []
    office.advance(0.001)
    assert (office.ringing(call), office.said()) == (["102"], [({}, NO_ANSWER)])
    assert (office.questions.out, office.questions.dropped) == ([], [late])
    assert not office.pbx.decisions.hear(late, 200, b"101")
    assert office.ringing(call) == ["102"]


def test_a_question_is_answered_once() -> None:
    office = Request(failure="102")
    call = _asked(office)
    question = office.question
    assert office.answers("101")
    told = len(office.heard)
    assert not office.pbx.decisions.hear(question, 200, b"100")
    assert not office.pbx.decisions.hear(question, 500, b"")
    assert not office.pbx.decisions.fail(question, "late")
    assert (office.ringing(call), len(office.heard)) == (["101"], told)


def test_the_answer_to_an_earlier_question_of_the_same_call_is_void() -> None:
    office = Request()
    call = _asked(office)
    first = office.question
    office.answers("leave 9")
    assert office.question is not first
    assert not office.pbx.decisions.hear(first, 200, b"101")
    assert (office.ringing(call), office.pbx.decisions.pending()) == ([], [office.question])


def test_a_caller_who_hangs_up_makes_the_question_void() -> None:
    office = Request(failure="102")
    call = _asked(office)
    question = office.question
    office.pbx.calls.hang_up(call)
    assert (office.questions.dropped, office.pbx.decisions.pending()) == ([question], [])
    told = len(office.heard)
    assert not office.pbx.decisions.hear(question, 200, b"101")
    assert (len(office.heard), len(call.legs)) == (told, 1)
    office.finish()


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        (HangupCause.USER_BUSY, Outcome.BUSY),
        (HangupCause.CALL_REJECTED, Outcome.REJECT),
        (HangupCause.UNALLOCATED, Outcome.FAIL),
    ],
)
def test_whoever_does_not_take_the_call_leads_to_the_way_out_for_that_cause(
    cause: HangupCause, outcome: Outcome
) -> None:
    office = Request(failure="0", ways_out={cause: "102"})
    office.phones["102"].never_answers()
    call = _asked(office)
    office.answers(number(outcome))
    assert office.ringing(call) == [number(outcome)]
    office.advance(0)
    assert (call.cause, office.ringing(call)) == (None, ["102"])


def test_an_extension_that_cannot_even_be_rung_leads_to_the_way_out() -> None:
    office = Request(ways_out={HangupCause.SUBSCRIBER_ABSENT: "102"})
    office.handset.unregister(office.phones["101"].line)
    call = _asked(office)
    office.answers("101")
    assert office.ringing(call) == ["102"]
    assert [event.cause for event in office.heard if isinstance(event, LegRefused)] == [HangupCause.SUBSCRIBER_ABSENT]


def test_an_extension_that_does_not_answer_leads_to_the_way_out_when_its_time_is_over() -> None:
    office = Request(failure="102")
    office.phones["101"].never_answers()
    call = _asked(office)
    office.answers("101")
    office.advance(9.999)
    assert office.ringing(call) == ["101"]
    office.advance(0.001)
    assert (office.ringing(call), call.legs[1].cause) == (["102"], HangupCause.NO_ANSWER)


def test_without_a_way_out_the_record_says_why_nobody_was_reached() -> None:
    office = Request()
    office.phones["101"].is_busy()
    call = _asked(office)
    office.answers("101")
    office.advance(0)
    assert (call.cause, office.cdr(call).disposition) == (HangupCause.USER_BUSY, Disposition.BUSY)


def test_a_way_out_may_play_something() -> None:
    office = Request(failure="0")
    call = _asked(office)
    office.answers("", status=404)
    assert call.state is CallState.TALKING
    office.advance(20)
    assert (call.disposition, office.cdr(call).billsec) == (Disposition.ANSWERED, 20)


def test_an_answer_may_have_the_component_leave_for_good() -> None:
    office = Request(failure="102")
    office.phones["102"].never_answers()
    call = _asked(office)
    office.answers("leave 8")
    assert office.ringing(call) == ["102"]
    office.advance(10)
    assert (call.cause, call.disposition) == (HangupCause.NO_ANSWER, Disposition.NO_ANSWER)


def test_an_extension_diverted_to_a_group_rings_the_group() -> None:
    office = Request()
    office.handset.divert(office.phones["101"].line, Diversion(always="8"))
    call = _asked(office)
    office.answers("101")
    assert office.ringing(call) == ["102"]


def test_the_limit_of_an_answer_cuts_the_talk_of_a_telephone_that_dialled_as_plainly_as_can_be() -> None:
    office = Request(talk_limit=30 * SECOND)
    office.phones["101"].answers()
    line = office.phones["100"].line
    call = office.pbx.calls.receive(dialled(line, "700", by="test"), line=line, handle=None)
    assert call is not None
    office.answers("101")
    office.advance(100)
    assert office.cdr(call).billsec == 30


def test_the_limit_of_an_answer_cuts_the_talk_and_the_shorter_limit_holds() -> None:
    for ordered, lasts in ((0, 30), (12 * SECOND, 12), (90 * SECOND, 30)):
        office = Request(talk_limit=30 * SECOND)
        office.phones["101"].answers()
        call = office.incoming("605000111", "700", talk_limit=ordered)
        assert call is not None
        office.answers("101")
        office.advance(0)
        assert call.state is CallState.TALKING
        office.finish()
        assert office.cdr(call).billsec == lasts


def test_a_call_that_is_sent_round_is_asked_about_twenty_times() -> None:
    office = Request(failure="9")
    call = _asked(office)
    for _ in range(20):
        office.answers("", status=500)
    assert (call.cause, call.disposition) == (HangupCause.NORMAL_CIRCUIT_CONGESTION, Disposition.FAILED)
    assert office.questions.out == []


def test_where_nobody_asks_a_component_that_leads_to_itself_ends_the_call() -> None:
    office = Request(failure="9", asks=False)
    call = _asked(office)
    assert (call.cause, len(office.said())) == (HangupCause.NORMAL_CIRCUIT_CONGESTION, 20)


def test_a_party_handed_on_blind_waits_and_is_asked_about_by_its_own_number() -> None:
    office = Request()
    office.phones["101"].answers()
    call = office.incoming("605000111", "101")
    assert call is not None
    office.advance(0)
    assert call.second is not None
    assert transfer.blind(office.pbx.calls, call.second, "700")
    assert (call.state, office.question.src) == (CallState.TRANSFERRING, "605000111")
    office.answers("102")
    office.advance(0)
    assert call.state is CallState.TALKING


def test_several_calls_wait_in_the_order_in_which_they_were_asked_about() -> None:
    office = Request()
    calls = [_asked(office), _asked(office)]
    assert [decision.call for decision in office.pbx.decisions.pending()] == calls
    second = office.questions.out[1]
    assert office.pbx.decisions.hear(second, 200, b"102")
    assert [decision.call for decision in office.pbx.decisions.pending()] == [calls[0]]
