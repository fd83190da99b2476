"""The queue log, Simotel's events and reports, and the figures tell the same visits, whatever happens in a PBX.

What is compared is what they write, read back; not the record in the switch that they write it from.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.testing.scripted_engine import Deed, ScriptedEngine, Word
from pbxsim.vendors.simotel.api import SimotelInterface
from tests.pbx.call_centre import CallCentre, queue
from tests.pbx.test_switch_machine import SwitchMachine
from tests.pbx.town import AGENTS
from tests.visit_spellings import Spellings

if TYPE_CHECKING:
    from collections.abc import Callable

ENDS = ("connected", "abandoned", "timeout", "empty", "agent", "caller", "handed on")
ENOUGH = 5
"""So often at least each end of a visit has to have been; many come a hundred times until the rarest has."""

_SETTINGS = settings(
    max_examples=60,
    stateful_step_count=80,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


class TellingMachine(SwitchMachine):
    """The small town of the switch's random tests, whose visits to queues are told four times."""

    seen: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.spellings = Spellings(self.office)

    @rule()
    def go_home(self) -> None:
        """Have all agents leave, so that a queue may be empty."""
        for number in AGENTS:
            self.work(number, "solo", -3)

    def teardown(self) -> None:
        """See that all four agree once everything is over."""
        super().teardown()
        self.spellings.check()
        for visit in self.spellings.logged():
            self.seen[visit.why] += 1
            self.seen[visit.ended_by] += 1
        assert self.pbx.events.failures == []


def _live(go: int) -> Counter[str]:
    """Let so many random histories be, and count how visits came to an end in them."""
    machine: type[TellingMachine] = type(f"Telling{go}", (TellingMachine,), {"seen": Counter()})
    seed(go)(machine)
    run_state_machine_as_test(machine, settings=_SETTINGS)
    return machine.seen


@pytest.mark.slow
def test_for_random_histories_all_four_tell_the_same_visits() -> None:
    seen: Counter[str] = Counter()
    go = 0
    while min(seen[end] for end in ENDS) < ENOUGH:
        go += 1
        seen += _live(go)
    assert go < 20


_reports = st.sampled_from([Report.RINGING, Report.ANSWERED, Report.ANSWERED, Report.FAILED, Report.HUNG_UP])
_causes = st.sampled_from([HangupCause.NORMAL_CLEARING, HangupCause.USER_BUSY, HangupCause.CALL_REJECTED])
_moments = st.sampled_from([None, None, 0, SECOND, 7 * SECOND, 30 * SECOND])
_words = st.builds(Word, _reports, st.integers(-2, 6), _causes, _moments)
_deeds = st.lists(st.builds(Deed, st.lists(_words, max_size=3).map(tuple)), max_size=6)


@pytest.mark.slow
@given(dial=_deeds, connect=_deeds, hang_up=_deeds, strategy=st.sampled_from(["ringall", "linear"]))
@settings(deadline=None, max_examples=150, derandomize=True)
def test_no_engine_can_make_them_disagree(
    dial: list[Deed], connect: list[Deed], hang_up: list[Deed], strategy: str
) -> None:
    centre = CallCentre(
        queue(
            "anna", "ben", strategy=strategy, member_timeout=12, retry=5, max_wait=60, max_waiting=2, overflow="help"
        ),
        queue("cyril", name="help", max_wait=30, service_level=5),
    )
    spellings = Spellings(centre)
    centre.use_engine(ScriptedEngine(centre.pbx, dial=dial, connect=connect, hang_up=hang_up))
    for _ in range(4):
        centre.incoming("605000001", "sales", context="in", second_timeout=30 * SECOND, talk_limit=90 * SECOND)
        centre.advance(1)
    centre.finish()
    assert spellings.check() >= 1
    assert centre.pbx.events.failures == []


# -- the comparison itself --------------------------------------------------------------------------------------------


def _history() -> Spellings:
    """One who is answered, after another was rung in vain, one who finds the queue full, one who gives up."""
    centre = CallCentre(
        queue("anna", "ben", strategy="rrordered", member_timeout=4, retry=1, max_waiting=1, service_level=5)
    )
    centre.answers("ben", after=2, talks=9)
    spellings = Spellings(centre)
    centre.calls()
    centre.calls(caller="605000002")
    centre.advance(60)
    centre.pbx.agents.pause(centre.agent("ben"))
    gone = centre.calls(caller="605000003")
    centre.advance(2)
    centre.pbx.calls.hang_up(gone)
    centre.finish()
    return spellings


def _logged_for(event: str, instead: str) -> Callable[[Spellings], None]:
    def broken(spellings: Spellings) -> None:
        rows = spellings.log.rows
        assert any(event in row for row in rows)
        spellings.log.rows = [tuple(instead if cell == event else cell for cell in row) for row in rows]

    return broken


def _posted_with(said: bytes, instead: bytes) -> Callable[[Spellings], None]:
    def broken(spellings: Spellings) -> None:
        (notice,) = spellings.web.notices
        assert said in notice.body
        spellings.web.notices[0] = msgspec.structs.replace(notice, body=notice.body.replace(said, instead))

    return broken


def _not_posted(spellings: Spellings) -> None:
    spellings.web.notices.clear()


def _not_reported(spellings: Spellings) -> None:
    interface = spellings.reports.interface
    assert isinstance(interface, SimotelInterface)
    interface.state.visits.visits.pop()


def _counted(figure: str) -> Callable[[Spellings], None]:
    def broken(spellings: Spellings) -> None:
        tally = spellings.figures.queues["sales"]
        setattr(tally, figure, getattr(tally, figure) + 1)

    return broken


def test_they_agree_about_a_history_in_which_something_of_each_is() -> None:
    spellings = _history()
    assert [(one.why, one.waited, one.agent, one.talked, one.rung) for one in spellings.logged()] == [
        ("connected", 7, "ben", 9, 1),
        ("abandoned", 2, "", 0, 1),
    ]
    assert spellings.check() == 2


@pytest.mark.parametrize(
    "broken",
    [
        _logged_for("ben", "anna"),
        _logged_for("COMPLETEAGENT", "COMPLETECALLER"),
        _logged_for("ABANDON", "EXITEMPTY"),
        _logged_for("RINGNOANSWER", "RINGING"),
        _posted_with(b'"hangup":"agent"', b'"hangup":"caller"'),
        _posted_with(b'"billsec":"9"', b'"billsec":"8"'),
        _posted_with(b'"tries":"1"', b'"tries":"2"'),
        _not_posted,
        _not_reported,
        _counted("offered"),
        _counted("answered"),
        _counted("abandoned"),
        _counted("in_level"),
        _counted("waited"),
    ],
)
def test_a_spelling_that_says_something_else_is_found_out(broken: Callable[[Spellings], None]) -> None:
    spellings = _history()
    broken(spellings)
    with pytest.raises(AssertionError):
        spellings.check()
