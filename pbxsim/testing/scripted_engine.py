"""An engine at the port that follows a script: speaks at once, late, twice, out of order, never; breaks promises.

It has no telephones. What a real engine might do wrong, it does on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.pbx import Pbx


@dataclass(frozen=True)
class Word:
    """One report: about the leg at that place among all legs ever seen (from the end, as an index), so much later.

    `after` None is at once, from inside the verb; 0 is this very instant, but from outside.
    """

    report: Report
    leg: int = -1
    cause: HangupCause = HangupCause.NORMAL_CLEARING
    after: Duration | None = None


@dataclass(frozen=True)
class Deed:
    """What the engine does when it is asked for something once."""

    words: tuple[Word, ...] = ()
    promises: bool = False


SILENCE = Deed()
NOBODY: Final[Mapping[str, Deed]] = {}
_OWNER = 1 << 30  # whose timers these are: of nobody inside the PBX


class ScriptedEngine:
    """Implements `CallEngine`. Each verb takes the next deed of its own script; when that is over, there is silence.

    But a telephone of `rung` (by SIP user or trunk) then does its deed whenever it is rung, and one of `talking`
    whenever it is connected. What it was asked for and what it said is kept, in order; `live_when_told` are legs that
    the switch had it hang up without counting them as ended, which may not be.
    """

    def __init__(
        self,
        pbx: Pbx,
        *,
        dial: Iterable[Deed] = (),
        answer: Iterable[Deed] = (),
        connect: Iterable[Deed] = (),
        hang_up: Iterable[Deed] = (),
        part: Iterable[Deed] = (),
        rung: Mapping[str, Deed] = NOBODY,
        talking: Mapping[str, Deed] = NOBODY,
    ) -> None:
        self._pbx = pbx
        self._dial = iter(dial)
        self._answer = iter(answer)
        self._connect = iter(connect)
        self._hang_up = iter(hang_up)
        self._part = iter(part)
        self._rung = rung
        self._talking = talking
        self._step = 0
        self.legs: list[Channel] = []
        self.dialled: list[Channel] = []
        self.answered: list[Channel] = []
        self.connected: list[Call] = []
        self.hung_up: list[tuple[Channel, HangupCause]] = []
        self.parted: list[Call] = []
        self.reported: list[tuple[Channel, Report]] = []
        self.live_when_told: list[Channel] = []

    def dial(self, channel: Channel, timeout: Duration) -> bool:
        """Ring, or not."""
        self.dialled.append(channel)
        self._meet(channel.call)
        return self._do(next(self._dial, self._rung.get(channel.peer, SILENCE)), channel)

    def answer(self, channel: Channel) -> None:
        """Answer, or say something else."""
        self.answered.append(channel)
        self._meet(channel.call)
        self._do(next(self._answer, SILENCE), channel)

    def connect(self, call: Call, limit: Duration) -> bool:
        """Connect, or not."""
        self.connected.append(call)
        self._meet(call)
        assert call.first is not None
        ends = next((leg for leg in (call.first, call.second) if leg and leg.peer in self._talking), call.first)
        return self._do(next(self._connect, self._talking.get(ends.peer, SILENCE)), ends)

    def part(self, call: Call) -> None:
        """Part them, or say something else."""
        self.parted.append(call)
        assert call.first is not None
        self._do(next(self._part, SILENCE), call.first)

    def hang_up(self, channel: Channel, cause: HangupCause) -> None:
        """Hang up, or say something else."""
        self.hung_up.append((channel, cause))
        if channel.is_live:
            self.live_when_told.append(channel)
        self._do(next(self._hang_up, SILENCE), channel)

    def say(self, leg: int, report: Report, cause: HangupCause = HangupCause.NORMAL_CLEARING) -> None:
        """Report something about the leg at that place."""
        self._report(self.legs[leg % len(self.legs)], report, cause)

    def _report(self, leg: Channel, report: Report, cause: HangupCause) -> None:
        self.reported.append((leg, report))
        self._pbx.calls.on_leg(leg, report, cause)

    def _meet(self, call: Call) -> None:
        self.legs += [leg for leg in call.legs if leg not in self.legs]

    def _do(self, deed: Deed, asked: Channel) -> bool:
        for word in deed.words:
            if word.after is None:
                self._say_word((word, asked))
            else:
                self._step += 1
                due = self._pbx.clock.now + word.after
                self._pbx.clock.call_at(due, _OWNER, self._step, self._say_word, (word, asked))
        return deed.promises

    def _say_word(self, what: tuple[Word, Channel]) -> None:
        word, asked = what
        leg = asked if word.leg == -1 else self.legs[word.leg % len(self.legs)]
        self._report(leg, word.report, word.cause)


def at_once(*words: tuple[Report, int] | Report) -> Deed:
    """Say these at once: about the leg asked for, or about the one at that place."""
    return Deed(tuple(Word(word) if isinstance(word, Report) else Word(word[0], word[1]) for word in words))
