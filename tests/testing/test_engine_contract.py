"""The engines' contract: ours keep it, and for each clause there is an engine that does not, and is found out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.events import ReportIgnored
from pbxsim.pbx.extension import Registration
from pbxsim.testing.engine_contract import CLAUSES, Clause
from pbxsim.testing.scripted_engine import Deed, ScriptedEngine, Word, at_once
from tests.testing.rigs import RINGS, RUNG, TALKING, PostedRig, ScriptedRig, SimulatedRig

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel

BY_NAME = {clause.name: clause for clause in CLAUSES}


@pytest.mark.parametrize("clause", CLAUSES, ids=str)
async def test_the_simulated_engine_keeps_the_contract(clause: Clause) -> None:
    await clause.check(SimulatedRig)


@pytest.mark.parametrize("clause", CLAUSES, ids=str)
async def test_an_engine_that_follows_a_script_keeps_the_contract(clause: Clause) -> None:
    await clause.check(ScriptedRig)


@pytest.mark.parametrize("clause", CLAUSES, ids=str)
async def test_an_engine_whose_work_is_done_by_a_task_keeps_the_contract(clause: Clause) -> None:
    await clause.check(PostedRig.started)


@pytest.mark.parametrize("clause", CLAUSES, ids=str)
def test_the_contract_can_be_asked_from_code_that_is_not_async(clause: Clause) -> None:
    clause.check_now(ScriptedRig)


def test_every_clause_says_what_it_is_about() -> None:
    assert all(len(clause.text) > 40 for clause in CLAUSES)
    assert len(BY_NAME) == len(CLAUSES)


# -- engines that break it ---------------------------------------------------------------------------------------------


class Coroutines(ScriptedRig):
    """Its verbs are coroutines, of which the switch never hears."""

    class _Engine(ScriptedEngine):
        async def hang_up(self, channel: Channel, cause: HangupCause) -> None:  # type: ignore[override]
            super().hang_up(channel, cause)

    def make(self) -> ScriptedEngine:
        return self._Engine(self.office.pbx, rung=RUNG, talking=TALKING)


class Truthful(ScriptedRig):
    """Gives something that only looks like a promise."""

    class _Engine(ScriptedEngine):
        def connect(self, call: Call, limit: Duration) -> bool:
            return super().connect(call, limit) or None  # type: ignore[return-value]

    def make(self) -> ScriptedEngine:
        return self._Engine(self.office.pbx, rung=RUNG, talking=TALKING)


class Waits(ScriptedRig):
    """Lets the PBX's time go by until the telephone has answered."""

    class _Engine(ScriptedEngine):
        def dial(self, channel: Channel, timeout: Duration) -> bool:
            said = super().dial(channel, timeout)
            self._pbx.clock.run_until(self._pbx.clock.now + SECOND)
            return said

    def make(self) -> ScriptedEngine:
        return self._Engine(self.office.pbx, rung=RUNG, talking=TALKING)


class NeverGoes(ScriptedRig):
    """Does not say that a telephone was hung up."""

    def make(self) -> ScriptedEngine:
        return ScriptedEngine(self.office.pbx, rung=RUNG)


class AnyCause(ScriptedRig):
    """Knows only that it did not work."""

    def make(self) -> ScriptedEngine:
        failed = Deed((Word(Report.FAILED, cause=HangupCause.NORMAL_UNSPECIFIED),))
        return ScriptedEngine(self.office.pbx, rung={**RUNG, "busy": failed}, talking=TALKING)


class RingsOn(ScriptedRig):
    """Does not stop a telephone that has rung long enough."""

    class _Engine(ScriptedEngine):
        def hang_up(self, channel: Channel, cause: HangupCause) -> None:
            if cause is not HangupCause.NO_ANSWER:
                super().hang_up(channel, cause)

    def make(self) -> ScriptedEngine:
        return self._Engine(self.office.pbx, rung=RUNG, talking=TALKING)


class Promises(ScriptedRig):
    """Promises an end to every ringing."""

    def make(self) -> ScriptedEngine:
        rung = {**RUNG, "silent": Deed((RINGS,), promises=True)}
        return ScriptedEngine(self.office.pbx, rung=rung, talking=TALKING)


class PromisesTalk(ScriptedRig):
    """Promises an end to every talk."""

    class _Engine(ScriptedEngine):
        def connect(self, call: Call, limit: Duration) -> bool:
            super().connect(call, limit)
            return True

    def make(self) -> ScriptedEngine:
        return self._Engine(self.office.pbx, rung=RUNG, talking=TALKING)


class HangsUpWhatRings(ScriptedRig):
    """Finds no channel to hang up before it has been told that the telephone rings."""

    class _Engine(ScriptedEngine):
        def hang_up(self, channel: Channel, cause: HangupCause) -> None:
            if channel.ringing_at or channel.answered_at:
                super().hang_up(channel, cause)

    def make(self) -> ScriptedEngine:
        return self._Engine(self.office.pbx, rung=RUNG, talking=TALKING)


class GivesUp(ScriptedRig):
    """Takes a report that was not wanted for a reason to end the call."""

    def make(self) -> ScriptedEngine:
        self.office.pbx.events.subscribe(ReportIgnored, self._on_ignored)
        return super().make()

    def _on_ignored(self, event: ReportIgnored) -> None:
        self.office.pbx.calls.hang_up(event.channel.call)


class FromNowhere(ScriptedRig):
    """Takes its own telephones for people outside."""

    def dial(self, user: str, number: str) -> None:
        order = self.office.incoming_order(self.line(user).extension.internal, number)
        order = msgspec.structs.replace(order, context="main")
        self.office.pbx.calls.receive(order, handle=object())


class LateHandle(ScriptedRig):
    """Puts its handle on the leg when it has been given one."""

    def dial(self, user: str, number: str) -> None:
        call = self.office.dials(user, number)
        assert call is not None
        call.legs[0].engine_data = object()


class Deaf(ScriptedRig):
    """Does not hear what is pressed."""

    def press(self, user: str, digit: str) -> None:
        pass


class DropsWhomItAnswers(ScriptedRig):
    """Loses a caller as soon as it is to be answered."""

    def make(self) -> ScriptedEngine:
        gone = at_once(Report.HUNG_UP)
        return ScriptedEngine(self.office.pbx, answer=[gone], rung=RUNG, talking=TALKING)


class WritesItself(ScriptedRig):
    """Writes down itself where telephones are."""

    def unregister(self, user: str) -> None:
        self.line(user).registration = Registration()


class HangsUpTheParted(ScriptedRig):
    """Loses those whom it parts."""

    def make(self) -> ScriptedEngine:
        return ScriptedEngine(self.office.pbx, part=[at_once(Report.HUNG_UP)], rung=RUNG, talking=TALKING)


class OneAtATime(ScriptedRig):
    """Knows only the leg that it dialled last."""

    class _Engine(ScriptedEngine):
        def _report(self, leg: Channel, report: Report, cause: HangupCause) -> None:
            if leg is self.dialled[-1]:
                super()._report(leg, report, cause)

    def make(self) -> ScriptedEngine:
        unpromised = {user: Deed(deed.words) for user, deed in RUNG.items()}
        return self._Engine(self.office.pbx, rung=unpromised, talking=TALKING)


BROKEN: list[tuple[str, type[ScriptedRig], str]] = [
    ("verbs return at once", Coroutines, "hang_up gave a coroutine: it must give None"),
    ("verbs return at once", Truthful, "connect gave a NoneType: it must give True or False"),
    ("verbs return at once", Waits, "dial let time pass"),
    ("answers and hang-ups are reported", NeverGoes, "a call is TALKING, and should be over"),
    ("a busy telephone has failed", AnyCause, "FAILED.*should be.*BUSY"),
    ("silence is ended by the switch", RingsOn, "a telephone rings or talks"),
    ("promises are kept", Promises, "promised ANSWERED or FAILED, and reported neither in time"),
    ("promises are kept", PromisesTalk, "promised an end that was not reported in time"),
    ("what is hung up is over", HangsUpWhatRings, "a telephone rings or talks"),
    ("late reports are borne", GivesUp, "changed a leg that rules it out"),
    ("a telephone that dials is received", FromNowhere, "not on its telephone's line"),
    ("a caller has its handle before receive returns", LateHandle, "whose caller has no handle"),
    ("callers are answered and their digits taken", Deaf, "a digit was pressed, and the switch does not know"),
    ("callers are answered and their digits taken", DropsWhomItAnswers, "seconds in a menu: 0, and should be 3"),
    ("registrations go through the directory", WritesItself, "LineUnregistered is told once"),
    ("those who are parted stay", HangsUpTheParted, "whoever stays was not let stay"),
    ("calls do not know each other", OneAtATime, "beside other calls: .*NO_ANSWER.*should be.*BUSY"),
]


@pytest.mark.parametrize(("clause", "broken", "why"), BROKEN, ids=[broken.__name__ for _, broken, _ in BROKEN])
async def test_an_engine_that_breaks_a_clause_is_found_out_by_it(
    clause: str, broken: type[ScriptedRig], why: str
) -> None:
    with pytest.raises(AssertionError, match=why):
        await BY_NAME[clause].check(broken)


async def test_an_engine_that_works_while_the_switch_waits_is_found_out() -> None:
    seconds = iter(range(1_000))
    with pytest.raises(AssertionError, match=r"took 1\.0 s: it must return at once"):
        await BY_NAME["verbs return at once"].check(ScriptedRig, lambda: float(next(seconds)))


def test_there_is_an_engine_that_breaks_each_clause() -> None:
    assert {clause for clause, _, _ in BROKEN} == set(BY_NAME)


async def test_a_rig_is_put_away_even_if_its_engine_is_found_out() -> None:
    closed = []

    class Closing(AnyCause):
        def close(self) -> None:
            closed.append(True)

    with pytest.raises(AssertionError, match="FAILED"):
        await BY_NAME["a busy telephone has failed"].check(Closing)
    assert closed == [True]
