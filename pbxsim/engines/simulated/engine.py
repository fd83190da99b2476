"""The simulated engine: draws a leg's fate when it is rung, and reports it when its time has come.

It wakes only where something is decided: one timer while a leg rings, one while a caller waits, one for the talk of
both sides together. Callers are simulated here, too: `call_in` is no part of the port, since a real PBX has real ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from pbxsim.clock.scheduler import timer_of
from pbxsim.engines.simulated.behaviour import DEFAULT_BEHAVIOUR, Behaviour, LegPlan, Rule, plan, spelt_plan
from pbxsim.engines.simulated.fingers import Fingers, Keypad
from pbxsim.engines.simulated.leg import SimulatedLeg
from pbxsim.native import copied_whole, mypyc_attr
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Channel, Report
from pbxsim.pbx.dice import stream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.call import Call, CallOrder
    from pbxsim.pbx.dtmf import Keystrokes
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.pbx import Pbx

# Members of an enum are looked up through their class at a cost.
_RINGING, _HUNG_UP = Report.RINGING, Report.HUNG_UP
_NORMAL: Final = HangupCause.NORMAL_CLEARING
_REMEMBERED: Final = 50_000  # numbers whose rule is known; forgotten together when there are more


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class SimulatedEngine:
    """Implements `CallEngine`. A telephone is known by its SIP user, or by the number dialled over a trunk.

    What a telephone of ours was told at run time decides, then the first of `rules` that fits, then the number grammar,
    then `default`.
    """

    def __init__(self, pbx: Pbx, rules: Sequence[Rule] = (), default: Behaviour = DEFAULT_BEHAVIOUR) -> None:
        self._clock = pbx.clock
        self._calls = pbx.calls
        self._on_leg = pbx.calls.on_leg
        self._keypad = Keypad(pbx.calls)
        self._seed = pbx.seed
        self._rules = [(rule.fits, _fate_by(rule)) for rule in rules]
        self._default = _fate_by(Rule(number="_!", turns=(default,)))
        self._known_lines: dict[str, LegPlan | Rule] = {}
        self._known_numbers: dict[str, LegPlan | Rule] = {}
        self._told: dict[str, Rule] = {}
        self._turns: dict[str, int] = {}
        # Made once: a bound method for each timer weighs as much as the rest of it.
        self._begins_ringing, self._settles, self._stops_talking = self._begin_ringing, self._settle, self._stop_talking

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """Copy it with all that it holds; the methods that it calls are those of the copies."""
        return copied_whole(self, memo)

    @classmethod
    def timed_actions(cls) -> tuple[Callable[[SimulatedEngine, Channel], None], ...]:
        """Give what it has the PBX's clock call."""
        return cls._begin_ringing, cls._settle, cls._give_up, cls._stop_talking

    def call_in(
        self,
        order: CallOrder,
        *,
        line: Line | None = None,
        fate: LegPlan | None = None,
        presses: Keystrokes = (),
    ) -> Call | None:
        """Have a simulated party call, as `CallControl.receive` takes it; it gives up when its patience is over.

        `fate` is the caller's where it is drawn already; else the rules decide. From when it is answered, it `presses`.
        """
        handle = fate if fate is not None and not presses else SimulatedLeg(fate, Fingers(presses) if presses else None)
        call = self._calls.receive(order, line=line, handle=handle)
        if call is None or call.first is None or call.state is not CallState.DIALING_SECOND:
            return call
        patience = self._plan(call.first).patience
        if patience is not None:
            due = self._clock.now + patience
            call.first.engine_timer = step = call.next_step()
            self._clock.call_at(due, call.number, step, self._give_up, call.first)
        return call

    def dial(self, channel: Channel, timeout: Duration) -> bool:
        """Ring a simulated telephone; promises an end unless the telephone will not react before the timeout."""
        line = channel.line
        if line is None:
            known = self._known_numbers.get(channel.number)
        elif line.do_not_disturb:
            self._on_leg(channel, Report.FAILED, HangupCause.USER_BUSY)
            return True
        else:
            known = self._known_lines.get(line.user)
        fate = known if type(known) is LegPlan else self.fate(channel)  # which begins so, but takes a call
        channel.engine_data = fate
        clock, call = self._clock, channel.call
        rings_after, settles_after = fate.rings_after, fate.settles_after
        settles = fate.report is not None and settles_after < timeout
        if rings_after:
            if rings_after < timeout:
                channel.engine_timer = step = call.next_step()
                clock.call_at(clock.now + rings_after, call.number, step, self._begins_ringing, channel)
                return settles
        elif fate.rings:
            self._on_leg(channel, _RINGING, _NORMAL)
        if settles:
            call.steps = channel.engine_timer = step = call.steps + 1  # as `next_step`, which takes another call
            clock.call_at(clock.now + settles_after, call.number, step, self._settles, channel)
        return settles

    def answer(self, channel: Channel) -> None:
        """Have the caller begin to press what it is to press."""
        if type(channel.engine_data) is LegPlan:
            return
        fingers = _fingers(channel)
        if fingers is not None:
            self._keypad.came_up(channel, fingers)

    def press(self, channel: Channel, strokes: Keystrokes) -> None:
        """Have the party at that leg, which is up, press digits from now on."""
        kept = channel.engine_data
        leg: SimulatedLeg = SimulatedLeg(kept) if kept is None or type(kept) is LegPlan else kept
        channel.engine_data = leg
        leg.fingers = leg.fingers or Fingers()
        self._keypad.press(channel, leg.fingers, strokes)

    def connect(self, call: Call, limit: Duration) -> bool:
        """Let both sides talk; the one that talks shorter hangs up, the first party if both are equal."""
        clock, first, talk, ends = self._clock, call.first, limit, None
        for party in (first, call.second):
            if party is None:
                continue
            if party.engine_timer:  # whoever called is out of patience no more
                clock.cancel(timer_of(call.number, party.engine_timer))
                party.engine_timer = 0
            kept = party.engine_data
            own = (kept if type(kept) is LegPlan else self._plan(party)).talk  # which begins so, but takes a call
            if own is not None and own < talk:
                talk, ends = own, party
        if first is not None and type(first.engine_data) is not LegPlan:
            self.answer(first)
        if ends is None:
            return False
        call.steps = ends.engine_timer = step = call.steps + 1
        clock.call_at(clock.now + talk, call.number, step, self._stops_talking, ends)
        return True

    def part(self, call: Call) -> None:
        """Forget how long they were going to talk; who is connected anew begins to talk anew."""
        for leg in call.live_legs():
            self._calm(leg)

    def hang_up(self, channel: Channel, cause: HangupCause) -> None:
        """Forget what the telephone was going to do; mostly it is on nobody's mind any more."""
        if channel.engine_timer or type(channel.engine_data) is not LegPlan:
            self.forget(channel)

    def behave(self, line: Line, behaviour: Behaviour | None) -> None:
        """Have a telephone of ours meet its calls so from now on, before all rules; None: by these again."""
        self._known_lines.pop(line.user, None)
        if behaviour is None:
            self._told.pop(line.user, None)
        else:
            self._told[line.user] = Rule(number=line.user, turns=(behaviour,))

    def add_rule(self, rule: Rule) -> None:
        """Have telephones do as this rule says, too, if no earlier one fits."""
        self._rules.append((rule.fits, _fate_by(rule)))
        self._known_lines.clear()
        self._known_numbers.clear()

    def forget(self, channel: Channel) -> None:
        """Cancel all that the telephone was going to do."""
        self._calm(channel)
        fingers = _fingers(channel)
        if fingers is not None:
            self._keypad.forget(fingers)

    def timers(self, channel: Channel) -> int:
        """Count what is set on the clock for that telephone: what it is going to do next, and to press."""
        fingers = _fingers(channel)
        return (channel.engine_timer != 0) + (fingers is not None and fingers.timer != 0)

    def _calm(self, channel: Channel) -> None:
        """Cancel what it was going to do next, but for the digits that it presses."""
        if channel.engine_timer:
            self._clock.cancel(timer_of(channel.call.number, channel.engine_timer))
            channel.engine_timer = 0

    def _begin_ringing(self, channel: Channel) -> None:
        fate = self._plan(channel)
        channel.engine_timer = 0
        if fate.rings:
            self._on_leg(channel, _RINGING)
        if fate.report is not None:
            due = self._clock.now + fate.settles_after - fate.rings_after
            call = channel.call
            channel.engine_timer = step = call.next_step()
            self._clock.call_at(due, call.number, step, self._settles, channel)

    def _settle(self, channel: Channel) -> None:
        channel.engine_timer = 0
        fate: LegPlan = channel.engine_data  # as `dial` left it
        assert fate.report is not None  # `dial` saw to it
        self._on_leg(channel, fate.report, fate.cause)

    def _give_up(self, caller: Channel) -> None:
        caller.engine_timer = 0
        self.forget(caller)
        self._on_leg(caller, _HUNG_UP, _NORMAL)

    def _stop_talking(self, channel: Channel) -> None:
        channel.engine_timer = 0
        fate = channel.engine_data
        if type(fate) is not LegPlan:  # it is kept with what it presses
            fate = self._plan(channel)
            self.forget(channel)
        self._on_leg(channel, _HUNG_UP, fate.end_cause)

    def _plan(self, channel: Channel) -> LegPlan:
        """Give the leg's fate; a caller's is drawn now, for it was not dialled, but it too stops talking some time."""
        kept = channel.engine_data
        if type(kept) is LegPlan:
            return kept
        leg: SimulatedLeg | None = kept
        if leg is not None and leg.plan is not None:
            return leg.plan
        drawn = self.fate(channel)
        if leg is None or leg.fingers is None:
            channel.engine_data = drawn
        else:
            leg.plan = drawn
        return drawn

    def fate(self, channel: Channel) -> LegPlan:
        """Draw what becomes of a leg, by the rules, for the telephone or number at its far end."""
        line = channel.line
        known, name = (self._known_numbers, channel.number) if line is None else (self._known_lines, line.user)
        found = known.get(name)
        if found is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            told = None if line is None else self._told.get(line.user)
            found = known[name] = self._by_rules(channel) if told is None else _fate_by(told)
        if type(found) is LegPlan:  # not isinstance: for a class of msgspec's that takes ten times as long
            return found
        own = _stream_name(channel)
        count = self._turns[own] = self._turns.get(own, -1) + 1
        return plan(found.turn(count), stream(self._seed, own, count))

    def _by_rules(self, channel: Channel) -> LegPlan | Rule:
        line = channel.line
        names = (channel.number,) if line is None else (line.user, line.extension.internal, *line.extension.public)
        for fits, fate in self._rules:
            for name in names:
                if fits(name):
                    return fate
        for name in names:
            said = spelt_plan(name)
            if said is not None:
                return said
        return self._default


def _fingers(channel: Channel) -> Fingers | None:
    kept = channel.engine_data
    leg: SimulatedLeg | None = None if type(kept) is LegPlan else kept
    return None if leg is None else leg.fingers


def _fate_by(rule: Rule) -> LegPlan | Rule:
    """Give the fate that every leg has by a rule, or the rule by which each draws its own."""
    return plan(rule.turns[0]) if rule.is_fixed else rule


def _stream_name(channel: Channel) -> str:
    """Keep apart our telephones and numbers outside, and the calls that each takes and places."""
    name = channel.number if channel.line is None else f"SIP/{channel.line.user}"
    return f"{name} calling" if channel.is_calling else name
