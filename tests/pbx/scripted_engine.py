"""An engine at the port that follows a script: speaks at once, late, twice, out of order, never; breaks promises.

It has no telephones. What a real engine might do wrong, it does on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.directory import Trunk
from pbxsim.pbx.events import CallEnded, CdrClosed, LegEnded
from pbxsim.testing.office import Office, extension, line
from pbxsim.testing.referee import Referee

if TYPE_CHECKING:
    from collections.abc import Iterable

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
_OWNER = 1 << 30  # whose timers these are: of nobody inside the PBX


class ScriptedEngine:
    """Implements `CallEngine`. Each verb takes the next deed of its own script; when that is over, there is silence."""

    def __init__(
        self,
        pbx: Pbx,
        *,
        dial: Iterable[Deed] = (),
        connect: Iterable[Deed] = (),
        hang_up: Iterable[Deed] = (),
        part: Iterable[Deed] = (),
    ) -> None:
        self._pbx = pbx
        self._dial = iter(dial)
        self._connect = iter(connect)
        self._hang_up = iter(hang_up)
        self._part = iter(part)
        self._step = 0
        self.legs: list[Channel] = []
        self.dialled: list[Channel] = []
        self.connected: list[Call] = []
        self.hung_up: list[tuple[Channel, HangupCause]] = []
        self.parted: list[Call] = []
        self.live_when_told: list[Channel] = []

    def dial(self, channel: Channel, timeout: Duration) -> bool:
        """Ring, or not."""
        self.dialled.append(channel)
        self._meet(channel.call)
        return self._do(next(self._dial, SILENCE), channel)

    def connect(self, call: Call, limit: Duration) -> bool:
        """Connect, or not."""
        self.connected.append(call)
        self._meet(call)
        assert call.first is not None
        return self._do(next(self._connect, SILENCE), call.first)

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
        self._pbx.calls.on_leg(self.legs[leg % len(self.legs)], report, cause)

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
        self._pbx.calls.on_leg(leg, word.report, word.cause)


LONGEST = 600 * SECOND


def small_office() -> Office:
    """Give a PBX with telephone 100, 101 on three telephones, and a trunk for four."""
    forked = extension("101", line("desk"), line("mobile"), line("home"), public=["299299101"])
    return Office(extension("100"), forked, trunks=[Trunk(id=1, name="upc", capacity=4)], longest_talk=LONGEST)


def played(office: Office, **script: list[Deed]) -> tuple[ScriptedEngine, Referee]:
    """Let such an engine decide, and a referee watch."""
    engine = ScriptedEngine(office.pbx, **script)
    office.use_engine(engine)
    return engine, Referee(office.pbx)


def at_once(*words: tuple[Report, int] | Report) -> Deed:
    """Say these at once: about the leg asked for, or about the one at that place."""
    return Deed(tuple(Word(word) if isinstance(word, Report) else Word(word[0], word[1]) for word in words))


def ends_once(office: Office, call: Call, referee: Referee) -> Disposition:
    """See the call to its end, and that it ended once; give what its record says."""
    office.finish()
    referee.check()
    assert call.state is CallState.ENDED
    assert office.kinds_heard().count(CallEnded) == 1
    assert office.kinds_heard().count(CdrClosed) == 1
    assert office.kinds_heard().count(LegEnded) == len(call.legs)
    return office.cdr(call).disposition
