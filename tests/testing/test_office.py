"""The office of tests: what it does without being told, what it refuses, and that a copy of it lives on by itself."""

from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, Rule
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.events import CallStarted, CdrClosed
from pbxsim.testing.office import START, NoFiles, Office, extension, line, number
from tests.growth import steps
from tests.pbx.components import PatientQuestioner
from tests.pbx.town import small_town

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.testing.office import Phone


def test_telephones_answer_at_once_and_never_hang_up_unless_they_are_told_otherwise() -> None:
    office = Office(extension("100"), extension("101"))
    call = office.call("100", "101")
    office.advance(3600)
    assert call.state is CallState.TALKING


def test_an_office_begins_at_a_known_instant_and_stands_there() -> None:
    office = Office()
    assert office.clock.now == START
    office.advance(1.5)
    assert office.clock.now == START + 1_500_000


_TOLD: dict[str, tuple[Callable[[Phone], None], Disposition, HangupCause, int]] = {
    "answers": (lambda phone: phone.answers(after=2, talks=10), Disposition.ANSWERED, HangupCause.NORMAL_CLEARING, 12),
    "never": (lambda phone: phone.never_answers(), Disposition.NO_ANSWER, HangupCause.NO_ANSWER, 30),
    "busy": (lambda phone: phone.is_busy(after=1), Disposition.BUSY, HangupCause.USER_BUSY, 1),
    "rejects": (lambda phone: phone.rejects(after=3), Disposition.BUSY, HangupCause.CALL_REJECTED, 3),
    "fails": (lambda phone: phone.fails(after=4), Disposition.FAILED, HangupCause.UNALLOCATED, 4),
}


@pytest.mark.parametrize("told", _TOLD)
def test_a_telephone_does_as_it_is_told(told: str) -> None:
    tell, disposition, cause, seconds = _TOLD[told]
    office = Office(extension("100"), extension("101", line("desk")))
    tell(office.phones["101"])
    record = _recorded(office, "100", "101")
    assert record == (disposition, cause, seconds)


def _recorded(office: Office, first: str, second: str) -> tuple[Disposition, HangupCause, int]:
    call = office.call(first, second)
    office.finish()
    record = office.cdr(call)
    return record.disposition, record.cause, record.duration


def test_a_telephone_does_one_thing_after_the_other() -> None:
    office = Office(extension("100"), extension("101"))
    office.phones["101"].meets_calls_with(Behaviour(outcome=Outcome.BUSY), Behaviour(outcome=Outcome.REJECT))
    assert [_recorded(office, "100", "101")[1] for _ in range(3)] == [17, 21, 21]


def test_of_two_rules_that_fit_a_telephone_the_first_counts() -> None:
    office = Office(extension("100"), extension("101"), extension("111"))
    office.phones["101"].is_busy()
    office.set_rule(Rule(number="_1X1", turns=(Behaviour(outcome=Outcome.REJECT),)))
    assert [_recorded(office, "100", second)[1] for second in ("101", "111")] == [17, 21]


def test_to_tell_many_telephones_what_they_do_takes_as_much_for_each_as_for_few() -> None:
    few, many = (
        Office(*(extension(str(number)) for number in numbers)) for numbers in (range(100, 150), range(200, 300))
    )

    def tell(office: Office) -> None:
        for phone in office.phones.values():
            phone.is_busy()

    tell(Office(extension("1")))  # what is done once for all
    few_steps = steps(lambda: tell(few))
    # Each with each would be four times as much; what a collection ends meanwhile, of other tests', takes steps, too.
    assert steps(lambda: tell(many)) <= 3 * few_steps


def test_a_hand_picks_up_and_hangs_up() -> None:
    office = Office(extension("100"), extension("101"))
    phone = office.phones["101"]
    phone.never_answers()
    call = office.call("101", "100")
    phone.picks_up()
    office.advance(0)
    assert call.state is CallState.TALKING
    phone.hangs_up()
    office.finish()
    assert office.cdr(call).disposition is Disposition.ANSWERED


@pytest.mark.parametrize(
    ("outcome", "cause"), [(Outcome.BUSY, 17), (Outcome.NO_ANSWER, 19), (Outcome.REJECT, 21), (Outcome.FAIL, 1)]
)
def test_a_number_of_the_grammar_is_answered_behind_the_trunk_as_it_says(outcome: Outcome, cause: int) -> None:
    office = Office(extension("100"))
    assert _recorded(office, "100", number(outcome, ring=2))[1] == cause


def test_a_number_of_the_grammar_tells_how_long_it_rings_and_talks() -> None:
    assert number(Outcome.ANSWER, ring=7, talk=42) == "990107042"
    assert _recorded(Office(extension("100")), "100", "990107042")[2] == 49


def test_telephones_are_found_by_user_and_the_first_of_an_extension_by_its_number() -> None:
    office = Office(extension("100", line("desk"), line("mobile")), extension("101", line("away", registered=False)))
    assert office.phones["100"] is office.phones["desk"]
    assert not office.phones["101"].line.is_registered
    assert list(office.phones) == ["desk", "mobile", "away", "100", "101"]


def test_everything_that_happens_is_heard_in_order() -> None:
    office = Office(extension("100"), extension("101"))
    call = office.call("100", "101")
    office.pbx.calls.hang_up(call)
    assert office.kinds_heard()[0] is CallStarted
    assert office.kinds_heard()[-1] is CdrClosed


def test_a_call_that_goes_on_has_no_record_yet() -> None:
    office = Office(extension("100"), extension("101"))
    call = office.call("100", "101")
    with pytest.raises(ValueError, match="empty"):
        office.cdr(call)
    assert office.cdrs() == []


def test_callers_from_outside_and_telephones_that_dial_are_received() -> None:
    office = Office(extension("100"), extension("101"))
    handle = object()
    outside, inside = office.incoming("605000111", "100"), office.dials("sip101", "100", handle=handle)
    assert outside is not None
    assert inside is not None
    assert inside.first is not None
    assert inside.first.engine_data is handle
    assert [leg.peer for leg in (outside.legs + inside.legs)] == ["upc", "sip100", "sip101", "sip100"]


def test_nobody_has_recordings_moved_where_there_are_none() -> None:
    with pytest.raises(AssertionError, match="a/b"):
        NoFiles().move(from_folder="a", from_file="b", to_folder="c", to_file="d")


# -- copies ------------------------------------------------------------------------------------------------------------


def _busy_town() -> Office:
    town = small_town()
    town.pbx.decisions.questioner = PatientQuestioner()
    for agent, user in zip(town.pbx.agents, ("solo", "cycling"), strict=True):
        town.pbx.agents.log_in(agent, town.directory.line(user))
        for queue in town.pbx.queues:
            town.pbx.queues.add(queue, agent, 0)
    for first, second in (("100", "101"), ("104", "990101030"), ("102", "71"), ("105", "100"), ("101", "66")):
        town.call(first, second, context="town")
    for to in ("71", "72", "73", "74"):
        town.incoming("605000111", to, trunk="wide", context="town")
    town.advance(3)
    return town


def test_a_copy_of_an_office_with_calls_up_goes_on_as_the_office_does_and_each_by_itself() -> None:
    town = _busy_town()
    assert len(town.pbx.calls.live) > 5
    copied = deepcopy(town)
    heard, records = len(town.heard), len(town.cdrs())
    copied.finish()
    assert (len(town.heard), len(town.cdrs())) == (heard, records), "what the copy did was heard in the office"
    town.finish()
    assert copied.kinds_heard() == town.kinds_heard()
    assert copied.cdrs() == town.cdrs()
    assert len(town.cdrs()) > records + 5


def test_everything_in_a_copy_belongs_to_the_copy_and_is_there_once() -> None:
    town = deepcopy(_busy_town())
    pbx = town.pbx
    assert pbx.directory is town.directory
    assert pbx.clock is town.clock
    live = list(pbx.calls.live.values())
    for one in town.directory.extensions:
        for telephone in one.lines:
            assert telephone.extension is one
            assert town.directory.line(telephone.user) is telephone
            assert all(leg.line is telephone and leg.call in live for leg in telephone.channels)
    for queue in pbx.queues:
        assert all(waiter.call in live for waiter in queue.waiters)
        assert all(member.agent in list(pbx.agents) for member in queue.members)
        assert all(member in queue.members for waiter in queue.waiters for member in waiter.ringing.values())
    for decision in pbx.decisions.pending():
        assert decision.call in live
    assert sum(leg.state is not ChannelState.DOWN for call in live for leg in call.legs) == len(
        list(pbx.calls.channels())
    )


def test_a_hand_on_a_copied_telephone_leaves_the_office_alone() -> None:
    office = Office(extension("100"), extension("101"))
    call = office.call("100", "101")
    office.advance(0)
    copied = deepcopy(office)
    copied.phones["101"].hangs_up()
    assert (len(copied.cdrs()), len(office.cdrs()), call.is_over) == (1, 0, False)


# -- weight ------------------------------------------------------------------------------------------------------------


def _modules_after(statement: str) -> set[str]:
    told = subprocess.run(
        [sys.executable, "-c", f"import sys; {statement}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(told.stdout.split())


def test_the_package_imports_nothing_before_it_is_used() -> None:
    added = _modules_after("import pbxsim.testing") - _modules_after("import pbxsim")
    assert {name for name in added if name.partition(".")[0] not in sys.stdlib_module_names} == {"pbxsim.testing"}


@pytest.mark.slow
def test_neither_pytest_nor_hypothesis_nor_a_web_server_is_needed() -> None:
    there = _modules_after(
        "import pbxsim.testing.office, pbxsim.testing.engine_contract, pbxsim.testing.scripted_engine"
    )
    assert not there & {"pytest", "_pytest", "hypothesis", "aiohttp", "sqlalchemy", "asyncio"}
