"""The switch under random use: calls, callers, spies, hands, agents, time; after each step everything fits together.

Hypothesis chooses what happens; the referee says what must hold. In an ordinary run 100,000 steps are done, in shards
with a fixed seed each, so that a failure can be had again; the slow variant chooses its seeds anew.
"""

from __future__ import annotations

import os
from contextlib import suppress
from secrets import SystemRandom
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from pbxsim.clock.instant import SECOND
from pbxsim.pbx import digits, transfer
from pbxsim.pbx.account import ChargeBasis
from pbxsim.pbx.call import CallKind
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.cdr import RecordRules, RecordStyle
from pbxsim.pbx.dialplan import ToTrunk
from pbxsim.pbx.dtmf import keystrokes
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.extension import Diversion
from pbxsim.pbx.hours import Period
from pbxsim.testing.referee import Referee
from tests.pbx.components import PatientQuestioner
from tests.pbx.town import (
    ACCOUNT,
    AGENTS,
    EVERYONE,
    FEATURES,
    IMPATIENT,
    QUEUES,
    TELEPHONES,
    TRUNKS,
    WAITED_FOR,
    small_town,
)

if TYPE_CHECKING:
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.queue import Queue

SHARDS = 4
STEPS = 25_000  # in each shard
RUNS = 100  # in one go; a run may stop short of its steps, so that goes are added until there were enough steps
STEPS_PER_RUN = 100

_numbers = st.sampled_from(EVERYONE)
_timeouts = st.sampled_from([0, SECOND, 20 * SECOND, 30 * SECOND])
_limits = st.sampled_from([0, SECOND, 40 * SECOND, 900 * SECOND])
_any = st.integers(0, 999)
_keys = st.text("0123456789*#wW", min_size=1, max_size=4)
_said = st.sampled_from([(200, ""), (200, ""), (200, "leave "), (500, "")])
_SETTINGS = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS_PER_RUN,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
_BASES = tuple(ChargeBasis)
_VERBS = ("answer", "reject", "hang_up", "hold", "unhold", "swap", "complete", "cancel", "register", "unregister")
_TO = ("dial", "transfer", "transfer", "consult")
_WISHES = (None, Diversion(always="66"), Diversion(busy="101", no_answer="14", after=2 * SECOND), Diversion(busy="9"))


_STYLES = (RecordRules(), RecordRules(style=RecordStyle.CALL), RecordRules(after_dial=True))


class SwitchMachine(RuleBasedStateMachine):
    """A small town's PBX and everything that people do with it."""

    looks = 0
    runs = 0
    records = RecordRules()

    def __init__(self) -> None:
        super().__init__()
        self.office = small_town()
        self.pbx = self.office.pbx
        self.pbx.calls.records = self.records
        self.referee = Referee(self.pbx, self.office.engine)
        self.working: dict[str, tuple[str | None, bool]] = dict.fromkeys(AGENTS, (None, False))
        self.members: dict[tuple[str, str], int] = {}
        self.paused_here: set[tuple[str, str]] = set()
        self._open_for_business()
        self.questions = self.pbx.decisions.questioner = PatientQuestioner()
        type(self).runs += 1

    def _open_for_business(self) -> None:
        """Have agents at work in the queues, so that callers find somebody even before the first `work`."""
        for number, on, penalty in zip(AGENTS, ("solo", "single"), (0, 1), strict=True):
            self.work(number, on, -2)
            for queue in self.pbx.queues:
                self.pbx.queues.add(queue, self.pbx.agents.authorized(number, "1"), penalty)
                self.members[queue.name, number] = penalty

    def _call(self, index: int) -> Call | None:
        live = list(self.pbx.calls.live.values())
        return live[index % len(live)] if live else None

    # -- calls ----------------------------------------------------------------------------------------------------

    @rule(first=_numbers, second=_numbers, timeouts=st.tuples(_timeouts, _timeouts), limit=_limits, paid=_any)
    def originate(self, first: str, second: str, timeouts: tuple[int, int], limit: int, paid: int) -> None:
        """Connect two parties, or send one into a context, at somebody's cost or at nobody's."""
        ring, then = timeouts
        self.office.call(
            first,
            second,
            context="town",
            kind=CallKind.DIAL if paid % 3 == 0 else CallKind.CONNECT,
            first_timeout=ring,
            second_timeout=then,
            talk_limit=limit,
            failure_context="sorry" if paid % 2 else "",
            account=self.pbx.accounts[ACCOUNT] if paid % 5 else None,
            charge_basis=_BASES[paid % 2],
        )

    @rule(caller=_numbers, second=_numbers, trunk=st.sampled_from(TRUNKS), timeout=_timeouts)
    def call_in(self, caller: str, second: str, trunk: str, timeout: int) -> None:
        """Have somebody outside call in."""
        self.office.incoming(caller, second, trunk=trunk, context="town", second_timeout=timeout)

    @rule(caller=st.sampled_from(IMPATIENT), to=st.sampled_from(WAITED_FOR), trunk=st.sampled_from(TRUNKS))
    def wait_for_somebody(self, caller: str, to: str, trunk: str) -> None:
        """Have somebody of little patience call a queue or a group."""
        by = ToTrunk(caller, (self.pbx.directory.trunks[trunk],))
        order = self.office.order(caller, to, first_to=by, kind=CallKind.INCOMING, context="town")
        self.office.handset.call_in(order)

    @rule(user=st.sampled_from(TELEPHONES), second=_numbers, limit=_limits)
    def dial(self, user: str, second: str, limit: int) -> None:
        """Have one of our own telephones dial."""
        self.office.dials(user, second, context="town", talk_limit=limit)

    @rule(by=_numbers, user=st.sampled_from(TELEPHONES), heard=_any)
    def spy(self, by: str, user: str, heard: int) -> None:
        """Listen to a channel, or to whatever a line does when the spy answers."""
        call = self._call(heard)
        if call is None or heard % 2:
            self.office.call(by, "", kind=CallKind.SPY, context="town", spied_line=self.office.phones[user].line)
        else:
            self.office.call(by, "", kind=CallKind.SPY, context="town", spied_channel=call.live_legs()[-1])

    @rule(user=st.sampled_from(TELEPHONES), code=st.sampled_from(FEATURES))
    def dial_feature(self, user: str, code: str) -> None:
        """Have a telephone park itself, take a parked call, pick up what rings, or call a mailbox or opening hours."""
        self.office.dials(user, code, context="town")

    @rule(caller=st.sampled_from(IMPATIENT), to=st.sampled_from(("77", "78", "101", "104")))
    def leave_message(self, caller: str, to: str) -> None:
        """Have somebody outside call where a message may be left."""
        order = self.office.order(
            caller,
            to,
            first_to=ToTrunk(caller, (self.pbx.directory.trunks["wide"],)),
            kind=CallKind.INCOMING,
            context="town",
        )
        self.office.handset.call_in(order)

    @precondition(lambda self: self._talking())
    @rule(index=_any)
    def park(self, index: int) -> None:
        """Have one of those who talk park the other one, unless the lot is full."""
        legs = self._talking()
        leg, (lot,) = legs[index % len(legs)], self.pbx.parking
        had_room, call = lot.has_room, leg.call
        assert transfer.blind(self.pbx.calls, leg, "790") is had_room
        assert (lot.of(call) is not None) is (had_room and not call.is_over)

    @precondition(lambda self: any(self.pbx.voicemail.messages()))
    @rule(index=_any)
    def clear_out(self, index: int) -> None:
        """Have a message heard, or new again, or thrown away."""
        messages = list(self.pbx.voicemail.messages())
        message = messages[index % len(messages)]
        if index % 3:
            self.pbx.voicemail.mark(message.id, is_heard=index % 2 == 0)
        else:
            self.pbx.voicemail.delete(message.id)

    @rule(period=st.sampled_from((None, *Period)))
    def switch_hours(self, period: Period | None) -> None:
        """Have the market open, close or keep a holiday."""
        self.pbx.hours.switch(self.pbx.events, "market", period)

    @precondition(lambda self: self.pbx.calls.live)
    @rule(index=_any, cause=st.sampled_from([HangupCause.NORMAL_CLEARING, HangupCause.SWITCH_CONGESTION]))
    def hang_up_call(self, index: int, cause: HangupCause) -> None:
        """Hang up a whole call."""
        call = self._call(index)
        assert call is not None
        self.pbx.calls.hang_up(call, cause)
        assert call.is_over

    @precondition(lambda self: self.pbx.calls.live)
    @rule(index=_any)
    def hang_up_channel(self, index: int) -> None:
        """Hang up one channel."""
        channels = list(self.pbx.calls.channels())
        channel = channels[index % len(channels)]
        self.pbx.calls.hang_up_channel(channel)
        assert not channel.is_live

    @rule(caller=_numbers, timeout=_timeouts, to=_numbers, said=_said)
    def ask(self, caller: str, timeout: int, to: str, said: tuple[int, str]) -> None:
        """Have somebody outside call where a server decides, and the server be quick."""
        self.office.incoming(caller, "74", trunk=TRUNKS[0], context="town", second_timeout=timeout)
        if self.questions.out:
            self.decide(-1, to, said)

    @precondition(lambda self: self.questions.out)
    @rule(index=_any, to=_numbers, said=_said)
    def decide(self, index: int, to: str, said: tuple[int, str]) -> None:
        """Have a server say where a call goes on, or say nothing that helps; then say it again, too late."""
        decision = self.questions.out.pop(index % len(self.questions.out))
        (status, how), call = said, decision.call
        assert self.pbx.decisions.hear(decision, status, f"{how}{to}".encode())
        told = len(self.office.heard)
        assert not self.pbx.decisions.hear(decision, 200, b"100")
        assert (len(self.office.heard), call.hunt is None or not call.is_over) == (told, True)

    # -- digits ---------------------------------------------------------------------------------------------------

    def _pressing(self) -> list[Channel]:
        """Give those in a menu, or where there are none, all whose channel is up."""
        up = [leg for leg in self.pbx.calls.channels() if leg.is_up]
        return [leg for leg in up if leg.digit_taker is not None] or up

    @precondition(lambda self: self._pressing())
    @rule(index=_any, keys=_keys)
    def press(self, index: int, keys: str) -> None:
        """Have somebody press digits, some of them later; whoever does so is up, or nothing happens."""
        legs = self._pressing()
        leg = legs[index % len(legs)]
        if leg.line is not None and index % 2:
            with suppress(NothingToDo):
                self.office.handset.press(leg.line, keys)
            return
        self.office.engine.press(leg, keystrokes(keys))
        self.office.advance(0)
        was_up = leg.is_up
        assert digits.press(self.pbx.calls, leg, "1") is was_up

    @rule(caller=st.sampled_from(IMPATIENT), to=st.sampled_from(["75", "76"]), keys=_keys)
    def choose(self, caller: str, to: str, keys: str) -> None:
        """Have somebody outside call a menu, who knows what to press."""
        by = ToTrunk(caller, (self.pbx.directory.trunks[TRUNKS[0]],))
        order = self.office.order(caller, to, first_to=by, kind=CallKind.INCOMING, context="town")
        self.office.handset.call_in(order, presses=keystrokes(keys, SECOND))

    # -- telephones -----------------------------------------------------------------------------------------------

    @rule(index=_any, verb=st.sampled_from(_VERBS))
    def touch(self, index: int, verb: str) -> None:
        """Put a hand on a telephone, mostly one with a call; when there is nothing to do, nothing happens."""
        line, told = self._line(index), len(self.office.heard)
        try:
            getattr(self.office.handset, verb)(line)
        except NothingToDo:
            assert len(self.office.heard) == told

    @rule(index=_any, verb=st.sampled_from(_TO), to=_numbers)
    def send(self, index: int, verb: str, to: str) -> None:
        """Have a hand dial, transfer or consult, mostly at a telephone with a call."""
        line, told = self._line(index), len(self.office.heard)
        try:
            getattr(self.office.handset, verb)(line, to)
        except NothingToDo:
            assert len(self.office.heard) == told

    def _talking(self) -> list[Channel]:
        return [leg for leg in self.pbx.calls.channels() if transfer.partner(leg) is not None]

    @precondition(lambda self: self._talking())
    @rule(index=_any, to=_numbers)
    def hand_on(self, index: int, to: str) -> None:
        """Have one of those who talk hand the other one on, or call somebody first where it is a telephone of ours."""
        legs = self._talking()
        leg = legs[index % len(legs)]
        if leg.line is None or index % 3:
            stays = transfer.partner(leg)
            if not transfer.blind(self.pbx.calls, leg, to):
                assert transfer.partner(leg) is stays  # nothing has that number: the two talk on
                return
            assert not leg.is_live
            assert stays is not None
            assert stays.call.first in (stays, None) or stays.call.is_over
        else:
            with suppress(NothingToDo):
                self.office.handset.consult(leg.line, to)

    @precondition(lambda self: len(self._talking()) > 2)
    @rule(index=_any, by=_any)
    def join(self, index: int, by: int) -> None:
        """Have somebody who talks in two calls leave both, and their partners talk with each other."""
        legs = self._talking()
        held, asking = legs[index % len(legs)], legs[by % len(legs)]
        is_one_call, count = held.call is asking.call, self._calls_but_spies()
        assert transfer.attended(self.pbx.calls, held, asking) is not is_one_call
        assert self._calls_but_spies() == count - (not is_one_call)

    def _calls_but_spies(self) -> int:
        return sum(call.order.kind is not CallKind.SPY for call in self.pbx.calls.live.values())

    @rule(index=_any, wishes=st.sampled_from(_WISHES), quiet=st.booleans())
    def set_buttons(self, index: int, wishes: Diversion | None, quiet: bool) -> None:
        """Have a telephone divert its calls, or refuse them, or neither."""
        line = self._line(index)
        with suppress(NothingToDo):
            self.office.handset.divert(line, wishes)
        with suppress(NothingToDo):
            self.office.handset.do_not_disturb(line, on=quiet and index % 3 == 0)

    def _line(self, index: int) -> Line:
        lines = [self.office.phones[user].line for user in TELEPHONES]
        busy = [line for line in lines if line.channels] if index % 4 else lines
        return (busy or lines)[index % len(busy or lines)]

    # -- agents and queues ----------------------------------------------------------------------------------------

    @rule(number=st.sampled_from(AGENTS), on=st.sampled_from(TELEPHONES), what=st.integers(-7, 9))
    def work(self, number: str, on: str, what: int) -> None:
        """Have an agent come, go, pause, come back or leave a queue; nought and more are penalties in a queue.

        Below -5 the agent pauses in one queue alone, or comes back there.
        """
        agent = self.pbx.agents.authorized(number, "1")
        queue = self.pbx.queues.named(QUEUES[what % 2])
        line, pauses = self.working[number]
        if what >= 0:
            self.pbx.queues.add(queue, agent, what)
            self.members[queue.name, number] = what
        elif what == -1:
            self.pbx.queues.remove(queue, agent)
            self.members.pop((queue.name, number), None)
            self.paused_here.discard((queue.name, number))
        elif what < -5:
            self._pause_here(queue, agent)
        elif what == -2:
            self.pbx.agents.log_in(agent, self.office.phones[on].line)
            line = on
        elif what == -3:
            self.pbx.agents.log_out(agent)
            line, pauses = None, False
        else:
            (self.pbx.agents.pause if what == -4 else self.pbx.agents.unpause)(agent)
            pauses = what == -4
        self.working[number] = line, pauses

    def _pause_here(self, queue: Queue, agent: Agent) -> None:
        key = queue.name, agent.number
        (self.pbx.queues.unpause if key in self.paused_here else self.pbx.queues.pause)(queue, agent)
        if key in self.members:
            self.paused_here ^= {key}

    # -- time -----------------------------------------------------------------------------------------------------

    @rule(span=st.sampled_from([0, 0, 1, 1, 2, 5, 19, 30, 61, 601]))
    def wait(self, span: int) -> None:
        """Let time go by."""
        self.office.advance(span)

    @precondition(lambda self: self.office.clock.next_due() is not None)
    @rule()
    def next(self) -> None:
        """Go to the next thing that happens."""
        due = self.office.clock.next_due()
        assert due is not None
        self.office.clock.run_until(due)

    # -- what must hold -------------------------------------------------------------------------------------------

    @invariant()
    def everything_fits_together(self) -> None:
        """See with the referee's eyes, and compare agents and queues with what was done to them."""
        type(self).looks += 1
        self.referee.check()
        assert self.questions.out == self.pbx.decisions.pending()
        for agent in self.pbx.agents:
            assert (agent.line.user if agent.line else None, agent.is_paused) == self.working[agent.number]
        assert self.members == {
            (queue.name, member.agent.number): member.penalty for queue in self.pbx.queues for member in queue.members
        }
        pausing = [
            (queue.name, one.agent.number) for queue in self.pbx.queues for one in queue.members if one.paused_here
        ]
        assert self.paused_here == set(pausing)

    def teardown(self) -> None:
        """See that without any more orders everything ends by itself, and leaves nothing behind."""
        self.office.finish()
        self.referee.check()
        assert not self.pbx.calls.live
        assert list(self.pbx.calls.channels()) == []


def _steps_done(name: str, first_seed: int, next_seed: int, steps: int) -> int:
    """Let machines run, each with its seed, until there were so many steps; count them: the invariant looks after each
    step, and once before a run's first."""
    done = go = 0
    while done < steps:
        machine: type[SwitchMachine] = type(
            f"{name}{go}", (SwitchMachine,), {"looks": 0, "runs": 0, "records": _STYLES[(first_seed + go) % 3]}
        )
        seed(first_seed + go * next_seed)(machine)
        run_state_machine_as_test(machine, settings=_SETTINGS)
        done += machine.looks - machine.runs
        go += 1
    return done


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
def test_everything_fits_together_after_each_of_25_000_steps(shard: int) -> None:
    assert STEPS <= _steps_done(f"Shard{shard}Go", shard, SHARDS, STEPS) < 2 * STEPS


@pytest.mark.slow
@pytest.mark.skipif("PBXSIM_NEW_SEEDS" not in os.environ, reason="set PBXSIM_NEW_SEEDS=1: its seeds are drawn anew")
def test_everything_fits_together_under_seeds_never_tried_before() -> None:
    assert _steps_done("Anew", SystemRandom().getrandbits(64), 1, SHARDS * STEPS) >= SHARDS * STEPS
