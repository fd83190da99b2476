"""An engine at the port with an eye on it: how long each verb takes, what it gives back, whether promises are kept."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final, NamedTuple, ParamSpec

from pbxsim.pbx.call import CallState

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cause import HangupCause
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.engine import CallEngine
    from pbxsim.pbx.pbx import Pbx

AT_ONCE: Final = 0.5
"""The most seconds that a verb may take: far more than any needs, far less than any wait."""

_P = ParamSpec("_P")


class _Promise(NamedTuple):
    """A leg to be settled, or where it is None a talk to be ended, before `due`; it was given at `since`."""

    call: Call
    leg: Channel | None
    since: Instant
    due: Instant

    @property
    def is_kept(self) -> bool:
        if self.leg is not None:
            return self.leg.answered_at != 0 or not self.leg.is_live
        return self.call.state is not CallState.TALKING or self.call.connected_at != self.since


class WatchedEngine:
    """Implements `CallEngine` by asking another one, and puts down in `faults` what the port does not allow.

    `asked` names each verb that was asked for, in order. Real seconds are read from `watch`.
    """

    def __init__(self, pbx: Pbx, engine: CallEngine, watch: Callable[[], float] = perf_counter) -> None:
        self.faults: list[str] = []
        self.asked: list[str] = []
        self._clock = pbx.clock
        self._engine = engine
        self._watch = watch
        self._promises: list[_Promise] = []

    def dial(self, channel: Channel, timeout: Duration) -> bool:
        """Ring that telephone."""
        self._look("dial", channel.call)
        due = self._clock.now + timeout
        said = self._timed("dial", self._engine.dial, channel, timeout)
        return self._promised("dial", said, _Promise(channel.call, channel, self._clock.now, due))

    def answer(self, channel: Channel) -> None:
        """Answer that caller."""
        self._look("answer", channel.call)
        self._nothing("answer", self._timed("answer", self._engine.answer, channel))

    def connect(self, call: Call, limit: Duration) -> bool:
        """Connect the parties."""
        self._look("connect", call)
        due = self._clock.now + limit
        said = self._timed("connect", self._engine.connect, call, limit)
        return self._promised("connect", said, _Promise(call, None, call.connected_at, due))

    def part(self, call: Call) -> None:
        """Part them."""
        self._look("part", call)
        self._nothing("part", self._timed("part", self._engine.part, call))

    def hang_up(self, channel: Channel, cause: HangupCause) -> None:
        """End the leg."""
        self._look("hang_up", channel.call)
        self._nothing("hang_up", self._timed("hang_up", self._engine.hang_up, channel, cause))

    def check(self) -> None:
        """Raise AssertionError for what was wrong so far, a promise that is not kept by now among it."""
        now = self._clock.now
        broken = [promise for promise in self._promises if now >= promise.due and not promise.is_kept]
        self.faults += [_broken(promise) for promise in broken]
        self._promises = [promise for promise in self._promises if now < promise.due]
        assert not self.faults, "; ".join(self.faults)

    def _look(self, verb: str, call: Call) -> None:
        """See that each caller of the call has its handle by now."""
        self.asked.append(verb)
        for leg in call.legs:
            if leg.is_calling and leg.engine_data is None:
                self.faults.append(f"{verb} of call {call.number}, whose caller has no handle: give it to `receive`")

    def _timed(self, verb: str, ask: Callable[_P, object], *arguments: _P.args, **named: _P.kwargs) -> object:
        began, now = self._watch(), self._clock.now
        said = ask(*arguments, **named)
        took = self._watch() - began
        if took > AT_ONCE:
            self.faults.append(f"{verb} took {took:.1f} s: it must return at once")
        if self._clock.now != now:
            self.faults.append(f"{verb} let time pass: the clock is the switch's")
        return said

    def _promised(self, verb: str, said: object, promise: _Promise) -> bool:
        if said is True:
            self._promises.append(promise)
        elif said is not False:
            self._unfit(verb, said, "True or False")
        return said is True

    def _nothing(self, verb: str, said: object) -> None:
        if said is not None:
            self._unfit(verb, said, "None")

    def _unfit(self, verb: str, said: object, wanted: str) -> None:
        self.faults.append(f"{verb} gave a {type(said).__name__}: it must give {wanted}")
        close = getattr(said, "close", None)  # a coroutine that nobody awaits would complain of that, too
        if close is not None:
            close()


def _broken(promise: _Promise) -> str:
    if promise.leg is None:
        return f"connect of call {promise.call.number} promised an end that was not reported in time"
    return f"dial of {promise.leg.name} promised ANSWERED or FAILED, and reported neither in time"
