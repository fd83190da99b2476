"""The engine port: hypothesis writes the engine's script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.testing.scripted_engine import Deed, Word, at_once
from tests.pbx.played import played, small_office

if TYPE_CHECKING:
    from pbxsim.testing.office import Office
    from pbxsim.testing.scripted_engine import ScriptedEngine

BUSY, HUNG_UP = HangupCause.USER_BUSY, Report.HUNG_UP

_causes = st.sampled_from([HangupCause.NORMAL_CLEARING, BUSY, HangupCause.NO_ANSWER, HangupCause.NETWORK_OUT_OF_ORDER])
_later = st.sampled_from([None, None, 0, SECOND, 5 * SECOND, 30 * SECOND, 31 * SECOND, 700 * SECOND])
_words = st.builds(Word, st.sampled_from(Report), st.integers(-1, 6), _causes, _later)
_deeds = st.lists(st.builds(Deed, st.lists(_words, max_size=3).map(tuple)), max_size=8)
_steps = st.one_of(
    st.tuples(st.just("say"), st.integers(0, 9), st.sampled_from(Report), _causes),
    st.tuples(st.just("wait"), st.sampled_from([0, 1, 29, 30, 31, 601])),
    st.tuples(
        st.just("call"), st.sampled_from(["100", "101", "700200300"]), st.sampled_from(["100", "101", "700200300"])
    ),
    st.tuples(st.just("incoming"), st.sampled_from(["100", "101", "299299101"])),
    st.tuples(st.just("hang up"), st.integers(0, 9)),
    st.tuples(st.just("hang up channel"), st.integers(0, 9)),
)


def _take(office: Office, engine: ScriptedEngine, step: tuple[object, ...]) -> None:
    match step:
        case ("say", int(leg), Report() as report, HangupCause() as cause) if engine.legs:
            engine.say(leg, report, cause)
        case ("wait", int(span)):
            office.advance(span)
        case ("call", str(first), str(second)):
            office.call(first, second)
        case ("incoming", str(second)):
            office.incoming("605000111", second)
        case ("hang up", int(index)) if engine.legs:
            office.pbx.calls.hang_up(engine.legs[index % len(engine.legs)].call)
        case ("hang up channel", int(index)) if engine.legs:
            office.pbx.calls.hang_up_channel(engine.legs[index % len(engine.legs)])


@pytest.mark.slow
@settings(max_examples=500)
@given(dial=_deeds, connect=_deeds, hang_up=_deeds, steps=st.lists(_steps, min_size=1, max_size=15))
@example(dial=[], connect=[], hang_up=[at_once(HUNG_UP)], steps=[("call", "100", "101"), ("hang up", 0)])
def test_whatever_an_engine_says_every_call_ends_once_within_its_limits(
    dial: list[Deed], connect: list[Deed], hang_up: list[Deed], steps: list[tuple[object, ...]]
) -> None:
    office = small_office()
    engine, referee = played(office, dial=dial, connect=connect, hang_up=hang_up)
    for step in steps:
        _take(office, engine, step)
        referee.check()
    office.finish()
    referee.check()
    assert not office.pbx.calls.live
