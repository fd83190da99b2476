"""A call that waits for somebody outside to say where it goes on: what is asked, what may be answered, the ways out.

A dialplan leads to a component, and the component's server decides. The call stands still meanwhile: a caller hears it
ring. Who carries question and answer over the network is a Questioner, and no matter of the core; where there is none,
every question has failed at once. Whoever carries it keeps the clock still while it is out (ClockDriver.hold), so that
a question costs no time of the PBX's; one that does not is cut off by the PBX's own clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from pbxsim.clock.instant import SECOND
from pbxsim.pbx import dialing, diversion
from pbxsim.pbx.cause import HangupCause, weightier
from pbxsim.pbx.dialplan import Destination, ToHunt, ToPlayback
from pbxsim.pbx.entity import Entity
from pbxsim.pbx.events import DecisionAnswered, DecisionAsked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.hunt import HandedOn

PATIENCE: Final[Duration] = SECOND

NOBODY_ASKS: Final = "nobody here carries questions outside"
NO_ANSWER: Final = "no answer in time"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP request that asks. `timeout` is how many seconds of the world's time its answer may take, all in all.

    `username` and `password` are sent as HTTP Basic where there is a user name.
    """

    method: str
    url: str
    content_type: str = ""
    body: bytes = b""
    timeout: float = 1.0
    username: str = ""
    password: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Where a call goes on: `destination` is rung for at most `ring`; who is connected may talk for `talk_limit`, 0: as
    the call's order says. With `leaves` the component is done with the call; else it has a way out if nobody answers.

    `said` is what the server said, in its own words: what a replay would have to say again.
    """

    destination: Destination
    ring: Duration
    talk_limit: Duration = 0
    leaves: bool = False
    said: Mapping[str, str] = {}


class Unusable(Exception):
    """What came back is no answer; says why in words that depend on nothing but the answer."""


class PendingDecision(Entity, eq=False):
    """A call that waits for an answer; `number` is what was dialled, `src` who is asked about."""

    call: Call
    component: Component
    number: str
    asked_at: Instant

    @property
    def src(self) -> str:
        """Give the number of whoever waits: the caller, or after a transfer the one who stayed."""
        return self.call.order.src if self.call.before_transfer is None else self.call.shows.number


class Component(Protocol):
    """A place in a dialplan from which a server outside decides where calls go on."""

    @property
    def name(self) -> str:
        """Give the name by which a dialplan leads here."""
        ...

    def question(self, decision: PendingDecision) -> Question:
        """Put the question. The same call at the same instant is asked about in the same bytes."""
        ...

    def answer(self, decision: PendingDecision, status: int, body: bytes) -> Answer:
        """Read the reply to a question. Raises Unusable."""
        ...

    def way_out(self, cause: HangupCause) -> Destination | None:
        """Tell where a call goes on that could not be sent anywhere, or was not answered there; None: nowhere."""
        ...


class Questioner(Protocol):
    """Carries questions to those who are to answer, and brings `Decisions.hear` or `Decisions.fail` what came of it."""

    def ask(self, decision: PendingDecision) -> None:
        """Send the question out and return at once. May have it answered or failed already before it returns."""
        ...

    def drop(self, decision: PendingDecision) -> None:
        """Hear that nobody waits for the answer any more."""
        ...


class Decisions:
    """The calls of a PBX that wait for an answer, and the components that ask. A late answer changes nothing."""

    def __init__(self, control: CallControl) -> None:
        self.questioner: Questioner | None = None
        self._control = control
        self._pending: dict[int, PendingDecision] = {}

    def add(self, component: Component) -> None:
        """Have calls that a dialplan leads to `component NAME` ask. Raises ValueError where that name is taken."""
        name = f"component {component.name}"
        if name in self._control.hunts:
            raise ValueError(f"there is a {name} already")
        self._control.hunts = {**self._control.hunts, name: ComponentHunt(self, self._control, component)}

    def pending(self) -> list[PendingDecision]:
        """Give all calls that wait for an answer, in the order in which they were asked about."""
        return list(self._pending.values())

    def hear(self, decision: PendingDecision, status: int, body: bytes) -> bool:
        """Take the reply to a question: the call goes on as it says, or by the component's way out. Else as resolve."""
        try:
            answer = decision.component.answer(decision, status, body)
        except Unusable as unusable:
            return self.fail(decision, str(unusable))
        return self.resolve(decision, answer)

    def resolve(self, decision: PendingDecision, answer: Answer) -> bool:
        """Let the call go on as was answered; False, and nothing changes, if it does not wait for that any more."""
        if not self._settle(decision, answer.said, ""):
            return False
        call = decision.call
        if answer.talk_limit:
            asked = call.order.talk_limit
            limit = min(asked, answer.talk_limit) if asked else answer.talk_limit
            call.order = call.order.saying(talk_limit=limit)
        self._go_on(decision, answer)
        return True

    def fail(self, decision: PendingDecision, why: str) -> bool:
        """Let the call go on by the component's way out; False if it does not wait for that any more."""
        if not self._settle(decision, {}, why):
            return False
        self.leave(decision.component, decision.call, HangupCause.NORMAL_TEMPORARY_FAILURE)
        return True

    # -- for the hunt ---------------------------------------------------------------------------------------------

    def begin(self, decision: PendingDecision) -> None:
        """Have a call wait, and the question carried outside."""
        call, control = decision.call, self._control
        self._pending[call.number] = decision
        call.cause = None
        control.stop_timer(call)
        due = control.clock.now + PATIENCE
        call.timer = control.clock.call_at(due, call.number, call.next_step(), self._ran_out, decision)
        control.bus.emit(DecisionAsked(call, decision.component.name, decision.number))
        if self.questioner is None:
            self.fail(decision, NOBODY_ASKS)
        else:
            self.questioner.ask(decision)

    def give_up(self, call: Call) -> None:
        """Forget that a call waits: it is over."""
        decision = self._pending.pop(call.number, None)
        if decision is not None and self.questioner is not None:
            self.questioner.drop(decision)

    def leave(self, component: Component, call: Call, cause: HangupCause) -> None:
        """Send a call out of a component that has nobody for it; where no way leads out, it is over."""
        call.hunt = None
        destination = component.way_out(cause)
        if destination is None:
            self._control.party_failed(call, cause)
            return
        call.cause = None
        dialing.ring(self._control, call, destination, call.shows, call.order.second_timeout)

    # -- what happens then ----------------------------------------------------------------------------------------

    def _ran_out(self, decision: PendingDecision) -> None:
        decision.call.timer = 0
        if self.questioner is not None:
            self.questioner.drop(decision)
        self.fail(decision, NO_ANSWER)

    def _settle(self, decision: PendingDecision, said: Mapping[str, str], why: str) -> bool:
        call = decision.call
        if self._pending.get(call.number) is not decision:
            return False
        del self._pending[call.number]
        self._control.stop_timer(call)
        self._control.bus.emit(DecisionAnswered(call, decision.component.name, said, why))
        return True

    def _go_on(self, decision: PendingDecision, answer: Answer) -> None:
        control, call = self._control, decision.call
        destination = answer.destination
        if not answer.leaves:
            destination = diversion.final_destination(control, call, destination)
        if answer.leaves or isinstance(destination, ToPlayback | ToHunt):
            call.hunt = None
            dialing.ring(control, call, destination, call.shows, answer.ring)
            return
        refusal = dialing.ring_together(control, call, [destination], call.shows, answer.ring)
        if refusal is not None:
            self.leave(decision.component, call, refusal)


class ComponentHunt:
    """Implements `Hunt` for one component: asks, then looks after those who are rung until somebody answers."""

    has_room = True

    def __init__(self, decisions: Decisions, control: CallControl, component: Component) -> None:
        self._component = component
        self._decisions = decisions
        self._control = control

    def start(self, call: Call, number: str) -> None:
        """Ask where to go on; a call that has been sent round too often is not asked about again (cause 34)."""
        if call.diversions >= diversion.MOST:
            call.hunt = None
            self._control.party_failed(call, HangupCause.NORMAL_CIRCUIT_CONGESTION)
            return
        call.diversions += 1
        self._decisions.begin(PendingDecision(call, self._component, number, self._control.clock.now))

    def leg_failed(self, call: Call, channel: Channel) -> None:
        """Go on by the way out once all that rang have failed."""
        cause = channel.cause or HangupCause.NO_ANSWER
        call.cause = cause if call.cause is None else weightier(call.cause, cause)
        if not call.ringing_legs():
            self._decisions.leave(self._component, call, call.cause)

    def timed_out(self, call: Call) -> None:
        """Go on by the way out."""
        self._decisions.leave(self._component, call, HangupCause.NO_ANSWER)

    def answered(self, call: Call, channel: Channel) -> Duration:
        """The call has its second party; nothing is left to do."""
        del call, channel
        return 0

    def connecting(self, call: Call) -> None:
        """Nobody has to wait here."""

    def ended(self, call: Call, by: Channel | None, handed_on: HandedOn | None = None) -> None:
        """Forget the call; an answer that is still to come is void."""
        self._decisions.give_up(call)
