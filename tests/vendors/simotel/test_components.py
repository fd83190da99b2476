"""Simotel's component web services: the bytes of the question, what each answer means, and every failure's output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Outcome
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.decision import NOBODY_ASKS
from pbxsim.pbx.events import DecisionAnswered
from pbxsim.pbx.routes import Context, OutboundRoute, Step, Trunk
from pbxsim.testing.office import START, Office, extension, line, number
from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.settings import Settings
from tests.pbx.components import PatientQuestioner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.decision import PendingDecision, Question

ADDRESS = "http://crm.example.com/simotel"
_NO_SECONDS = "`call_limit` is no number of seconds up to 86400"
EVENTS = {"address": "http://crm.example.com/events"}


class Site:
    """A PBX on which 700 leads to a component of Simotel's, and the questions that it asks."""

    def __init__(self, kind: str, *, events: Mapping[str, object] | None = None, **component: object) -> None:
        trunk = Trunk(id=1, name="NasimTrunk", capacity=1)
        out = OutboundRoute(id=1, name="out", patterns=("_0X.",), trunks=(trunk,))
        entries = (("700", Step(component="Extension API")), ("66", Step(play_seconds=5)), ("67", Step(group="none")))
        self.office = Office(
            extension("120", line("sip120", max_calls=1), dialplan="simotel"),
            extension("552", dialplan="simotel"),
            extension("557", dialplan="simotel", public=("02112345678",)),
            trunks=(trunk, Trunk(id=2, name="cisco")),
            routes=(out,),
            contexts=(Context(name="main_routing", dialplan="simotel", entries=entries, routes=(out,)),),
            dialplans=("simotel",),
        )
        self.pbx = self.office.pbx
        self.questions = self.pbx.decisions.questioner = PatientQuestioner()
        entry = {"name": "Extension API", "kind": kind, "address": ADDRESS, "context": "main_routing", **component}
        settings = msgspec.convert({"components": [entry], "events": events, "dialplan": "simotel"}, Settings)
        assert list(vendor.check(settings, self.pbx)) == []
        vendor.open(settings, self.pbx)

    def asked(self) -> Call:
        """Have somebody outside call the component."""
        call = self.office.incoming("09155441", "700", trunk="cisco", context="main_routing")
        assert call is not None
        return call

    @property
    def pending(self) -> PendingDecision:
        """Give the one call that waits."""
        (pending,) = self.questions.out
        return pending

    @property
    def question(self) -> Question:
        """Give the one question that is out."""
        return self.pending.component.question(self.pending)

    def answered(self, body: bytes | str, status: int = 200) -> Call:
        """Have the question that is out answered; without one, call first."""
        call = self.questions.out[0].call if self.questions.out else self.asked()
        content = body if isinstance(body, bytes) else body.encode()
        assert self.pbx.decisions.hear(self.questions.out.pop(), status, content)
        return call

    def ringing(self, call: Call) -> list[str]:
        """Give what rings: numbers, with the trunk they are rung by."""
        return [f"{leg.trunk.name}/{leg.number}" if leg.trunk else leg.number for leg in call.ringing_legs()]

    def why(self) -> list[str]:
        """Give why questions failed, so far."""
        return [event.why for event in self.office.heard if isinstance(event, DecisionAnswered) and event.why]


# -- the question -------------------------------------------------------------------------------------------------


@pytest.mark.cites("S400", "S401", "R402")
def test_a_question_is_posted_as_json_with_the_five_parameters() -> None:
    site = Site("extension_api", data="4")
    site.asked()
    question = site.question
    assert (question.method, question.url, question.content_type) == ("POST", ADDRESS, "application/json")
    unique_id = f"{START // SECOND}.1"
    assert question.body == (
        b'{"src":"09155441","dst":"700","data":"4","unique_id":"%s","app_name":"Extension API"}' % unique_id.encode()
    )


@pytest.mark.cites("S401", "R402", "R404")
def test_a_question_is_put_into_the_query_where_events_are_sent_by_get() -> None:
    site = Site("trunk_api", events=EVENTS | {"method": "GET"}, address=f"{ADDRESS}?token=a%20b&")
    site.asked()
    question = site.question
    assert (question.method, question.content_type, question.body) == ("GET", "", b"")
    assert question.url == (
        f"{ADDRESS}?token=a%20b&src=09155441&dst=700&data=&unique_id={START // SECOND}.1&app_name=Extension%20API"
    )


@pytest.mark.cites("S401", "R402")
@pytest.mark.parametrize("version", ["G2", "G3", "Rest2", "Rest3"])
def test_older_versions_post_a_form_and_no_version_appends_to_the_address(version: str) -> None:
    site = Site("extension_api", events=EVENTS | {"version": version})
    site.asked()
    question = site.question
    assert (question.url, question.content_type) == (ADDRESS, "application/x-www-form-urlencoded")
    assert question.body == (b"src=09155441&dst=700&data=&unique_id=%d.1&app_name=Extension%%20API" % (START // SECOND))


@pytest.mark.cites("R402")
def test_rest4_posts_json_to_the_address_itself_and_a_component_may_have_a_method_of_its_own() -> None:
    site = Site("extension_api", events=EVENTS | {"version": "Rest4", "method": "GET"}, method="POST")
    site.asked()
    assert (site.question.method, site.question.url) == ("POST", ADDRESS)
    assert json.loads(site.question.body)["dst"] == "700"


@pytest.mark.cites("S402", "R403")
def test_the_answer_has_a_second_and_credentials_are_sent_only_where_the_component_has_some() -> None:
    site = Site("extension_api", events=EVENTS | {"username": "events", "password": "x"})
    site.asked()
    assert (site.question.timeout, site.question.username, site.question.password) == (1, "", "")
    site = Site("extension_api", answer_within=2.5, username="crm", password="y")
    site.asked()
    assert (site.question.timeout, site.question.username, site.question.password) == (2.5, "crm", "y")


@pytest.mark.cites("R401")
def test_an_originated_call_asks_about_its_caller() -> None:
    site = Site("trunk_api")
    site.office.call("552", "700", context="main_routing")
    site.office.advance(0)
    assert json.loads(site.question.body) | {"unique_id": ""} == {
        "src": "552",
        "dst": "700",
        "data": "",
        "unique_id": "",
        "app_name": "Extension API",
    }


# -- Extension API ------------------------------------------------------------------------------------------------


@pytest.mark.cites("S403", "S404")
def test_the_extension_of_the_answer_rings_for_the_timeout() -> None:
    site = Site("extension_api", timeout=12)
    site.office.phones["120"].never_answers()
    call = site.answered('{"ok": "1", "extension": "120"}')
    assert site.ringing(call) == ["120"]
    site.office.advance(11.999)
    assert site.ringing(call) == ["120"]
    site.office.advance(0.001)
    assert (call.cause, call.disposition) == (HangupCause.NO_ANSWER, Disposition.NO_ANSWER)


@pytest.mark.cites("R405")
@pytest.mark.parametrize("body", ['{"ok":1,"extension":120}', '{"ok":true,"extension":"120","more":[{}]}'])
def test_numbers_count_as_their_digits_and_other_keys_do_not_matter(body: str) -> None:
    site = Site("extension_api")
    assert site.ringing(site.answered(body)) == ["120"]


@pytest.mark.cites("S404", "R405", "R406")
@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b'{"ok":"1","extension":"120"}', 201, "HTTP status 201"),
        (b"", 500, "HTTP status 500"),
        (b"", 200, "the reply is no JSON object"),
        (b"[1]", 200, "the reply is no JSON object"),
        (b'{"ok":"1","extension":"120"', 200, "the reply is no JSON object"),
        (b"\xef\xbb\xbf{}", 200, "the reply is no JSON object"),
        (b'{"ok":"1","extension":"\xff"}', 200, "the reply is no JSON object"),
        (b"[" * 100_000, 200, "the reply is no JSON object"),
        (b'{"a":' * 30_000, 200, "the reply is no JSON object"),
        (b'{"extension":"120"}', 200, "`ok` is not 1"),
        (b'{"ok":"0","extension":"120"}', 200, "`ok` is not 1"),
        (b'{"ok":[1],"extension":"120"}', 200, "`ok` is not 1"),
        (b'{"ok":"1"}', 200, "`extension` is missing"),
        (b'{"ok":"1","extension":null}', 200, "`extension` is missing"),
        (b'{"ok":"1","extension":""}', 200, "`extension` is missing"),
        (b'{"ok":"1","extension":true}', 200, "`extension` is missing"),
        (b'{"ok":"1","extension":1.5}', 200, "`extension` is missing"),
        (b'{"ok":"1","extension":"1\\n2"}', 200, "`extension` is no text of at most 255 characters"),
        (b'{"ok":"1","extension":"' + b"1" * 256 + b'"}', 200, "`extension` is no text of at most 255 characters"),
        (b'{"ok":"1","extension":"999"}', 200, "'999' is no extension in context main_routing"),
        (b'{"ok":"1","extension":"09151412541"}', 200, "'09151412541' is no extension in context main_routing"),
        (b'{"ok":"1","extension":"66"}', 200, "'66' is no extension in context main_routing"),
    ],
)
def test_anything_else_than_an_extension_leaves_by_output_f(body: bytes, status: int, why: str) -> None:
    site = Site("extension_api", failure="552")
    call = site.answered(body, status)
    assert (site.ringing(call), site.why()) == (["552"], [why])


@pytest.mark.cites("S404", "S405")
def test_a_busy_extension_leaves_by_output_b_and_any_other_failure_by_f() -> None:
    for output_b, busy in (("557", "557"), ("", "552")):
        site = Site("extension_api", failure="552", busy=output_b)
        site.office.phones["120"].is_busy()
        call = site.answered('{"ok":"1","extension":"120"}')
        site.office.advance(0)
        assert call.second is not None
        assert call.second.number == busy
    site = Site("extension_api", failure="552", busy="557")
    site.office.phones["120"].fails()
    call = site.answered('{"ok":"1","extension":"120"}')
    site.office.advance(0)
    assert call.second is not None
    assert call.second.number == "552"


@pytest.mark.cites("R407")
def test_without_an_output_the_call_ends_there() -> None:
    site = Site("extension_api")
    call = site.answered("", 500)
    assert (call.cause, call.disposition) == (HangupCause.NORMAL_TEMPORARY_FAILURE, Disposition.FAILED)


@pytest.mark.cites("R408")
def test_a_failure_that_leads_back_is_asked_about_twenty_times() -> None:
    site = Site("extension_api", failure="700")
    call = site.asked()
    for _ in range(20):
        site.answered("", 500)
    assert (call.cause, site.questions.out) == (HangupCause.NORMAL_CIRCUIT_CONGESTION, [])


@pytest.mark.cites("R409")
def test_a_component_cannot_be_the_first_party() -> None:
    site = Site("extension_api")
    call = site.office.call("700", "552", context="main_routing")
    assert call.cause is HangupCause.NO_ROUTE_DESTINATION


# -- Trunk API ----------------------------------------------------------------------------------------------------


@pytest.mark.cites("S406", "S407")
def test_the_number_of_the_answer_is_dialled_by_its_trunk_and_cut_at_its_limit() -> None:
    site = Site("trunk_api")
    to = number(Outcome.ANSWER)
    call = site.answered(f'{{"ok":"1","trunk":"NasimTrunk","extension":"{to}","call_limit":"300"}}')
    assert site.ringing(call) == [f"NasimTrunk/{to}"]
    site.office.finish()
    assert site.office.cdr(call).billsec == 300


@pytest.mark.cites("R410")
@pytest.mark.parametrize(
    "limit", ["", ',"call_limit":""', ',"call_limit":null', ',"call_limit":"0"', ',"call_limit":0']
)
def test_without_a_limit_the_orders_own_holds(limit: str) -> None:
    site = Site("trunk_api")
    call = site.office.incoming("09155441", "700", trunk="cisco", context="main_routing", talk_limit=40 * SECOND)
    assert call is not None
    site.answered(f'{{"ok":"1","trunk":"NasimTrunk","extension":"{number(Outcome.ANSWER)}"{limit}}}')
    site.office.finish()
    assert site.office.cdr(call).billsec == 40


@pytest.mark.cites("R410")
def test_of_two_limits_the_shorter_holds() -> None:
    site = Site("trunk_api")
    call = site.office.incoming("09155441", "700", trunk="cisco", context="main_routing", talk_limit=40 * SECOND)
    assert call is not None
    site.answered(f'{{"ok":"1","trunk":"NasimTrunk","extension":"{number(Outcome.ANSWER)}","call_limit":90}}')
    site.office.finish()
    assert site.office.cdr(call).billsec == 40


@pytest.mark.cites("S407", "R406", "R411")
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"extension": "0915"}, "`trunk` is missing"),
        ({"trunk": "NasimTrunk"}, "`extension` is missing"),
        ({"trunk": "Nasim", "extension": "0915"}, "there is no trunk 'Nasim'"),
        ({"trunk": "NasimTrunk", "extension": "00420"}, "'00420' may not be dialled (cause 52)"),
        ({"trunk": "NasimTrunk", "extension": "09 15"}, "'09 15' may not be dialled (cause 28)"),
        ({"trunk": "NasimTrunk", "extension": "0915", "call_limit": "5m"}, _NO_SECONDS),
        ({"trunk": "NasimTrunk", "extension": "0915", "call_limit": -1}, _NO_SECONDS),
        ({"trunk": "NasimTrunk", "extension": "0915", "call_limit": 86_401},
         _NO_SECONDS),
        ({"trunk": "NasimTrunk", "extension": "0915", "call_limit": [1]}, "`call_limit` is missing"),
    ],
)  # fmt: skip
def test_anything_else_than_a_trunk_and_a_number_leaves_by_output_f(answer: dict[str, object], why: str) -> None:
    site = Site("trunk_api", failure="552")
    call = site.answered(json.dumps({"ok": "1", **answer}))
    assert (site.ringing(call), site.why()) == (["552"], [why])


@pytest.mark.cites("S407")
def test_a_number_that_does_not_answer_and_a_trunk_that_is_full_leave_by_output_f() -> None:
    for to in (number(Outcome.BUSY), number(Outcome.FAIL), number(Outcome.NO_ANSWER)):
        site = Site("trunk_api", failure="552", timeout=7)
        call = site.answered(f'{{"ok":"1","trunk":"NasimTrunk","extension":"{to}"}}')
        site.office.advance(7)
        assert call.second is not None
        assert call.second.number == "552"
    site = Site("trunk_api", failure="552")
    first = site.answered('{"ok":"1","trunk":"NasimTrunk","extension":"0915"}')
    second = site.answered('{"ok":"1","trunk":"NasimTrunk","extension":"0916"}')
    assert (site.ringing(first), site.ringing(second)) == (["NasimTrunk/0915"], ["552"])


@pytest.mark.cites("R411")
def test_an_own_public_number_rings_inside() -> None:
    site = Site("trunk_api")
    assert site.ringing(site.answered('{"ok":"1","trunk":"NasimTrunk","extension":"02112345678"}')) == ["557"]


# -- IVR API ------------------------------------------------------------------------------------------------------


@pytest.mark.cites("S408", "R405", "R412")
@pytest.mark.parametrize("case", ['"3"', "3"])
def test_the_call_leaves_by_the_case_of_the_answer(case: str) -> None:
    site = Site("ivr_api", cases={"3": "66", "4": "552"})
    call = site.answered(f'{{"ok":"1","case":{case}}}')
    assert (call.state, call.hunt) == (CallState.TALKING, None)


@pytest.mark.cites("R412")
def test_whoever_does_not_answer_behind_a_case_is_no_matter_of_the_component() -> None:
    site = Site("ivr_api", cases={"4": "552"}, failure="557")
    site.office.phones["552"].is_busy()
    call = site.answered('{"ok":"1","case":"4"}')
    site.office.advance(0)
    assert (call.cause, call.disposition) == (HangupCause.USER_BUSY, Disposition.BUSY)


@pytest.mark.cites("R412")
@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ('{"ok":"1","case":"5"}', 200, "there is no case '5'"),
        ('{"ok":"1","extension":"120"}', 200, "`case` is missing"),
        ("", 404, "HTTP status 404"),
    ],
)
def test_a_case_that_is_not_there_leaves_by_the_failure_output(body: str, status: int, why: str) -> None:
    site = Site("ivr_api", cases={"3": "66"}, failure="552")
    call = site.answered(body, status)
    assert (site.ringing(call), site.why()) == (["552"], [why])


# -- where it is not asked ----------------------------------------------------------------------------------------


@pytest.mark.cites("R413")
def test_where_nobody_can_ask_every_question_has_failed_at_once() -> None:
    site = Site("extension_api", failure="552")
    site.pbx.decisions.questioner = None
    call = site.asked()
    assert (site.ringing(call), site.why()) == (["552"], [NOBODY_ASKS])


@pytest.mark.cites("R414")
def test_smart_api_is_no_kind_of_component_here() -> None:
    with pytest.raises(msgspec.ValidationError, match="smart_api"):
        Site("smart_api")
