"""Scenarios come out on each engine as declared; a switch broken on purpose is found out; no engine, no green."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.engines.asterisk import installation
from pbxsim.engines.engine import EngineUnreachable
from pbxsim.pbx import calls, strategy
from pbxsim.pbx.cdr import Cdr
from pbxsim.pbx.strategy import Choice, Strategy
from tests.parity.engines import __main__ as command
from tests.parity.engines.differences import DECLARED
from tests.parity.engines.measuring import ENGINES, OTHERS, faults, histories
from tests.parity.engines.page import PAGE, page
from tests.parity.engines.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pbxsim.pbx.queue import Member
    from tests.parity.engines.history import History

pytestmark = pytest.mark.slow

QUICK = [one for one in SCENARIOS.values() if one.is_quick]


def played(engine: str = "simulated") -> dict[int, History]:
    """Play the quick scenarios."""
    return asyncio.run(histories(engine, QUICK))


@pytest.fixture(scope="module")
def right() -> Mapping[int, History]:
    """Give what they come to on the simulated engine."""
    return played()


@pytest.fixture(scope="module", params=[pytest.param("asterisk", marks=pytest.mark.asterisk), "sip"])
def engine(request: pytest.FixtureRequest) -> str:
    """Name each engine with real telephones."""
    if request.param == "asterisk":
        request.getfixturevalue("asterisk")
    return str(request.param)


@pytest.fixture(scope="module")
def real(engine: str, right: Mapping[int, History]) -> Mapping[int, History]:
    """Give what they come to there.

    They take seconds of real time, and a machine that does other things may stop for one: what differs is played once
    more, by itself.
    """
    pytest.importorskip("baresip", reason="no SIP telephones: baresip-python is not installed")
    told = played(engine)
    again = [SCENARIOS[number] for number in faults(engine, right, told)]
    return {**told, **asyncio.run(histories(engine, again))} if again else told


def test_all_is_there_that_was_to_be_compared() -> None:
    assert len(SCENARIOS) >= 40
    titles = " ".join(one.title for one in SCENARIOS.values())
    asked = (
        "A does not answer", "A busy", "A rejects", "A unallocated", "A out of reach", "cancels while A rings",
        "B does not answer", "B busy", "B rejects", "B unallocated", "B out of reach", "cancels while B rings",
        "at most 2 s", "a client hangs up A", "a client hangs up B", "B hangs up", "A hangs up", "holds",
        "transfers blind", "asks C", "at once", "takes no second call", "abandoned", "wait runs out", "pauses",
        "wraps up", "recorded", "listens", "incoming", "Simotel", "VUM", "Duocom", *Strategy,
    )  # fmt: skip
    assert [word for word in asked if word not in titles] == []


def test_the_page_is_that_of_what_is_declared() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.parity.engines --write"


def test_what_is_declared_is_of_a_scenario_an_engine_and_has_a_reason() -> None:
    assert {(one.engine in OTHERS, one.scenario in SCENARIOS, bool(one.why and one.of)) for one in DECLARED} == {
        (True, True, True)
    }


def test_the_simulated_engine_tells_the_same_twice(right: Mapping[int, History]) -> None:
    assert not faults("simulated", right, played())


@pytest.mark.sip
def test_an_engine_with_real_telephones_does_the_same(
    engine: str, right: Mapping[int, History], real: Mapping[int, History]
) -> None:
    assert faults(engine, right, real) == {}


def _adds_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cdr, "billsec", property(lambda cdr: (cdr.end - cdr.answer) // 1_000_000 + 3))


def _takes_busy_for_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = calls.CallControl._ends  # noqa: SLF001 - broken on purpose

    def wrong(control: Any, channel: Any, cause: Any) -> None:  # noqa: ANN401
        ends(control, channel, type(cause)(19) if cause == 17 else cause)

    monkeypatch.setattr(calls.CallControl, "_ends", wrong)


def _rings_one_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    ranked = strategy.ranked

    def wrong(way: Strategy, choice: Choice) -> list[tuple[int, Member]]:
        return ranked(way, choice)[-1:]

    monkeypatch.setattr("pbxsim.pbx.strategy.ranked", wrong)


BREAKS: dict[Callable[[pytest.MonkeyPatch], None], set[int]] = {
    _adds_seconds: {1, 2, 31},
    _takes_busy_for_no_answer: {6, 13},
    _rings_one_of_all: {66},
}


@pytest.mark.parametrize("breaks", BREAKS)
def test_a_switch_that_is_broken_on_purpose_is_found_out(
    breaks: Callable[[pytest.MonkeyPatch], None], right: Mapping[int, History], monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch)
    assert set(faults("simulated", played(), right)) >= BREAKS[breaks]


@pytest.mark.sip
@pytest.mark.parametrize("breaks", BREAKS)
def test_a_switch_that_is_broken_on_purpose_is_not_what_real_telephones_see(
    breaks: Callable[[pytest.MonkeyPatch], None],
    engine: str,
    real: Mapping[int, History],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    breaks(monkeypatch)
    assert set(faults(engine, played(), real)) >= BREAKS[breaks]


def test_where_there_is_no_asterisk_nothing_is_green(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none_here(_: object) -> None:
        raise EngineUnreachable("there is none")

    monkeypatch.setattr(installation, "found_or_fetched", none_here)
    assert command.main(["--engine", "asterisk", "--only", "6"]) == 3
    assert capsys.readouterr().out == "asterisk: NOT MEASURED: no Asterisk: there is none\n"


def test_what_differs_and_was_not_declared_is_red(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(ENGINES, "asterisk", ENGINES["simulated"])
    assert command.main(["--engine", "asterisk", "--only", "6,49"]) == 1
    said = capsys.readouterr().out
    assert "6 click to call, A busy: the same" in said
    assert "events, call-ended, the whole, call 1: declared, and the same now" in said
    assert said.endswith("asterisk: 1 of 2 scenarios as declared\n")
